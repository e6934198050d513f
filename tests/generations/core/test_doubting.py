"""In doubt: found by its token, or missed by three list passes before a person is asked."""

import random
from contextlib import suppress

import pytest
from django.conf import LazySettings

from generations import tasks
from generations.actions import try_again
from generations.luma.errors import LumaUnavailable
from generations.models import ApiKey, Attempt, Generation, State
from generations.tasks import luma
from generations.tasks.doubting import CLEAN_PASSES, due_for_list_pass, require_decisions
from generations.tasks.following import run_list_pass
from studio.accounts.models import User
from studio.clock import now
from studio.teams.access import Seat
from tests.generations.core.conftest import (
    Queue,
    attempt_of,
    die_while_sending,
    fresh,
    later,
    press,
    still,
)
from tests.generations.core.wire import Json, Wire, reply
from tests.spending.ledger import entries_of

pytestmark = pytest.mark.usefixtures("exact_books")


def watch(key: ApiKey) -> int:
    """Look once, and ask people where nothing else helps."""
    with luma.open_client() as client, suppress(LumaUnavailable):
        run_list_pass(client, key)
    return require_decisions(key)


@pytest.fixture
def swallowed(wire: Wire, queued: Generation) -> Generation:
    """Sent, and never received."""
    wire.swallow()
    tasks.submit_generation(queued.pk)
    return fresh(queued, State.UNCONFIRMED)


def watch_for(key: ApiKey, seconds: float, step: float = 30.0) -> float:
    """Let the watcher work; returns after how many seconds it asked, or 0."""
    began = now()
    while (gone := (now() - began).total_seconds()) < seconds:
        if watch(key):
            return gone
        later(step)
    return 0.0


def test_a_charged_one_whose_answer_was_lost_is_found_by_its_token(
    wire: Wire, key: ApiKey, doubtful: Generation
) -> None:
    later(3)
    watch(key)
    fresh(doubtful, State.DREAMING)
    attempt = attempt_of(doubtful)
    assert attempt.remote_id == wire.ids()[0]
    assert entries_of(attempt) == "hold post"
    assert doubtful.events.latest("pk").verb == "reconciler.dreaming"
    assert len(wire.creates()) == 1


def test_one_whose_worker_was_killed_is_found_too(
    wire: Wire, key: ApiKey, queued: Generation
) -> None:
    def killed(request: object) -> object:
        wire.deliver(request)  # type: ignore[arg-type]
        raise SystemExit

    wire.next_create.append(killed)  # type: ignore[arg-type]
    with pytest.raises(SystemExit):
        tasks.submit_generation(queued.pk)
    fresh(queued, State.SENDING)
    die_while_sending(queued)
    watch(key)
    fresh(queued, State.DREAMING)


def test_a_found_one_that_is_finished_already_moves_on_at_once(
    wire: Wire, key: ApiKey, doubtful: Generation
) -> None:
    wire.complete(wire.ids()[0], video="https://cdn.example.org/a.mp4")
    later(3)
    watch(key)
    fresh(doubtful, State.STORING)


def test_it_is_found_deep_in_a_long_list(
    wire: Wire, key: ApiKey, doubtful: Generation, seat: Seat, queue: Queue
) -> None:
    for _ in range(39):
        tasks.submit_generation(press(seat, still())[0].pk)
    strangers: list[Json] = [
        {"id": f"00000000-0000-4000-8000-{n:012d}", "state": "completed", "request": None}
        for n in range(260)
    ]
    shuffled = random.Random(1)

    def order(rows: list[Json]) -> list[Json]:
        mixed = rows + strangers
        shuffled.shuffle(mixed)
        return sorted(mixed, key=lambda row: row["id"])

    wire.order = order
    later(3)
    watch(key)
    fresh(doubtful, State.DREAMING)


def test_what_never_arrived_is_a_persons_decision_and_nothing_was_sent_again(
    wire: Wire, key: ApiKey, swallowed: Generation
) -> None:
    asked = watch_for(key, 3000)
    row = fresh(swallowed, State.NEEDS_DECISION)
    assert 900 <= asked <= 1100
    assert "does not show it" in row.note
    assert len(wire.creates()) == 1
    assert entries_of(attempt_of(swallowed)) == "hold"


def test_the_list_is_searched_on_a_schedule_and_not_at_every_sweep(
    wire: Wire, key: ApiKey, swallowed: Generation
) -> None:
    watch_for(key, 890, step=3)
    assert wire.asked("/generations") <= 7
    assert attempt_of(swallowed).clean_scans <= 7


def test_before_the_horizon_nobody_is_asked(wire: Wire, key: ApiKey, swallowed: Generation) -> None:
    Attempt.objects.update(clean_scans=50)
    assert watch_for(key, 890, step=10) == 0
    fresh(swallowed, State.UNCONFIRMED)


def test_fewer_than_three_clean_list_passes_prove_nothing(
    wire: Wire, key: ApiKey, swallowed: Generation
) -> None:
    later(950)
    watch(key)
    assert attempt_of(swallowed).clean_scans == 1
    fresh(swallowed, State.UNCONFIRMED)
    later(20)
    watch(key)
    assert attempt_of(swallowed).clean_scans == 2
    later(60)
    assert watch(key) == 1
    assert attempt_of(swallowed).clean_scans == CLEAN_PASSES


def test_three_clean_list_passes_that_were_all_too_early_prove_nothing(
    wire: Wire, key: ApiKey, swallowed: Generation
) -> None:
    for seconds in (3, 5, 10):
        later(seconds)
        watch(key)
    assert attempt_of(swallowed).clean_scans == 3
    later(950)
    assert require_decisions(key) == 0
    assert watch(key) == 1


def test_a_last_list_pass_that_was_not_clean_proves_nothing(
    wire: Wire, key: ApiKey, swallowed: Generation
) -> None:
    Attempt.objects.update(clean_scans=5)
    later(905)
    wire.order = lambda rows: [*rows, {"state": "no id"}]
    assert watch(key) == 0
    assert attempt_of(swallowed).clean_scans == CLEAN_PASSES - 1
    wire.order = lambda rows: rows
    later(60)
    assert watch(key) == 1


def test_while_the_list_cannot_be_read_whole_nobody_is_told_that_it_is_not_there(
    wire: Wire, key: ApiKey, swallowed: Generation
) -> None:
    wire.order = lambda rows: [*rows, {"state": "no id"}]
    assert watch_for(key, 3600, step=60) == 0
    fresh(swallowed, State.UNCONFIRMED)
    assert wire.asked("/generations") < 70, "and the list is not hammered"


def test_a_list_without_end_is_never_clean(wire: Wire, key: ApiKey, swallowed: Generation) -> None:
    endless = {"has_more": True, "generations": [{"id": "0" * 8 + "-0000-4000-8000-" + "0" * 12}]}
    wire.next_list = [lambda request: reply(200, endless)] * 200
    later(3)
    watch(key)
    assert wire.asked("/generations") == 200
    assert attempt_of(swallowed).clean_scans == 0


@pytest.mark.parametrize(
    "listed",
    [
        {},
        {"generations": None},
        {"generations": "x"},
        {"generations": [None]},
        {"generations": [{"id": None}]},
        [],
        "<html>",
    ],
)
def test_a_page_that_says_nothing_proves_nothing(
    listed: object, wire: Wire, key: ApiKey, swallowed: Generation
) -> None:
    wire.next_list = [lambda request: reply(200, listed)] * 5
    later(3)
    watch(key)
    assert attempt_of(swallowed).clean_scans == 0


def test_the_api_being_down_proves_nothing(wire: Wire, key: ApiKey, swallowed: Generation) -> None:
    wire.next_list = [lambda request: reply(503)] * 10_000
    assert watch_for(key, 7200, step=300) == 0
    fresh(swallowed, State.UNCONFIRMED)


def test_a_count_that_is_wrong_is_not_believed(
    wire: Wire, key: ApiKey, doubtful: Generation
) -> None:
    listed = wire.deliver

    def lying(request: object) -> object:
        answer = listed(request)  # type: ignore[arg-type]
        return reply(200, {**answer.json(), "count": 0, "has_more": None})

    wire.next_list = [lying] * 3  # type: ignore[list-item]
    later(3)
    watch(key)
    fresh(doubtful, State.DREAMING)


def test_one_that_appears_in_the_list_late_is_found_while_a_person_is_asked(
    wire: Wire, key: ApiKey, doubtful: Generation
) -> None:
    hidden = wire.ids()[0]
    wire.unlisted.add(hidden)
    assert watch_for(key, 3000)
    fresh(doubtful, State.NEEDS_DECISION)
    wire.unlisted.clear()
    later(3600)
    watch(key)
    fresh(doubtful, State.DREAMING)
    assert entries_of(attempt_of(doubtful)) == "hold post"


def test_after_the_decision_a_list_pass_is_due_every_hour_for_a_week(
    wire: Wire, key: ApiKey, swallowed: Generation
) -> None:
    assert watch_for(key, 3000)
    before = wire.asked("/generations")
    watch_for(key, 4 * 3600, step=300)
    assert 3 <= wire.asked("/generations") - before <= 5
    later(days=8)
    before = wire.asked("/generations")
    watch(key)
    assert wire.asked("/generations") == before


def test_the_second_try_has_a_horizon_of_its_own(
    wire: Wire, key: ApiKey, swallowed: Generation, ed: User
) -> None:
    assert watch_for(key, 3000)
    wire.swallow()
    try_again(swallowed, acting_user=ed)
    tasks.submit_generation(swallowed.pk)
    fresh(swallowed, State.UNCONFIRMED)
    assert 900 <= watch_for(key, 3000) <= 1100


# Where looking cannot help


@pytest.fixture
def local(settings: LazySettings) -> None:
    """No public address: no callback, and no token in the list."""
    settings.PUBLIC_BASE_URL = None


@pytest.mark.usefixtures("local")
def test_without_a_public_address_a_person_is_asked_after_the_horizon(
    wire: Wire, key: ApiKey, queued: Generation
) -> None:
    wire.lose_answer()
    tasks.submit_generation(queued.pk)
    assert "callback_url" not in wire.creates()[0]
    assert 900 <= watch_for(key, 3000) <= 960
    assert "without a return address" in fresh(queued, State.NEEDS_DECISION).note
    assert wire.asked("/generations") == 0


@pytest.mark.usefixtures("local")
def test_without_a_public_address_an_accepted_one_is_followed_all_the_same(
    wire: Wire, key: ApiKey, queued: Generation
) -> None:
    tasks.submit_generation(queued.pk)
    wire.complete(attempt_of(queued).remote_id, video="https://cdn.example.org/a.mp4")
    watch(key)
    fresh(queued, State.STORING)


def test_with_another_key_a_person_is_asked_after_the_horizon(
    wire: Wire, key: ApiKey, swallowed: Generation, settings: LazySettings
) -> None:
    from generations.lifecycle.api_key import current_key

    settings.LUMAAI_API_KEY = "another-key"
    assert 900 <= watch_for(current_key(), 3000) <= 960
    assert "no longer set" in fresh(swallowed, State.NEEDS_DECISION).note


def test_the_horizon_and_its_schedule_are_one_setting(
    wire: Wire, key: ApiKey, swallowed: Generation, settings: LazySettings
) -> None:
    settings.DOUBT_HORIZON = 9.0
    assert 9 <= watch_for(key, 60, step=0.5) <= 12


def test_what_is_due_is_due_once(key: ApiKey, swallowed: Generation) -> None:
    attempt = attempt_of(swallowed)
    assert list(due_for_list_pass([attempt])) == []
    later(2.5)
    assert list(due_for_list_pass([attempt])) == [attempt]
    attempt.scanned_at = now()
    assert list(due_for_list_pass([attempt])) == []
    later(2)
    assert list(due_for_list_pass([attempt])) == []
    later(2)
    assert list(due_for_list_pass([attempt])) == [attempt]
    attempt.marked_at = None
    assert list(due_for_list_pass([attempt])) == []
