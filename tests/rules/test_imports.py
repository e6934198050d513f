"""Who may import whom: the picture of docs/architecture.md, held.

Every module stands in exactly one room, and every room has a rank. A module imports its own room
and rooms of a lower rank.
"""

import subprocess
import sys
from collections import Counter

import pytest

from tests.rules.source import FEWEST_MODULES, PACKAGES, ROOT, Module, imports_of, modules, within

CORE = (
    ("urls",),
    ("views", "templatetags"),
    ("composer",),
    ("pages", "tasks"),
    ("actions", "queries"),
    ("lifecycle",),
    ("recipes",),
    ("access",),
    ("models",),
)
"""The rooms of `generations/` itself, from the top down."""

AREAS = ("films", "review"), ("moderation",), ("sharing",), ("library",)
"""Areas above the core, from the top down; each brings the rooms of AREA."""

AREA = (("urls",), ("views",), ("pages", "tasks"), ("actions", "queries"), ("access",), ("models",))

APPS = ("studio.teams", "studio.accounts")
APP = {"models": 0, "access": 1, "queries": 1, "actions": 1, "forms": 1, "views": 2, "urls": 3}
"""The order inside an app of `studio/`; modules that it does not name have none."""

WIRING = (
    "manage",
    "studio",
    "studio.settings",
    "studio.urls",
    "studio.wsgi",
    "studio.env",
    "studio.apps",
    "studio.views",
    "studio.context",
    "studio.middleware",
    "studio.logs",
    "studio.management",
    "studio.demo",
    "studio.installation",
    "generations",
    "generations.apps",
    "generations.management",
)
"""May name everything and is named by wiring alone."""

GROUND = ("studio.http", "studio.errors", "studio.clock", "studio.forms")

APART = ("generations.luma", "generations.sandbox")
"""Stand beside the rooms, without Django."""

PURE = (
    "generations.luma",
    "generations.luma.schema",
    "generations.luma.pricing",
    "generations.luma.failures",
    "generations.luma.capabilities",
    "generations.luma.concepts",
    "generations.luma.model_table",
    "generations.luma.sizes",
    "generations.luma.errors",
)
"""What everybody in generations may know of the API: words and numbers, no connection."""


def _ranked() -> list[tuple[str, ...]]:
    """Every rank of the house from the top down, as the packages of its rooms."""
    areas = [
        tuple(f"generations.{area}.{part}" for area in side_by_side for part in parts)
        for side_by_side in AREAS
        for parts in AREA
    ]
    core = [tuple(f"generations.{part}" for part in parts) for parts in CORE]
    ground = [
        ("generations.media", "generations.spending"),
        ("studio.teams",),
        ("studio.accounts",),
        GROUND,
    ]
    return [("studio.processes",), *areas, *core, *ground]


RANKS = {package: rank for rank, packages in enumerate(_ranked()) for package in packages}
"""The rank of every room by its package: 0 is the top."""

SHARED = RANKS["studio.http"]
"""The one rank whose modules may import each other: the ground."""

LUMA_MAY = {"httpx", "httpcore", "pydantic", "pydantic_core"}
SANDBOX_MAY = {"PIL", "av", "numpy", "pydantic"}


def _found() -> tuple[tuple[Module, str], ...]:
    return tuple((module, name) for module in modules() for name in imports_of(module))


def _own(name: str) -> bool:
    return name.split(".")[0] in PACKAGES


def _room(name: str) -> str | None:
    """The room of a module, by its package; None for wiring, what stands apart and strangers."""
    if _wiring(name) or any(within(name, package) for package in APART):
        return None
    rooms = [package for package in RANKS if within(name, package)]
    return max(rooms, key=len, default=None)


def _wiring(name: str) -> bool:
    return name in WIRING or any(within(name, w) for w in WIRING if w not in PACKAGES)


def test_enough_is_looked_at() -> None:
    assert len(modules()) >= FEWEST_MODULES
    imports = Counter(module.name for module, name in _found() if _own(name))
    assert sum(imports.values()) >= 300
    assert {"studio.teams.access", "generations.access", "generations.spending.actions"} <= set(
        imports
    )


def homeless(name: str) -> bool:
    """Whether a module stands in no room."""
    apart = any(within(name, package) for package in APART)
    return not (_room(name) or apart or _wiring(name))


def test_every_module_stands_in_a_room() -> None:
    assert [module.where for module in modules() if homeless(module.name)] == []


@pytest.mark.parametrize("name", ["generations.shelf", "generations.library.shelf", "studio.tools"])
def test_the_detector_sees_a_module_outside_the_rooms(name: str) -> None:
    assert homeless(name)


@pytest.mark.parametrize(
    "name", ["generations.pages.cards", "generations.library.views", "studio.http", "studio.env"]
)
def test_the_detector_lets_a_room_pass(name: str) -> None:
    assert not homeless(name)


def test_nobody_imports_a_higher_room() -> None:
    wrong = [f"{m.where} imports {name}" for m, name in _found() if climbs(m.name, name)]
    assert not wrong, "\n".join(wrong)


def climbs(importer: str, imported: str) -> bool:
    """Whether an import goes up, or across to another room of the same rank."""
    mine, theirs = _room(importer), _room(imported) if _own(imported) else None
    if mine is None or theirs is None or mine == theirs:
        return False
    if RANKS[mine] == RANKS[theirs] == SHARED:
        return False
    return RANKS[theirs] <= RANKS[mine]


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("studio.accounts.forms", "studio.teams.forms"),
        ("studio.teams.access", "generations.models"),
        ("generations.media.store", "generations.queries"),
        ("generations.media.store", "generations.spending.actions"),
        ("generations.queries", "generations.library.views"),
        ("generations.library.views", "generations.moderation.actions"),
        ("generations.library.actions", "generations.library.views"),
        ("generations.recipes.inputs", "generations.actions.submission"),
        ("generations.actions.submission", "generations.queries.library"),
        ("generations.pages.queue", "generations.tasks"),
        ("generations.access", "generations.recipes.recipe"),
        ("generations.models.states", "generations.lifecycle.transitions"),
    ],
)
def test_the_detector_sees_a_climb(importer: str, imported: str) -> None:
    assert climbs(importer, imported)
    assert not climbs(importer, importer)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("generations.moderation.views", "studio.teams.access"),
        ("generations.access", "generations.media.access"),
        ("studio.teams.forms", "studio.accounts.forms"),
        ("studio.accounts.views", "studio.http"),
        ("studio.http", "studio.errors"),
        ("generations.composer.form", "django.forms"),
        ("generations.library.pages", "generations.pages.cards"),
        ("generations.views.queue", "generations.pages.queue"),
        ("generations.tasks.storing", "generations.lifecycle.progress"),
    ],
)
def test_the_detector_lets_the_way_down_pass(importer: str, imported: str) -> None:
    assert not climbs(importer, imported)


def test_wiring_is_imported_by_wiring_alone() -> None:
    wrong = [
        f"{module.where} imports {name}"
        for module, name in _found()
        if _own(name) and _wiring(name) and name not in PACKAGES and not _wiring(module.name)
    ]
    assert not wrong, "\n".join(wrong)


def test_inside_an_app_views_stand_on_actions_and_actions_on_models() -> None:
    wrong = []
    for module, name in _found():
        mine, theirs = _part(module.name), _part(name)
        if mine and theirs and mine[0] == theirs[0] and theirs[1] > mine[1]:
            wrong.append(f"{module.where} imports {name}")
    assert not wrong, "\n".join(wrong)


def _part(name: str) -> tuple[str, int] | None:
    """The app of studio/ that a module belongs to and the rank of its part there, if it has one."""
    app = next((one for one in APPS if name.startswith(f"{one}.")), "")
    part = name.removeprefix(f"{app}.").split(".")[0]
    return (app, APP[part]) if app and part in APP else None


def test_each_module_can_be_imported_alone() -> None:
    """Each in an interpreter that has imported nothing else but, if needed, Django's apps."""
    names = [module.name for module in modules() if not _starts_something(module.name)]
    assert len(names) >= FEWEST_MODULES
    asked = subprocess.run(
        [sys.executable, "-m", "tests.rules.alone", *names],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert (asked.returncode, asked.stdout, asked.stderr) == (0, "", ""), asked.stdout


def _starts_something(name: str) -> bool:
    """Whether importing it runs a program, or is Django's own business before its set-up."""
    return name.endswith(".__main__") or name == "studio.settings"


@pytest.mark.parametrize(
    ("package", "others", "siblings"),
    [
        ("generations.luma", LUMA_MAY, ("generations.luma",)),
        ("generations.sandbox", SANDBOX_MAY, ("generations.sandbox", "generations.luma.schema")),
    ],
)
def test_what_stands_apart_needs_little(
    package: str, others: set[str], siblings: tuple[str, ...]
) -> None:
    looked_at = [pair for pair in _found() if within(pair[0].name, package)]
    assert len(looked_at) >= 20
    wrong = [
        f"{module.where} imports {name}"
        for module, name in looked_at
        if not any(within(name, sibling) for sibling in siblings)
        and name.split(".")[0] not in others | sys.stdlib_module_names
    ]
    assert not wrong, "\n".join(wrong)


def test_only_tasks_hold_a_client() -> None:
    wrong = [
        f"{module.where} imports {name}"
        for module, name in _found()
        if within(name, "generations.luma")
        and name not in PURE
        and not any(name.startswith(f"{pure}.") for pure in PURE[1:])
        and not within(module.name, "generations.luma")
        and not within(module.name, "generations.tasks")
    ]
    assert not wrong, "\n".join(wrong)


def test_the_sandbox_is_started_and_never_imported() -> None:
    wrong = [
        f"{module.where} imports {name}"
        for module, name in _found()
        if within(name, "generations.sandbox")
        and not within(module.name, "generations.sandbox")
        and not _wiring(module.name)
    ]
    assert not wrong, "\n".join(wrong)


def test_django_s_own_login_required_is_not_used() -> None:
    """It answers htmx with a redirect to a whole page; studio.accounts.access knows better."""
    wrong = [module.where for module, name in _found() if name == "django.contrib.auth.decorators"]
    assert not wrong
