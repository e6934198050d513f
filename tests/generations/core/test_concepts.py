"""The camera moves that Luma offers: asked for by the watcher, kept, and what the composer makes of
a list that changed."""

from typing import Any

import httpx
import pytest
from django.core.cache import cache
from django.test import Client

from generations.luma.concepts import CAMERA_KEYS, GONE, NEW
from generations.models import ApiKey, Generation
from generations.recipes.concepts import offered_camera_moves
from generations.tasks.watching import Watcher
from studio.accounts.models import User
from studio.teams.access import Seat
from studio.teams.models import Team
from tests.generations.core.conftest import press, shot
from tests.generations.core.wire import Wire
from tests.generations.making import HTMX, as_person, form, of_team, text

LISTED = ["static", "pan_left", "whip_pan"]


@pytest.fixture
def watcher(key: ApiKey) -> Watcher:
    return Watcher()


def told(wire: Wire, payload: Any, status: int = 200) -> None:
    """What the API says to the next question for the list, and to its repetitions."""
    wire.next_concepts.extend([lambda _request: httpx.Response(status, json=payload)] * 50)


def listed(keys: list[str]) -> None:
    ApiKey.objects.update(concepts=keys)
    cache.clear()


def test_watcher_asks_for_the_list_and_keeps_it(watcher: Watcher, wire: Wire, key: ApiKey) -> None:
    assert watcher.refresh_camera_moves in [duty.do for duty in watcher.duties()]
    assert set(offered_camera_moves()) == CAMERA_KEYS
    told(wire, LISTED)
    watcher.refresh_camera_moves()
    key.refresh_from_db()
    assert key.concepts == LISTED
    cache.clear()
    assert offered_camera_moves() == tuple(LISTED)


def test_sandbox_lists_what_is_known_here(watcher: Watcher, wire: Wire, key: ApiKey) -> None:
    watcher.refresh_camera_moves()
    key.refresh_from_db()
    assert set(key.concepts) == CAMERA_KEYS


@pytest.mark.parametrize(
    ("payload", "status"),
    [
        ([], 200),
        ([f"key_{number}" for number in range(100_000)], 200),
        ([{"key": "static"}], 200),
        (["<b>bold</b>"], 200),
        (["static", "x" * 65], 200),
        ({"concepts": ["static"]}, 200),
        (None, 200),
        (["static"], 503),
    ],
)
def test_last_good_list_is_kept(
    watcher: Watcher, wire: Wire, key: ApiKey, payload: Any, status: int
) -> None:
    listed(LISTED)
    told(wire, payload, status)
    watcher.refresh_camera_moves()
    key.refresh_from_db()
    assert key.concepts == LISTED


def test_list_is_asked_for_by_no_page_and_read_once_a_minute(
    client: Client, team: Team, ed: User, wire: Wire, key: ApiKey, django_assert_num_queries: Any
) -> None:
    listed(LISTED)
    as_person(client, ed).get(of_team("create", team))
    with django_assert_num_queries(0):
        assert offered_camera_moves() == tuple(LISTED)
    assert wire.requests == []


def test_panel_shows_what_is_offered_and_the_new_under_a_heading_of_its_own(
    client: Client, team: Team, ed: User, key: ApiKey
) -> None:
    listed(LISTED)
    body = text(as_person(client, ed).get(of_team("create", team)))
    assert [each.split('"')[0] for each in body.split('name="concepts" value="')[1:]] == [
        *("pan_left", "static", "whip_pan")
    ]
    assert "Whip pan" in body.split(NEW)[1]


def test_new_move_is_sent_and_shown_by_its_label(
    client: Client, team: Team, ed: User, key: ApiKey
) -> None:
    listed(LISTED)
    answer = post(client, team, ed, ["whip_pan", "static"])
    assert answer.status_code == 200
    made = Generation.objects.get()
    assert made.recipe["concepts"] == ["whip_pan", "static"]
    assert "Whip pan, Static" in text(client.get(made.get_absolute_url()))


def test_move_that_is_gone_is_refused_and_can_be_taken_out(
    client: Client, team: Team, ed: User, key: ApiKey
) -> None:
    listed(LISTED)
    answer = post(client, team, ed, ["orbit_left", "static"])
    body = text(answer)
    assert answer.status_code == 422
    assert "Orbit left is no longer offered by Luma. Take it out." in body
    assert 'value="orbit_left"' in body.split(GONE)[1]
    assert not Generation.objects.exists()
    assert post(client, team, ed, ["static"]).status_code == 200


def test_recipe_with_moves_that_are_gone_says_so_before_the_press(
    client: Client, team: Team, ed: User, seat: Seat, key: ApiKey, queue: list[Any]
) -> None:
    made = press(seat, shot(concepts=["orbit_left", "orbit_right"]))[0]
    listed(LISTED)
    page = as_person(client, ed).get(of_team("create", team), {"from": str(made.uuid)})
    said = "Orbit left, Orbit right are no longer offered by Luma. Take them out."
    assert said in text(page)
    assert text(page).count('name="concepts"') == 5


@pytest.mark.parametrize("key_", ["", "<b>", "a b", "x" * 65])
def test_what_is_no_key_is_refused(client: Client, team: Team, ed: User, key_: str) -> None:
    answer = post(client, team, ed, [key_])
    assert answer.status_code == 422
    assert "This camera move is no longer offered by Luma." in text(answer)


def post(client: Client, team: Team, ed: User, concepts: list[str]) -> Any:
    data = form(concepts=concepts)
    return as_person(client, ed).post(of_team("submit", team), data, headers=HTMX)
