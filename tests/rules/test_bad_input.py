"""docs/bad-input.md has a row for everything of the catalogue, and every test it names exists."""

import ast
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
"""Rows about the team's money."""

ROWS = sorted(
    {f"F{number:02}" for number in range(1, 52)} - ELSEWHERE
    | {f"U{number:02}" for number in range(1, 46)}
)


def rows() -> dict[str, str]:
    """The last cell of each row, by its name."""
    lines = re.findall(r"^\| ([FU]\d\d) \|.*\| (.*?) \|$", PAGE.read_text(), re.MULTILINE)
    return dict(lines)


def named() -> list[str]:
    """Every test that the page names."""
    return sorted(set(re.findall(r"`([\w/.]+::test_\w+(?:\[\w+\])?)`", PAGE.read_text())))


@cache
def read(path: str) -> tuple[str, frozenset[str]]:
    """The text of a test file, and the names of its tests."""
    text = (ROOT / "tests" / path).read_text()
    found = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
    return text, frozenset(node.name for node in found)


@pytest.mark.parametrize("row", ROWS)
def test_every_row_names_its_test(row: str) -> None:
    assert "::test_" in rows().get(row, ""), f"docs/bad-input.md names no test for {row}"


@pytest.mark.parametrize("test", named())
def test_every_named_test_exists(test: str) -> None:
    short, _, rest = test.partition("::")
    function, _, case = rest.removesuffix("]").partition("[")
    text, functions = read(SHORT.get(short, short))
    assert function in functions
    assert re.search(rf'"{case}\b', text) if case else True


def test_enough_tests_are_named() -> None:
    assert len(named()) >= 90
