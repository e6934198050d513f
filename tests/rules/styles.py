"""Reads a stylesheet of `static/css` into rules: where each stands and whom it is for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(")


@dataclass(frozen=True)
class Rule:
    """One rule: the at-rules around it, its selectors with single spaces, and its declarations."""

    around: tuple[str, ...]
    selectors: str
    body: str

    @property
    def classes(self) -> list[str]:
        """The classes that the selectors name."""
        return re.findall(r"\.([a-zA-Z][\w-]*)", re.sub(r'"[^"]*"', "", self.selectors))


def rules(css: str) -> list[Rule]:
    """Return the rules of a stylesheet in their order, with those inside at-rules."""
    return list(_rules(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL), ()))


def _rules(css: str, around: tuple[str, ...]) -> Iterator[Rule]:
    place = 0
    while (start := css.find("{", place)) >= 0:
        head = " ".join(css[place:start].rpartition(";")[2].split())
        end = _closing(css, start)
        inside = css[start + 1 : end]
        if head.startswith(("@layer", "@media", "@supports")):
            yield from _rules(inside, (*around, head))
        else:
            yield Rule(around, head, " ".join(inside.split()))
        place = end + 1


def _closing(css: str, start: int) -> int:
    """Return the place of the brace that closes the one at `start`."""
    depth = 0
    for found in re.finditer(r"[{}]", css[start:]):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return start + found.start()
    raise ValueError("A brace is not closed.")


def block_of(name: str) -> str:
    """Return the block of a class: `slot` for `slot__file` and for `slot--wide`."""
    return re.split(r"__|--", name)[0]


def colours(css: str) -> list[str]:
    """Return what is written as a colour of its own, and not as a token."""
    return [one for rule in rules(css) for one in COLOUR.findall(rule.body)]
