"""docs/bad-input.md has a row for everything of the catalogue, and every test it names exists."""

import ast
import importlib
import re
from functools import cache

import pytest

from tests.rules.source import ROOT

PAGE = ROOT / "docs" / "bad-input.md"
SHORT = {
    "forms": "generations/test_bad_forms.py",
    "uploads": "media/test_bad_uploads.py",
    "answers": "generations/core/test_bad_answers.py",
    "presses": "browser/test_bad_presses.py",
}
ELSEWHERE = {"F40", "F41"}
"""Rows about the team's money: they are tested apart from the forms."""

ROWS = sorted(
    {f"F{number:02}" for number in range(1, 52)} - ELSEWHERE
    | {f"U{number:02}" for number in range(1, 46)}
    | {f"S{number:02}" for number in range(1, 5)}
)


def rows() -> dict[str, str]:
    """Return the last cell of each row by the row's name."""
    lines = re.findall(r"^\| ([FSU]\d\d) \|.*\| (.*?) \|$", PAGE.read_text(), re.MULTILINE)
    return dict(lines)


def named() -> list[str]:
    """Return every test that the page names, as file::test[case]."""
    return sorted(set(re.findall(r"`([\w/.]+::test_\w+(?:\[\w+\])?)`", PAGE.read_text())))


@cache
def functions_of(path: str) -> frozenset[str]:
    """Return the names of the functions in a file of tests."""
    tree = ast.parse((ROOT / "tests" / path).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def cases(path: str, function: str) -> list[str]:
    """Return the parameters of a test, each by its id or else as text."""
    module = importlib.import_module("tests." + path.removesuffix(".py").replace("/", "."))
    marks = getattr(getattr(module, function), "pytestmark", [])
    given = [one for mark in marks if mark.name == "parametrize" for one in mark.args[1]]
    return [str(getattr(one, "id", None) or one) for one in given]


@pytest.mark.parametrize("row", ROWS)
def test_every_row_names_its_test(row: str) -> None:
    assert "::test_" in rows().get(row, ""), f"docs/bad-input.md names no test for {row}"


@pytest.mark.parametrize("test", named())
def test_every_named_test_exists(test: str) -> None:
    short, _, rest = test.partition("::")
    function, _, case = rest.removesuffix("]").partition("[")
    path = SHORT.get(short, short)
    assert function in functions_of(path)
    assert not case or any(re.match(rf"{case}\b", one) for one in cases(path, function))


def test_enough_tests_are_named() -> None:
    assert len(named()) >= 90
