"""Nobody asks for the time of day but studio/clock.py, so that tests can move it."""

import ast

import pytest

from tests.rules.source import FEWEST_MODULES, Module, dotted, modules, within

ASKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "timezone.now",
    "timezone.localtime",
    "timezone.localdate",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
NAMED = {"utcnow", "time_ns", "Now"}

APART = ("generations.luma", "generations.sandbox")
"""Import nothing of the studio, its clock neither."""

EXCEPTIONS = {
    "studio.clock": "is the clock",
    "generations.media.disk": "compares with the times that the file system gives",
}


def asked(tree: ast.AST) -> list[str]:
    """Every call in the tree that asks for the time of day."""
    calls = [dotted(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [c for c in calls if c in NAMED or ".".join(c.split(".")[-2:]) in ASKS]


def _looked_at() -> list[Module]:
    return [m for m in modules() if not any(within(m.name, package) for package in APART)]


def test_nobody_else_asks_for_the_time() -> None:
    assert len(modules()) >= FEWEST_MODULES
    wrong = [
        f"{module.where}: {call}()"
        for module in _looked_at()
        for call in asked(module.tree)
        if module.name not in EXCEPTIONS
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exception_is_still_needed(name: str) -> None:
    (module,) = (module for module in modules() if module.name == name)
    assert asked(module.tree)


@pytest.mark.parametrize(
    "code",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "timezone.now()",
        "django.utils.timezone.now()",
        "time.time()",
        "date.today()",
        "Now()",
    ],
)
def test_the_detector_hears_the_question(code: str) -> None:
    assert asked(ast.parse(code))


@pytest.mark.parametrize("code", ["clock.now()", "now()", "time.monotonic()", "time.sleep(1)"])
def test_the_detector_lets_the_rest_pass(code: str) -> None:
    assert not asked(ast.parse(code))
