"""Docs name what exists: every path in them is there, and docs/words.md has one term a line."""

import re

import pytest

from tests.rules.source import ROOT

PAGES = ("README.md", "docs/architecture.md", "docs/changing.md", "docs/words.md")
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]+)(?:::(\w+))?`")
"""A file with its folder; a folder alone is often named beside its parent."""

BASES = ("", "generations", "templates")
MADE_UP = re.compile(r"favourite|/N\.|_N\.")
"""Parts of names that docs/changing.md makes up for its examples."""
MOST_TERMS = 40


def missing(text: str) -> list[str]:
    """Return the paths in a page that lead to no file, and the tests that their file has not."""
    found = []
    for path, test in PATH.findall(text):
        if MADE_UP.search(path):
            continue
        places = [ROOT / base / path for base in BASES if (ROOT / base / path).exists()]
        if not places:
            found.append(path)
        elif test and f"def {test}(" not in places[0].read_text():
            found.append(f"{path}::{test}")
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_path_is_there(page: str) -> None:
    assert not missing((ROOT / page).read_text())


def test_missing_paths_and_tests_are_seen() -> None:
    assert missing("`generations/nothing.py`") == ["generations/nothing.py"]
    named = "tests/rules/test_docs.py::test_nothing"
    assert missing(f"`{named}`") == [named]
    assert missing("`views/decisions.py` and `generations/pages/N.py`") == []


def test_words_are_forty_lines() -> None:
    rows = re.findall(r"^\| (?!---|term )", (ROOT / "docs/words.md").read_text(), re.MULTILINE)
    assert 30 <= len(rows) <= MOST_TERMS
