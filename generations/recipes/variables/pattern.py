r"""The pattern in a prompt: choices in braces, columns in double braces, everything else as it is.

`{dawn|noon|dusk}` is one of three; choices may be empty, and may hold further choices.
`{{product}}` is the row's value in that column. `{word}`, a brace alone and a bar outside are
literal, because they choose nothing; so are `\{`, `\|` and `\}`. Elsewhere a backslash is one.
"""

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Union

COUNT_LIMIT = 1_000_000
"""Where counting ends."""

LONGEST_PATTERN = 100_000
"""Code points; what is longer is no pattern but a prompt that is too long."""

# The look-behind lets a run of backslashes be read once, from its beginning, and not from each.
_MARK = re.compile(r"(?<!\\)(\\*)(\{\{[^{}|\n]{1,100}\}\}|[{|}])")
_NAME = re.compile(r"\w[\w .\-]*")


@dataclass(frozen=True)
class Column:
    """A value of the row; `raw` is how the prompt names it."""

    raw: str

    @property
    def name(self) -> str:
        """The column's name."""
        return self.raw[2:-2].strip()

    @property
    def named(self) -> bool:
        """Whether it reads like a column's name: {{product}} does, {{7*7}} does not."""
        return _NAME.fullmatch(self.name) is not None


@dataclass(frozen=True)
class Choice:
    """One of several; `count` is how many ways there are, at most COUNT_LIMIT."""

    choices: tuple["Parts", ...]
    count: int


Part = Union[str, Column, Choice]  # noqa: UP007 - names itself
Parts = tuple[Part, ...]


@dataclass(frozen=True)
class Pattern:
    """A prompt, read."""

    parts: Parts

    @property
    def factors(self) -> tuple[int, ...]:
        """How many ways each choice has, in the order of the prompt."""
        return tuple(part.count for part in self.parts if isinstance(part, Choice))

    @property
    def columns(self) -> tuple[Column, ...]:
        """What it names in double braces, each name once, in order."""
        found = {one.name.casefold(): one for one in _columns(self.parts)}
        return tuple(found.values())

    def written(self, row: Mapping[str, str]) -> Iterator[str]:
        """Write out every way, the first choice changing slowest.

        `row` gives values by the case-folded names of columns; what it lacks stays as it stands.
        """
        return _written(self.parts, row)


def read_pattern(text: str) -> Pattern:
    """Read a prompt. Never fails: what is no pattern is literal."""
    if len(text) > LONGEST_PATTERN:
        return Pattern((text,))
    tokens = list(_tokens(text))
    return Pattern(_build_tree(tokens, _choice_marks(tokens)))


def escape(text: str) -> str:
    """Return the prompt that is written out to this very text."""
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
    """Text, columns and braces; escapes are resolved."""
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
    """The places of those braces and bars that make choices: balanced, with a bar between."""
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
    """The tree of choices."""
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
    """Every column, however deep; a stack of its own, since a person may nest without end."""
    rest = list(reversed(parts))
    while rest:
        part = rest.pop()
        if isinstance(part, Column):
            yield part
        elif isinstance(part, Choice):
            rest.extend(reversed([one for choice in part.choices for one in choice]))


def _written(parts: Parts, row: Mapping[str, str]) -> Iterator[str]:
    """Each choice adds at least one way, so this goes no deeper than there are ways."""
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
