"""From the press to the library, over real sockets: a live sandbox, a live web server."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import LazySettings

from generations import tasks
from generations.media import store
from generations.models import CallbackDelivery, Generation, State
from generations.spending.models import Account
from studio.accounts.models import User
from studio.teams.access import Seat
from studio.teams.models import Role, Team
from tests.generations.core.conftest import (
    Queue,
    attempt_of,
    fresh,
    press,
    run,
    shot,
    still,
)
from tests.generations.core.live import charged, settle, work
from tests.sandbox.conftest import Live
from tests.spending.ledger import check_books

pytestmark = pytest.mark.django_db(transaction=True)


SMALL = {"resolution": "540p", "model": "ray-flash-2"}


def test_two_clicks_become_a_video_and_a_picture_in_the_library(
    seat: Seat, studio: Queue, alive: Live
) -> None:
    before = charged(alive)
    rows = press(seat, shot("a red boat on a lake", **SMALL)) + press(seat, still())
    settle(studio, rows)
    for row in rows:
        found = fresh(row, State.COMPLETED)
        assert found.original is not None
        assert found.poster is not None
        assert store.path_of(found.original).stat().st_size == found.original.size > 0
    assert fresh(rows[0]).preview is not None
    assert charged(alive) - before == 2
    assert CallbackDelivery.objects.count() >= 2
    account = Account.objects.get()
    assert account.pending_micros == 0
    assert account.posted_micros == sum(row.quote_micros or 0 for row in rows)
    check_books()


def test_a_failure_comes_with_its_reason_and_its_money_back(seat: Seat, studio: Queue) -> None:
    row = press(seat, shot("fail: Frame moderation failed", **SMALL))[0]
    settle(studio, [row])
    assert fresh(row, State.FAILED).failure_reason == "Frame moderation failed"
    assert Account.objects.get().posted_micros == 0
    check_books()


def test_without_callbacks_the_list_alone_brings_it_home(
    seat: Seat, studio: Queue, settings: LazySettings
) -> None:
    settings.PUBLIC_BASE_URL = None
    row = press(seat, still())[0]
    settle(studio, [row])
    fresh(row, State.COMPLETED)
    assert not CallbackDelivery.objects.exists()


def test_variations_come_home_each_by_itself(seat: Seat, studio: Queue) -> None:
    rows = press(seat, replace(still(), variations=3))
    settle(studio, rows)
    remote = {attempt_of(row).remote_id for row in rows}
    assert len(remote) == 3
    check_books()


@pytest.fixture
def fault(alive: Live) -> Iterator[Callable[..., None]]:
    """Let the sandbox misbehave at the next create."""
    with alive.api() as api:
        door = str(api.base_url.join("/_sandbox/faults"))

        def set_fault(kind: str, **more: Any) -> None:
            rule = {"operation": "generateImage", "kind": kind, **more}
            assert api.post(door, json=[rule]).is_success

        yield set_fault
        api.delete(door)


FAULTS = [
    ("close", True),
    ("close", False),
    ("reset", True),
    ("reset", False),
    ("status", True),
    ("status", False),
    ("html", True),
    ("truncate", True),
    ("garbage", True),
]


@pytest.mark.parametrize(("kind", "after"), FAULTS)
def test_a_create_that_breaks_is_found_or_asked_about_and_never_paid_twice(
    kind: str,
    after: bool,
    seat: Seat,
    studio: Queue,
    alive: Live,
    fault: Callable[..., None],
    settings: LazySettings,
) -> None:
    settings.DOUBT_HORIZON = 1.0
    before = charged(alive)
    fault(kind, after=after)
    row = press(seat, still())[0]
    run(studio)
    assert fresh(row).state in (State.UNCONFIRMED, State.DREAMING, State.STORING, State.COMPLETED)
    work(studio, lambda: fresh(row).state in (State.COMPLETED, State.NEEDS_DECISION))
    assert charged(alive) - before == (fresh(row).state == State.COMPLETED)
    check_books()


def test_an_api_that_is_away_keeps_everything_waiting(
    seat: Seat, studio: Queue, settings: LazySettings, alive: Live
) -> None:
    settings.LUMAAI_BASE_URL = "http://127.0.0.1:1/dream-machine/v1"
    row = press(seat, still())[0]
    run(studio)
    assert "cannot be reached" in fresh(row, State.QUEUED).note
    settings.LUMAAI_BASE_URL = alive.url
    Generation.objects.update(not_before="2000-01-01T00:00:00Z")
    tasks.submit_generation(row.pk)
    settle(studio, [row])
    fresh(row, State.COMPLETED)


def test_a_team_and_a_stranger_share_the_key_and_nothing_else(
    seat: Seat, studio: Queue, cleo: User
) -> None:
    theirs = Seat(Team.objects.get(slug="elsewhere"), cleo, Role.OWNER)
    rows = press(seat, still("the same words")) + press(theirs, still("the same words"))
    settle(studio, rows)
    files = [fresh(row).original for row in rows]
    assert [file.team for file in files if file] == [seat.team, theirs.team]
    assert attempt_of(rows[0]).remote_id != attempt_of(rows[1]).remote_id
    check_books()
