"""Listing, getting and deleting generations."""

from __future__ import annotations

from datetime import datetime

import pytest

from .conftest import Api


@pytest.fixture
def five(idle: Api) -> list[str]:
    """Ids of five generations, newest first."""
    return [idle.video().json()["id"] for _ in range(5)][::-1]


def test_newest_come_first(idle: Api, five: list[str]) -> None:
    page = idle.get("/generations").json()
    assert [each["id"] for each in page["generations"]] == five
    assert {name: page[name] for name in ("has_more", "count", "limit", "offset")} == {
        "has_more": False,
        "count": 5,
        "limit": 100,
        "offset": 0,
    }


def test_pages_join_without_gap(idle: Api, five: list[str]) -> None:
    seen: list[str] = []
    for offset, more, count in ((0, True, 2), (2, True, 2), (4, False, 1)):
        page = idle.get("/generations", params={"limit": 2, "offset": offset}).json()
        assert (page["has_more"], page["count"]) == (more, count)
        assert (page["limit"], page["offset"]) == (2, offset)
        seen += [each["id"] for each in page["generations"]]
    assert seen == five


def test_a_page_that_ends_with_the_list_has_no_more(idle: Api, five: list[str]) -> None:
    assert idle.get("/generations?limit=5").json()["has_more"] is False


def test_an_offset_after_the_end_is_an_empty_page(idle: Api, five: list[str]) -> None:
    page = idle.get("/generations?offset=50").json()
    assert (page["generations"], page["has_more"], page["count"]) == ([], False, 0)


@pytest.mark.parametrize("query", ["limit=x", "limit=0", "limit=-1", "offset=-1", "offset=1.5"])
def test_nonsense_paging_is_a_schema_error(idle: Api, query: str) -> None:
    answer = idle.get(f"/generations?{query}")
    assert answer.status_code == 422
    [told] = answer.json()["detail"]
    assert told["loc"] == ["query", query.split("=")[0]]


def test_an_enormous_limit_is_cut(idle: Api) -> None:
    assert idle.get("/generations?limit=100000").json()["limit"] == 1000


def test_a_generation_is_got_as_it_is_listed(idle: Api, five: list[str]) -> None:
    listed = idle.get("/generations").json()["generations"][0]
    assert idle.get(f"/generations/{five[0]}").json() == listed


def test_created_at_is_a_moment_in_utc(idle: Api) -> None:
    created = idle.video().json()["created_at"]
    assert created.endswith("Z")
    assert datetime.fromisoformat(created).tzinfo is not None


def test_a_deleted_generation_is_gone(idle: Api, five: list[str]) -> None:
    answer = idle.delete(f"/generations/{five[2]}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert idle.get(f"/generations/{five[2]}").status_code == 404
    assert idle.delete(f"/generations/{five[2]}").json() == {"detail": "Generation not found"}
    left = [each["id"] for each in idle.get("/generations").json()["generations"]]
    assert left == five[:2] + five[3:]


def test_deleting_does_not_pay_back(idle: Api) -> None:
    generation = idle.video().json()["id"]
    charged = idle.balance()
    idle.delete(f"/generations/{generation}")
    assert idle.balance() == charged
    [told] = idle.truth()["generations"]
    assert told["deleted_at"] is not None
