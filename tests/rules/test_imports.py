"""Who may import whom: the picture of docs/architecture.md, held."""

import sys
from collections import Counter

import pytest

from tests.rules.source import FEWEST_MODULES, PACKAGES, Module, imports_of, modules, within

LAYERS = (
    ("moderation", ("generations.moderation",)),
    ("review", ("generations.review",)),
    ("films", ("generations.films",)),
    ("library", ("generations.library",)),
    ("core", ("generations",)),
    ("media and spending", ("generations.media", "generations.spending")),
    ("teams", ("studio.teams",)),
    ("accounts", ("studio.accounts",)),
    ("ground", ("studio.http", "studio.errors", "studio.clock", "studio.forms")),
)
"""From the top down. A module imports its own layer's package and what stands below."""

GROUND = len(LAYERS) - 1

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
    "studio.processes",
    "generations.management",
)
"""May name everything and is named by wiring alone."""

APART = ("generations.luma", "generations.sandbox")
"""Stand beside the layers, without Django."""

PURE = (
    "generations.luma",
    "generations.luma.schema",
    "generations.luma.pricing",
    "generations.luma.failures",
    "generations.luma.capabilities",
    "generations.luma.concepts",
    "generations.luma.sizes",
    "generations.luma.errors",
)
"""What everybody in generations may know of the API: words and numbers, no connection."""

LUMA_MAY = {"httpx", "httpcore", "pydantic", "pydantic_core"}
SANDBOX_MAY = {"PIL", "av", "numpy", "pydantic"}

INSIDE = {"models": 0, "access": 1, "queries": 1, "actions": 1, "forms": 1, "views": 2, "urls": 3}
"""The order inside an app."""

UNSEEN = {
    **dict.fromkeys(INSIDE, ("tasks",)),
    "tasks": ("views", "urls", "forms"),
}
"""Tasks stand aside: pages send hints, which name them by their path."""


def _found() -> tuple[tuple[Module, str], ...]:
    return tuple((module, name) for module in modules() for name in imports_of(module))


def _own(name: str) -> bool:
    return name.split(".")[0] in PACKAGES


def _layer(name: str) -> tuple[int, str] | None:
    """The place and package of a module; None for wiring and what stands apart."""
    if _wiring(name) or any(within(name, package) for package in APART):
        return None
    homes = [
        (place, package)
        for place, (_, packages) in enumerate(LAYERS)
        for package in packages
        if within(name, package)
    ]
    return max(homes, key=lambda home: len(home[1]), default=None)


def _wiring(name: str) -> bool:
    return name in WIRING or any(within(name, w) for w in WIRING if w not in PACKAGES)


def test_enough_is_looked_at() -> None:
    assert len(modules()) >= FEWEST_MODULES
    imports = Counter(module.name for module, name in _found() if _own(name))
    assert sum(imports.values()) >= 300
    assert {"studio.teams.access", "generations.access", "generations.spending.actions"} <= set(
        imports
    )


def test_every_module_has_its_place() -> None:
    for module in modules():
        home = _layer(module.name)
        apart = any(within(module.name, package) for package in APART)
        assert home or apart or _wiring(module.name), f"{module.where} stands in no layer"


def test_nobody_imports_what_stands_above() -> None:
    wrong = [f"{m.where} imports {name}" for m, name in _found() if climbs(m.name, name)]
    assert not wrong, "\n".join(wrong)


def climbs(importer: str, imported: str) -> bool:
    """Whether an import goes up the layers, or across to a neighbour on the same one."""
    mine, theirs = _layer(importer), _layer(imported) if _own(imported) else None
    if mine is None or theirs is None or mine == theirs:
        return False
    return theirs[0] <= mine[0] < GROUND


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("studio.accounts.forms", "studio.teams.forms"),
        ("studio.teams.access", "generations.models"),
        ("generations.media.store", "generations.queries"),
        ("generations.media.store", "generations.spending.actions"),
        ("generations.queries", "generations.library.views"),
        ("generations.library.views", "generations.moderation.actions"),
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
        ("generations.forms", "django.forms"),
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
        if not mine or not theirs or mine[0] != theirs[0]:
            continue
        below, above = mine[1], theirs[1]
        if above in UNSEEN.get(below, ()) or _higher(above, below):
            wrong.append(f"{module.where} imports {name}")
    assert not wrong, "\n".join(wrong)


def _higher(above: str, below: str) -> bool:
    return above in INSIDE and below in INSIDE and INSIDE[above] > INSIDE[below]


def _part(name: str) -> tuple[str, str] | None:
    """The app of a module and which of an app's parts it is."""
    home = _layer(name) if _own(name) else None
    if home is None or name == home[1]:
        return None
    return home[1], name.removeprefix(f"{home[1]}.").split(".")[0]


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
