r"""Reading the variables of a prompt: choices in braces, columns in double braces.

`{dawn|noon|dusk}` is a choice of three. A choice may be empty or hold further choices.
`{{product}}` is the row's value in that column. `{word}`, a single brace and a bar outside braces
are literal, because they choose nothing; so are `\{`, `\|` and `\}`. Other backslashes are, too.
"""

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Union

COUNT_LIMIT = 1_000_000
"""Larger numbers of prompts are not counted."""

LONGEST_PATTERN = 100_000
"""Code points. A longer text is not read for variables: it is too long for a prompt anyway."""

# The look-behind makes it read a run of backslashes once, not again from each of them.
_MARK = re.compile(r"(?<!\\)(\\*)(\{\{[^{}|\n]{1,100}\}\}|[{|}])")
_NAME = re.compile(r"\w[\w .\-]*")


@dataclass(frozen=True)
class Column:
    """The place of a row's value; `raw` is its text in the prompt."""

    raw: str

    @property
    def name(self) -> str:
        return self.raw[2:-2].strip()

    @property
    def named(self) -> bool:
        """Whether it looks like a column's name: {{product}} does, {{7*7}} does not."""
        return _NAME.fullmatch(self.name) is not None


@dataclass(frozen=True)
class Choice:
    """A choice of texts; `count` is the number of prompts it makes, COUNT_LIMIT at most."""

    choices: tuple["Parts", ...]
    count: int


Part = Union[str, Column, Choice]  # noqa: UP007 - names itself
Parts = tuple[Part, ...]


@dataclass(frozen=True)
class Pattern:
    """A prompt that was read, as a tree of texts, columns and choices."""

    parts: Parts

    @property
    def factors(self) -> tuple[int, ...]:
        """The counts of its outer choices, in the order of the prompt."""
        return tuple(part.count for part in self.parts if isinstance(part, Choice))

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its columns, each name once, in order."""
        found = {one.name.casefold(): one for one in _columns(self.parts)}
        return tuple(found.values())

    def written(self, row: Mapping[str, str]) -> Iterator[str]:
        """Yield every prompt; the first choice changes slowest.

        `row` has the values by the case-folded names of columns. A column that it lacks stays as
        it is.
        """
        return _written(self.parts, row)


def read_pattern(text: str) -> Pattern:
    """Read a prompt. Never fails: what is no variable is literal."""
    if len(text) > LONGEST_PATTERN:
        return Pattern((text,))
    tokens = list(_tokens(text))
    return Pattern(_build_tree(tokens, _choice_marks(tokens)))


def escape(text: str) -> str:
    """Return the prompt that stands for exactly this text."""
    if "".join(map(_literal, read_pattern(text).parts)) == text:
        return text
    return re.sub(r"(?<!\\)(\\*)([{|}])", lambda found: rf"{found[1] * 2}\{found[2]}", text)


def _literal(part: Part) -> str:
    return part.raw if isinstance(part, Column) else part if isinstance(part, str) else ""


@dataclass(frozen=True)
class _Brace:
    """One of { | } that may belong to a choice."""

    char: str


def _tokens(text: str) -> Iterator[str | Column | _Brace]:
    """Yield texts, columns and braces; escapes are resolved."""
    at = 0
    for found in _MARK.finditer(text):
        slashes, mark = found[1], found[2]
        yield text[at : found.start()] + slashes[: len(slashes) // 2]
        if len(slashes) % 2:
            yield mark
        else:
            yield _Brace(mark) if len(mark) == 1 else Column(mark)
        at = found.end()
    yield text[at:]


def _choice_marks(tokens: Sequence[str | Column | _Brace]) -> set[int]:
    """Return the places of braces and bars that make choices: balanced, with a bar between."""
    belonging: set[int] = set()
    opened: list[list[int]] = []
    for at, token in enumerate(tokens):
        if not isinstance(token, _Brace):
            continue
        if token.char == "{":
            opened.append([at])
        elif opened and token.char == "|":
            opened[-1].append(at)
        elif opened:
            places = opened.pop()
            belonging.update([*places, at] if len(places) > 1 else [])
    return belonging


def _build_tree(tokens: Sequence[str | Column | _Brace], belonging: Collection[int]) -> Parts:
    """Return the tree of parts; `belonging` are the places of the marks that make choices."""
    stack: list[list[list[Part]]] = [[[]]]
    for at, token in enumerate(tokens):
        if not isinstance(token, _Brace):
            stack[-1][-1].append(token)
        elif at not in belonging:
            stack[-1][-1].append(token.char)
        elif token.char == "{":
            stack.append([[]])
        elif token.char == "|":
            stack[-1].append([])
        else:
            choices = tuple(tuple(one) for one in stack.pop())
            stack[-1][-1].append(Choice(choices, _ways(choices)))
    return tuple(stack[0][0])


def _ways(choices: Sequence[Parts]) -> int:
    each = (prod(one.count for one in parts if isinstance(one, Choice)) for parts in choices)
    return min(COUNT_LIMIT, sum(each))


def _columns(parts: Parts) -> Iterator[Column]:
    """Yield every column, at any depth."""
    # Without recursion: a person may nest choices deeper than Python recurses.
    rest = list(reversed(parts))
    while rest:
        part = rest.pop()
        if isinstance(part, Column):
            yield part
        elif isinstance(part, Choice):
            rest.extend(reversed([one for choice in part.choices for one in choice]))


def _written(parts: Parts, row: Mapping[str, str]) -> Iterator[str]:
    """Yield every text that some parts make."""
    # Every level of choices adds a text, so the recursion is no deeper than the number of texts.
    ways = ([*_ways_of(part, row)] for part in parts)
    return map("".join, itertools.product(*ways))


def _ways_of(part: Part, row: Mapping[str, str]) -> Iterator[str]:
    if isinstance(part, Choice):
        for choice in part.choices:
            yield from _written(choice, row)
    elif isinstance(part, Column):
        yield row.get(part.name.casefold(), part.raw)
    else:
        yield part
