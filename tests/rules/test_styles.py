"""One stylesheet a component: named for its blocks, nothing written twice, colours from tokens."""

from collections import Counter

import pytest

from tests.rules.source import ROOT
from tests.rules.styles import Rule, block_of, colours, rules

STYLES = {path.stem: path for path in sorted((ROOT / "static" / "css").glob("*.css"))}
FEWEST_STYLES = 30
GROUND = {"tokens", "base"}
"""The files without a component: values, and elements before any class."""

ALSO = {
    "shell": {"skip-link", "visually-hidden", "team-name", "page-head"},
    "toast": {"toasts"},
    "panel": {"bare", "sheet"},
    "form": {"field", "input", "summary"},
    "menu": {"popup"},
    "keys": {"key"},
    "empty": {"starter"},
    "generation-card": {"grid", "card-action"},
    "media-list": {"media-row"},
    "variables": {"expansions", "question"},
}
"""Blocks that live in the file of another because they never appear without it."""

NO_CLASS = {
    "theme": "st-theme:not(:defined)",
    "generation-card": "[data-ratio",
}
"""Rules that belong to a component without naming a class of it, by their beginning."""


def home_of(block: str) -> str:
    """Return the file of a block: its own, one that lists it, or the longest beginning of it."""
    for name, others in ALSO.items():
        if block in others:
            return name
    names = [name for name in STYLES if block == name or block.startswith(f"{name}-")]
    return max(names, key=len, default="")


def is_at_home(name: str, rule: Rule) -> bool:
    """Whether a rule names a class whose block lives in this file, or is one of the exceptions."""
    if rule.selectors.startswith("@keyframes"):
        return True
    homes = {home_of(block_of(one)) for one in rule.classes}
    return name in homes or rule.selectors.startswith(NO_CLASS.get(name, "\0"))


def strangers(name: str, css: str) -> list[str]:
    """Return the selectors of a file that are about other components alone."""
    return [rule.selectors for rule in rules(css) if not is_at_home(name, rule)]


def repeated(sheets: list[str]) -> list[str]:
    """Return the selectors that have two rules under the same at-rules."""
    found = Counter((rule.around, rule.selectors) for css in sheets for rule in rules(css))
    return [selectors for (_, selectors), count in found.items() if count > 1]


def test_enough_styles_are_found() -> None:
    assert len(STYLES) >= FEWEST_STYLES


@pytest.mark.parametrize("name", [name for name in STYLES if name not in GROUND])
def test_a_file_is_named_for_its_blocks(name: str) -> None:
    css = STYLES[name].read_text()
    assert strangers(name, css) == []
    assert name in {home_of(block_of(one)) for rule in rules(css) for one in rule.classes}


def test_every_class_of_a_style_has_a_home() -> None:
    outside = {"icon", "htmx-request"}  # of base.css and of htmx
    found = {
        one for path in STYLES.values() for rule in rules(path.read_text()) for one in rule.classes
    }
    assert {one for one in found - outside if not home_of(block_of(one))} == set()


def test_no_selector_has_two_rules() -> None:
    assert repeated([path.read_text() for path in STYLES.values()]) == []


@pytest.mark.parametrize("name", [name for name in STYLES if name != "tokens"])
def test_colours_are_tokens(name: str) -> None:
    assert colours(STYLES[name].read_text()) == []


@pytest.mark.parametrize("name", STYLES)
def test_a_page_loads_it(name: str) -> None:
    pages = (ROOT / "templates").rglob("*.html")
    assert any(f'"css/{name}.css"' in page.read_text() for page in pages)


@pytest.mark.parametrize(
    "breach",
    [".button { }", ".composer .button { }", "@media print { .badge, .menu { } }", "p { }"],
)
def test_the_detector_sees_a_stranger(breach: str) -> None:
    assert len(strangers("slot", f"@layer components {{ {breach} }}")) == 1


@pytest.mark.parametrize(
    "line", [".slot { }", ".slot__file:hover > svg { }", ".composer .slot { }", "@keyframes in { }"]
)
def test_the_detector_lets_its_own_pass(line: str) -> None:
    assert strangers("slot", f"@layer components {{ {line} }}") == []


def test_the_detector_sees_a_second_rule() -> None:
    twice = ["@layer a { .b { c: d } @media e { .b { f: g } } }", "@layer a { .b\n{ h: i } }"]
    assert repeated(twice) == [".b"]
    assert repeated(twice[:1]) == []


@pytest.mark.parametrize("value", ["#fff", "#1e2023", "rgb(0 0 0 / 0.5)", "hsl(1deg 2% 3%)"])
def test_the_detector_sees_a_colour(value: str) -> None:
    assert colours(f".a {{ color: {value}; }}")


@pytest.mark.parametrize("value", ["var(--ink)", "transparent", "currentcolor", "CanvasText"])
def test_the_detector_lets_tokens_pass(value: str) -> None:
    assert colours(f".a:has(#fade) {{ color: {value}; }}") == []
