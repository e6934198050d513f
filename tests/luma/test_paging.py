"""Pages of the list: they overlap, and end where the API says or where a page is not full."""

from __future__ import annotations

from itertools import islice
from typing import Any

import httpx
import pytest

from generations.luma.client import LumaClient, pages
from generations.luma.client.paging import OVERLAP, PAGE

ID = "00000000-0000-4000-8000-{:012d}"


def listing(rows: int, has_more: Any) -> LumaClient:
    """A client of an API with so many generations, which says `has_more` or what is true."""

    def answered(request: httpx.Request) -> httpx.Response:
        limit, offset = (int(request.url.params[name]) for name in ("limit", "offset"))
        shown = range(offset, min(rows, offset + limit))
        told = has_more if has_more != "true" else rows > offset + limit
        page = {"generations": [{"id": ID.format(n)} for n in shown], "has_more": told}
        return httpx.Response(200, json=page)

    return LumaClient(
        "key", "https://api.example.com/v1", transport=httpx.MockTransport(answered), sleep=print
    )


@pytest.mark.parametrize("has_more", ["true", None])
def test_each_page_begins_with_the_end_of_the_one_before(has_more: Any) -> None:
    with listing(250, has_more) as client:
        found = list(pages(client))
    assert [(page.offset, len(page.rows), page.more) for page in found] == [
        (0, PAGE, True),
        (PAGE - OVERLAP, PAGE, True),
        (2 * (PAGE - OVERLAP), 90, False),
    ]
    assert found[0].rows[-OVERLAP:] == found[1].rows[:OVERLAP]


def test_reading_starts_at_an_offset_and_stops_when_nobody_asks() -> None:
    with listing(1000, "true") as client:
        [page] = islice(pages(client, start=300), 1)
    assert (page.offset, page.next_offset, page.more) == (300, 380, True)


@pytest.mark.parametrize("has_more", ["true", None, True, False])
def test_an_empty_page_is_the_last(has_more: Any) -> None:
    with listing(0, has_more) as client:
        assert [page.more for page in pages(client)] == [False]


def test_a_small_page_moves_on_by_one_row_at_least() -> None:
    with listing(OVERLAP // 2, True) as client:
        assert [page.offset for page in islice(pages(client), 3)] == [0, 1, 2]
