"""A generation waits for its unfinished source, and is neither sent nor charged if that fails."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import uuid4

import pytest

from generations import tasks
from generations.actions import cancel_generation
from generations.lifecycle.waiting import SOURCE_WITHOUT_RESULT, advance_waiting
from generations.models import Attempt, Generation, Kind, State
from generations.models.states import IN_PROGRESS, TERMINAL, WITHOUT_RESULT
from generations.recipes.choice import InputChoice
from generations.recipes.draft import Draft
from generations.spending.models import Account
from generations.tasks.watching import Watcher
from studio.errors import StudioError
from studio.teams.access import Seat
from tests.generations.core.conftest import PRICE, SHOT, Queue, attempt_of, fresh, press, run, shot
from tests.generations.core.wire import Wire
from tests.generations.host import Host
from tests.media.samples import video
from tests.spending.ledger import entries_of

pytestmark = pytest.mark.usefixtures("exact_books")

Commits = Callable[..., AbstractContextManager[object]]


def extension(*sources: Generation, slot: str = "start_frame") -> Draft:
    """An extension of a clip; with two, a bridge between them."""
    names = (slot,) if len(sources) == 1 else ("start_frame", "end_frame")
    inputs = tuple(
        InputChoice(name, generation=one.uuid) for name, one in zip(names, sources, strict=True)
    )
    kind = Kind.EXTEND if len(sources) == 1 else Kind.BRIDGE
    settings = {**SHOT, "prompt": "it goes on"}
    if len(sources) > 1:
        settings.pop("loop")
    return Draft(kind, settings, inputs)


def becomes(row: Generation, state: State) -> Generation:
    """Set the state of a source, whatever led there."""
    Generation.objects.filter(pk=row.pk).update(state=state)
    return fresh(row)


@pytest.fixture
def source(seat: Seat, queue: Queue) -> Generation:
    made = press(seat)[0]
    queue.clear()
    return made


@pytest.fixture
def waiting(seat: Seat, source: Generation, queue: Queue) -> Generation:
    return fresh(press(seat, extension(source))[0], State.WAITING)


def test_it_says_whom_it_waits_for_and_holds_its_money(waiting: Generation) -> None:
    assert waiting.note == "Waiting for “a calm lake at dawn”."
    assert entries_of(attempt_of(waiting)) == "hold"
    assert Account.objects.get().pending_micros == 2 * PRICE


def test_the_queue_does_not_hear_of_it(
    seat: Seat, source: Generation, queue: Queue, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        press(seat, extension(source))
    assert queue == []


def test_a_hint_that_comes_all_the_same_sends_nothing(wire: Wire, waiting: Generation) -> None:
    tasks.submit_generation(waiting.pk)
    fresh(waiting, State.WAITING)
    assert wire.creates() == []


def test_a_finished_source_is_used_at_once(seat: Seat, source: Generation, queue: Queue) -> None:
    becomes(source, State.COMPLETED)
    fresh(press(seat, extension(source))[0], State.QUEUED)


@pytest.mark.parametrize("state", sorted(IN_PROGRESS))
def test_while_its_source_is_under_way_it_waits(
    waiting: Generation, source: Generation, state: State
) -> None:
    becomes(source, state)
    assert advance_waiting(Generation.objects.filter(pk=source.pk)) == 0
    fresh(waiting, State.WAITING)


def test_a_source_that_asks_for_a_decision_keeps_it_waiting(
    waiting: Generation, source: Generation
) -> None:
    becomes(source, State.NEEDS_DECISION)
    assert advance_waiting() == 0


def test_it_goes_into_the_queue_when_its_source_is_there(
    waiting: Generation,
    source: Generation,
    queue: Queue,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    becomes(source, State.COMPLETED)
    with django_capture_on_commit_callbacks(execute=True):
        assert advance_waiting(Generation.objects.filter(pk=source.pk)) == 1
    assert fresh(waiting, State.QUEUED).note == ""
    assert queue == [("submit_generation", waiting.pk)]
    assert entries_of(attempt_of(waiting)) == "hold"


def test_waking_it_twice_is_once(waiting: Generation, source: Generation) -> None:
    becomes(source, State.COMPLETED)
    assert [advance_waiting(), advance_waiting()] == [1, 0]
    assert waiting.events.filter(to_state=State.QUEUED, from_state=State.WAITING).count() == 1


def test_a_stored_source_sends_what_waited_for_it(
    seat: Seat,
    wire: Wire,
    host: Host,
    queue: Queue,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    """The whole way: the file of the source arrives, and the extension leaves by its id."""
    film = video(tmp_path / "one.mp4").read_bytes()
    source = press(seat)[0]
    tasks.submit_generation(source.pk)
    after = press(seat, extension(source))[0]
    remote = attempt_of(source).remote_id
    wire.complete(remote, video=host.put("/one.mp4", film))
    with django_capture_on_commit_callbacks(execute=True):
        Watcher().watch()
        tasks.store_assets(source.pk)
    fresh(source, State.COMPLETED)
    wire.answer(201, {"id": str(uuid4()), "state": "queued"})
    run(queue)
    fresh(after, State.DREAMING)
    sent = wire.creates()[-1]
    assert sent["keyframes"] == {"frame0": {"type": "generation", "id": remote}}
    assert entries_of(attempt_of(after)) == "hold post"


@pytest.mark.parametrize("state", sorted(WITHOUT_RESULT))
def test_a_dead_source_drops_it_uncharged_and_says_so(
    wire: Wire, waiting: Generation, source: Generation, state: State
) -> None:
    becomes(source, state)
    assert advance_waiting() == 1
    dropped = fresh(waiting, State.CANCELLED)
    assert dropped.note == SOURCE_WITHOUT_RESULT.format(title="a calm lake at dawn")
    assert entries_of(attempt_of(waiting)) == "hold void"
    assert attempt_of(waiting).outcome == Attempt.Outcome.DROPPED
    tasks.submit_generation(waiting.pk)
    assert wire.creates() == []


def test_every_end_of_a_source_is_tried_above() -> None:
    assert WITHOUT_RESULT | {State.COMPLETED} == TERMINAL


def test_a_failure_at_luma_drops_all_that_hung_on_it(seat: Seat, wire: Wire, queue: Queue) -> None:
    source = press(seat)[0]
    tasks.submit_generation(source.pk)
    first = press(seat, extension(source))[0]
    second = press(seat, extension(first))[0]
    wire.say(attempt_of(source).remote_id, "failed", failure_reason="Job failed")
    watcher = Watcher()
    watcher.watch()
    fresh(source, State.FAILED)
    watcher.sweep()
    for row in (first, second):
        fresh(row, State.CANCELLED)
        assert entries_of(attempt_of(row)) == "hold void"
    assert fresh(second).note == SOURCE_WITHOUT_RESULT.format(title="it goes on")
    assert len(wire.creates()) == 1
    assert Account.objects.get().pending_micros == Account.objects.get().posted_micros == 0


def test_what_is_cancelled_takes_its_followers_along(
    seat: Seat, waiting: Generation, source: Generation, queue: Queue
) -> None:
    third = press(seat, extension(waiting))[0]
    cancel_generation(source, acting_user=seat.user)
    assert advance_waiting(Generation.objects.filter(pk=source.pk)) == 2
    fresh(third, State.CANCELLED)


def test_a_waiting_one_can_be_cancelled_by_a_person(seat: Seat, waiting: Generation) -> None:
    cancel_generation(waiting, acting_user=seat.user)
    assert entries_of(attempt_of(waiting)) == "hold void"


def test_with_two_sources_it_waits_for_both(seat: Seat, source: Generation, queue: Queue) -> None:
    other = press(seat, shot("another one"))[0]
    bridge = press(seat, extension(source, other))[0]
    becomes(source, State.COMPLETED)
    assert advance_waiting() == 0
    becomes(other, State.COMPLETED)
    assert advance_waiting() == 1
    fresh(bridge, State.QUEUED)


def test_with_two_sources_one_dead_is_enough(seat: Seat, source: Generation, queue: Queue) -> None:
    other = press(seat, shot("another one"))[0]
    bridge = press(seat, extension(source, other))[0]
    becomes(other, State.REFUSED)
    assert advance_waiting(Generation.objects.filter(pk=other.pk)) == 1
    fresh(bridge, State.CANCELLED)


def test_settling_one_source_leaves_the_followers_of_another(
    seat: Seat, waiting: Generation, source: Generation, queue: Queue
) -> None:
    other = press(seat, shot("another one"))[0]
    becomes(source, State.FAILED)
    assert advance_waiting(Generation.objects.filter(pk=other.pk)) == 0
    fresh(waiting, State.WAITING)


@pytest.mark.parametrize("state", sorted(WITHOUT_RESULT))
def test_nothing_can_be_asked_of_a_dead_source(
    seat: Seat, source: Generation, queue: Queue, state: State
) -> None:
    becomes(source, state)
    with pytest.raises(StudioError) as refused:
        press(seat, extension(source), uuid4())
    assert "did not come to be" in refused.value.fields["start_frame"]


def test_a_source_that_fails_between_the_check_and_the_row_is_seen_by_the_sweep(
    waiting: Generation, source: Generation, wire: Wire
) -> None:
    becomes(source, State.GIVEN_UP)
    Watcher().sweep()
    fresh(waiting, State.CANCELLED)
