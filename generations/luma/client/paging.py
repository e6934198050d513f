"""Reading the account's list page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generations.luma.client.answers import ListAnswer, RemoteGeneration
from generations.luma.client.operations import LumaClient

PAGE = 100
OVERLAP = 20
"""Rows that a page shares with the one before: a deletion in between must hide nothing."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of the list. `offset` is that of its first row; `more` says if others follow."""

    offset: int
    answer: ListAnswer
    more: bool

    @property
    def rows(self) -> tuple[RemoteGeneration, ...]:
        return self.answer.rows

    @property
    def next_offset(self) -> int:
        return self.offset + max(1, len(self.rows) - OVERLAP)


def pages(client: LumaClient, *, start: int = 0) -> Iterator[ListPage]:
    """Yield the pages of the list from offset `start` to the last one. One request per page.

    A caller that wants no more pages stops iterating; raises LumaError like any read.
    """
    page = _read(client, start)
    yield page
    while page.more:
        page = _read(client, page.next_offset)
        yield page


def _read(client: LumaClient, offset: int) -> ListPage:
    answer = client.list_generations(limit=PAGE, offset=offset)
    return ListPage(offset, answer, _has_more(answer))


def _has_more(answer: ListAnswer) -> bool:
    """Whether pages follow. Where the API does not say, a full page suggests it."""
    if answer.has_more is None:
        return len(answer.rows) >= PAGE
    return answer.has_more and bool(answer.rows)
