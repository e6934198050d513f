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

LONGEST_LINE = 120
MOST_IN_A_LINE = 4

DJANGO = r"\{[{%#].*?[}%#]\}"
VALUE = rf"""=\s*(?:"(?:{DJANGO}|[^"])*"|'(?:{DJANGO}|[^'])*')"""
START_TAG = rf"<[a-z][\w-]*((?:{VALUE}|{DJANGO}|[^>])*)>"
CONDITION = r"\{% (?:if|elif)\b(.*?)%\}"
COMPARED = r"""(?:==|!=|\bin)\s*["'](.*?)["']|["']([^"']*)["']\s*(?:==|!=|(?:not )?in\b)"""
MACHINE_VALUE = r"/?[a-z0-9]+(?:[_-][a-z0-9]+)*/?"
SWAPPED_WHOLE = r"""hx-target(?::inherited)?=["']#(?:composer|chain-form)["']"""

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


def long_lines(text: str) -> list[int]:
    """The numbers of the lines that are too long."""
    lines = enumerate(text.splitlines(), 1)
    return [number for number, line in lines if len(line) > LONGEST_LINE]


def display_texts(text: str) -> list[str]:
    """Strings in conditions that are no machine values: a state, a slot, a part of an address."""
    conditions = re.findall(CONDITION, text)
    found = [right or left for c in conditions for right, left in re.findall(COMPARED, c)]
    return [string for string in found if not re.fullmatch(MACHINE_VALUE, string)]


def crowded_tags(text: str) -> list[str]:
    """Start tags with more than four attributes of which two share a line.

    What is inside of conditions counts; of alternatives in one line there is only one at a time.
    """
    plain = re.sub(r"\{#.*?#\}", "", text)
    return [m[0] for m in re.finditer(START_TAG, plain, re.DOTALL) if _is_crowded(m[1])]


def _is_crowded(attributes: str) -> bool:
    bare = re.sub(VALUE, "=", attributes, flags=re.DOTALL)
    bare = re.sub(r"\{% (?:if|endif|for|endfor)\b.*?%\}", " ", bare)
    bare = re.sub(r"\{% (?:else|elif)\b.*?%\}", "|", bare)
    bare = re.sub(DJANGO, "tag", bare)
    if len(bare.replace("|", " ").split()) <= MOST_IN_A_LINE:
        return False
    return any(len(one.split()) > 1 for line in bare.splitlines() for one in line.split("|"))


def test_enough_templates_are_found() -> None:
    assert len(_templates()) >= FEWEST_TEMPLATES
    assert len(_fragments()) >= 15


@pytest.mark.parametrize("name", _templates())
def test_a_template_keeps_to_the_page_s_policy(name: str) -> None:
    assert not list(_breaches(name, _templates()[name]))


@pytest.mark.parametrize("name", _templates())
def test_a_template_is_narrow_enough_to_read(name: str) -> None:
    text = _templates()[name]
    assert not long_lines(text)
    assert not crowded_tags(text), "one attribute a line where there are more than four"


@pytest.mark.parametrize("name", _templates())
def test_a_template_compares_with_machine_values_only(name: str) -> None:
    assert not display_texts(_templates()[name])


@pytest.mark.parametrize("name", _templates())
def test_target_and_swap_of_a_form_that_is_swapped_whole_are_written_by_tags(name: str) -> None:
    """By those of templatetags/htmx.py, so that each form has one target and one swap style."""
    assert not re.search(SWAPPED_WHOLE, _templates()[name])


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


def test_the_detector_sees_a_long_line() -> None:
    assert long_lines("<p>\n" + "x" * 121 + "\n</p>") == [2]


def test_the_detector_lets_a_full_line_pass() -> None:
    assert not long_lines("<p>\n" + "x" * 120 + "\n</p>")


@pytest.mark.parametrize(
    "condition",
    [
        '{% if look.price == "Refunded" %}',
        '{% if look.price != "Not charged" %}',
        '{% if a and look.price == "≈ $1" %}',
        "{% if look.price == 'Refunded' %}",
        '{% if a %}b{% elif "Refunded" == look.price %}',
        '{% if "Not charged" in look.sentence %}',
        '{% if look.price in "Refunded Cancelled" %}',
    ],
)
def test_the_detector_sees_display_text(condition: str) -> None:
    assert display_texts(condition)


@pytest.mark.parametrize(
    "condition",
    [
        '{% if generation.state == "needs_decision" %}',
        '{% if "/restore/" in message.extra_tags %}',
        '{% if form.name.errors %}aria-label="Name"{% endif %}',
        '{% if kind == "video" %}<b title="A video">{% endif %}',
        '{% firstof "Other" as word %}',
    ],
)
def test_the_detector_lets_machine_values_pass(condition: str) -> None:
    assert not display_texts(condition)


@pytest.mark.parametrize(
    "tag",
    [
        '<a class="x" href="/" id="i" role="button" title="t">',
        '<a class="x"\n   href="/"\n   id="i" role="button"\n   title="t">',
        '<a class="x"\n href="{% url "a" b %}"\n id="i"\n {% if x %}open lang="en"{% endif %}>',
        '<input {% if x %}checked{% endif %} {% step url "a" %}\n id="i"\n name="n"\n value="v">',
        '<a class="{% if a > b %}x{% endif %}" href="/" id="i"\n role="button"\n title="t">',
    ],
)
def test_the_detector_sees_a_crowded_tag(tag: str) -> None:
    assert crowded_tags(tag)


@pytest.mark.parametrize(
    "tag",
    [
        '<a class="x y z" href="{% url "a" b c %}" id="i" title="More than four words">',
        '<a class="x"\n   href="/"\n   id="i"\n   role="button"\n   title="t">',
        '<a class="x"\n href="/"\n {% if x %}\n id="i"\n lang="en"\n {% endif %}\n title="t">',
        '<a class="x"\n href="/"\n id="i"\n {% if x %}lang="en"{% else %}open{% endif %}>',
        "<meta name='m'\n content='{\n \"a b\": 1,\n \"c\": 2 }'\n id='i'\n lang='e'\n title='t'>",
        "{# <a b c d e f> #}",
    ],
)
def test_the_detector_lets_other_tags_pass(tag: str) -> None:
    assert not crowded_tags(tag)


@pytest.mark.parametrize(
    "tag", ['<a hx-target="#composer">', '<li hx-target:inherited="#chain-form" id="x">']
)
def test_the_detector_sees_a_target_beside_the_tags(tag: str) -> None:
    assert re.search(SWAPPED_WHOLE, tag)


@pytest.mark.parametrize("tag", ['<a hx-target="#composer-price">', '<a href="#composer">'])
def test_the_detector_lets_other_targets_pass(tag: str) -> None:
    assert not re.search(SWAPPED_WHOLE, tag)
