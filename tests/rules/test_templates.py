"""Templates keep to the policy of the page and to the shape that htmx swaps."""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.rules.source import ROOT, modules

FOLDER = ROOT / "templates"
FEWEST_TEMPLATES = 35

SAFE = {
    # A field's help is written by Django or by us, never by a person; Django gives it as HTML.
    "studio/_field.html",
}

ROOTLESS = {
    "studio/_error.html": "one of several toasts, appended and gone after a while",
    "studio/_form.html": "the inside of a form, put there by Django's renderer",
    "studio/_field.html": "one field, put there by Django's renderer",
    "generations/_card_actions.html": "laid over a card, which has the id",
    "generations/_picker_items.html": "more rows of a list, in the place of their sentinel",
}

FORBIDDEN = {
    "inline script": r"<script(?![^>]*\bsrc=)",
    "inline style": r"<style|\sstyle\s*=",
    "inline handler": r"<[a-z][^>]*\son[a-z]+\s*=|\bhx-on",
    "script address": r"javascript:|\bdata:",
    "unescaped text": r"\|\s*safe(?:seq)?\b|autoescape\s+off|\bmark_safe\b",
    "question for htmx": r"request\.htmx",
}

VOID = {"br", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "col"}


@cache
def _templates() -> dict[str, str]:
    found = sorted(FOLDER.rglob("*.html"))
    return {str(p.relative_to(FOLDER)): p.read_text(encoding="utf-8") for p in found}


def _fragments() -> dict[str, str]:
    return {n: text for n, text in _templates().items() if Path(n).name.startswith("_")}


def _answered() -> dict[str, str]:
    """Fragments that Python names: what a view returns and htmx swaps."""
    code = "\n".join(m.path.read_text(encoding="utf-8") for m in modules())
    return {n: text for n, text in _fragments().items() if f'"{n}"' in code}


class _Roots(HTMLParser):
    """Collects the start tags that stand in no other element."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth == 0:
            self.found.append((tag, dict(attrs)))
        self.depth += tag not in VOID

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth == 0:
            self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag not in VOID


def roots(text: str) -> list[tuple[str, dict[str, str | None]]]:
    """The outermost elements of a template, its tags taken away."""
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
    parser = _Roots()
    parser.feed(bare)
    return parser.found


def _breaches(name: str, text: str) -> Iterator[str]:
    plain = re.sub(r"\{#.*?#\}", "", text)
    for rule, pattern in FORBIDDEN.items():
        if rule == "unescaped text" and name in SAFE:
            continue
        if found := re.search(pattern, plain, re.IGNORECASE):
            yield f"{rule}: {found[0]}"


def test_enough_templates_are_found() -> None:
    assert len(_templates()) >= FEWEST_TEMPLATES
    assert len(_fragments()) >= 15


@pytest.mark.parametrize("name", _templates())
def test_a_template_keeps_to_the_page_s_policy(name: str) -> None:
    assert not list(_breaches(name, _templates()[name]))


@pytest.mark.parametrize("name", _fragments())
def test_a_fragment_begins_with_its_context(name: str) -> None:
    first = _fragments()[name].partition("\n")[0]
    assert re.fullmatch(r"\{#.*\bContext: .*#\}", first), first


@pytest.mark.parametrize("name", sorted(_answered().keys() - ROOTLESS.keys()))
def test_a_fragment_that_is_swapped_has_an_id_at_its_root(name: str) -> None:
    """So that morphing finds its old self; further roots say out of band where they belong."""
    assert not [root for root in roots(_fragments()[name]) if not _finds_its_place(*root)]


def _finds_its_place(tag: str, attrs: dict[str, str | None]) -> bool:
    if tag == "hx-partial":
        return (attrs.get("hx-target") or "").startswith("#")
    return bool(attrs.get("id")) or ":#" in (attrs.get("hx-swap-oob") or "")


@pytest.mark.parametrize("name", ROOTLESS)
def test_an_exception_is_still_there(name: str) -> None:
    assert name in _templates()


@pytest.mark.parametrize("name", [n for n, t in _templates().items() if re.search(r"<form\b", t)])
def test_a_form_works_without_javascript(name: str) -> None:
    text = _templates()[name]
    tag = r"(?:\{[{%].*?[}%]\}|[^>])*>"
    for form, inside in re.findall(rf"(<form\b{tag})(.*?)</form>", text, re.DOTALL):
        if 'method="dialog"' in form:
            continue
        assert re.search(r'\smethod="(get|post)"', form), form
        buttons = re.findall(rf"<button\b{tag}", inside, re.DOTALL)
        everywhere = bool(buttons) and all("formaction=" in button for button in buttons)
        assert " action=" in form.replace("\n", " ") or everywhere, form
    if 'method="post"' in text:
        assert "csrf_token" in text or "csrfmiddlewaretoken" in text


@pytest.mark.parametrize(
    "breach",
    [
        "<script>go()</script>",
        "<p style='color: red'>",
        '<a onclick="go()">',
        '<p hx-on:click="go()">',
        "{{ prompt|safe }}",
        "{% autoescape off %}",
        '<a href="javascript:go()">',
        "{% if request.htmx %}",
    ],
)
def test_the_detector_sees_a_breach(breach: str) -> None:
    assert list(_breaches("x.html", breach))


@pytest.mark.parametrize(
    "line", ['<script src="/x.js"></script>', "<p>one = two</p>", '<st-menu data-open="1">']
)
def test_the_detector_lets_the_rest_pass(line: str) -> None:
    assert not list(_breaches("x.html", line))


def test_the_detector_finds_roots() -> None:
    text = '{# Context: x. #}\n<p id="a"><b>x</b><br></p>\n{% if y %}<i>z</i>{% endif %}'
    assert [(tag, attrs.get("id")) for tag, attrs in roots(text)] == [("p", "a"), ("i", None)]
