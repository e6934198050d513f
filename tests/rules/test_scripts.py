"""Scripts keep to the house style: plain statements, no HTML, one element a file."""

import re
from pathlib import Path

import pytest

from tests.rules.scripts import (
    assignments_inside,
    elements_defined,
    found_by_words,
    markup_in_texts,
    tokens,
)
from tests.rules.source import ROOT

SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
FEWEST_SCRIPTS = 20

EVERYWHERE = {
    "dialogs": "opens and closes dialogs",
    "keys": "single keys of the page",
    "request-errors": "a toast for a request that failed",
    "theme": "sets the theme before the first paint",
}
"""Scripts that listen to the whole page and define no element."""


def test_enough_scripts_are_found() -> None:
    assert len(SCRIPTS) >= FEWEST_SCRIPTS


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_assignment_is_part_of_an_expression(path: Path) -> None:
    assert assignments_inside(path.read_text()) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_writes_html(path: Path) -> None:
    assert markup_in_texts(path.read_text()) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_nothing_is_found_by_its_words(path: Path) -> None:
    assert found_by_words(path.read_text()) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_file_is_named_for_its_element(path: Path) -> None:
    expected = [] if path.stem in EVERYWHERE else [path.stem]
    assert elements_defined(path.read_text()) == expected


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_page_loads_it(path: Path) -> None:
    pages = (ROOT / "templates").rglob("*.html")
    assert any(f'"js/{path.name}"' in page.read_text() for page in pages)


@pytest.mark.parametrize(
    "breach",
    [
        "if (a = b) c();",
        "while ((a = b())) c();",
        "this.end((this.card = null));",
        "a = b = c;",
        "const a = (this.b = c);",
        "a && (b = c);",
        "a ? (b = c) : d;",
        "f(() => (this.a += 1));",
        "f(() => a = b);",
        "return (this.box = fit);",
        "return this.box = fit;",
        "f(a.b, c.d ??= e);",
        "const a = { b: (c = d) };",
        "x = [a = b];",
        "`${a = b}`;",
        "f({ a() { return b ||= c; } });",
        "if (a) b = c = d;",
    ],
)
def test_the_detector_sees_an_assignment_in_an_expression(breach: str) -> None:
    assert assignments_inside(breach) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "a = b;",
        "a.b().c[d] = e;",
        'document.getElementById("x").textContent = y;',
        "let a = 1, b = 2;",
        "const { a = 1, b: [c = 2] } = d;",
        "for (const [a = 1] of b) c = a;",
        "for (let a = 0; a < 3; a += 1) b();",
        "function f(a = 1, { b = 2 } = {}) { c = a; }",
        "f(({ a = 1 }) => { b = a; });",
        "if (a) b = c; else d = e;",
        "if (a === b && c <= d) e ??= f;",
        "class A { static b = 1; c = [2]; d(e = 3) { this.c = e; } }",
        "x = (a) => a >= b;",
        'f("a = b", /a=b/, `a = b`); // a = b',
    ],
)
def test_the_detector_lets_other_lines_pass(line: str) -> None:
    assert assignments_inside(line) == []


@pytest.mark.parametrize(
    "breach", ['a("<p>");', "a(`x</b>`);", "a.innerHTML = b;", "a.insertAdjacentHTML(b, c);"]
)
def test_the_detector_sees_html(breach: str) -> None:
    assert markup_in_texts(breach) == [1]


@pytest.mark.parametrize("line", ['a("x < y");', "if (a <b) c();", "/* <p> */ a.textContent = b;"])
def test_the_detector_lets_other_texts_pass(line: str) -> None:
    assert markup_in_texts(line) == []


def test_the_detector_tells_words_from_facts() -> None:
    assert found_by_words("a.querySelector('b, [aria-label=\"Extend\"]');") == [1]
    assert found_by_words("a.querySelector('[aria-invalid=\"true\"]').title = b;") == []


def test_the_tokenizer_tells_a_pattern_from_a_division() -> None:
    assert [one.sort for one in tokens("a / b / c")].count("pattern") == 0
    assert [one.text for one in tokens("x(/[/\"]'/g, `a${b}`)")][2] == "/[/\"]'/g"
    assert elements_defined('customElements.define("st-a", class {});') == ["st-a"]
    with pytest.raises(ValueError, match="Unexpected"):
        tokens("a = '")
    assert not re.search(r"\s", "".join(one.text for one in tokens("a  +\n b // c")))
