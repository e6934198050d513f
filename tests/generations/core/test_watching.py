"""The watcher: it finds rows whose hint was lost, and a duty that fails stops no other."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError

from generations import tasks
from generations.actions import purge_generation, restore_generation, stop_waiting, trash_generation
from generations.lifecycle import progress
from generations.luma.errors import LumaUnavailable
from generations.media import store
from generations.media.models import StoredFile
from generations.models import (
    ApiKey,
    Attempt,
    CallbackDelivery,
    Generation,
    GenerationInput,
    Heartbeat,
    State,
)
from generations.spending.models import LedgerEntry
from generations.tasks import luma, watching
from generations.tasks.watching import Duty, Watcher, empty_trash
from studio.accounts.models import User
from studio.clock import now
from studio.errors import Conflict, StudioError
from studio.teams.access import Seat
from tests.generations.core.conftest import Queue, attempt_of, fresh, later, press, still
from tests.generations.core.wire import Wire, reply
from tests.spending.ledger import entries_of

pytestmark = pytest.mark.usefixtures("exact_books")

VIDEO = "https://cdn.example.org/a.mp4"


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's transaction needs its connection."""
    monkeypatch.setattr(watching, "close_old_connections", lambda: None)


@pytest.fixture
def watcher(key: ApiKey, queue: Queue) -> Watcher:
    return Watcher()


# Hints that were lost


def test_a_queued_one_whose_hint_was_lost_is_found(
    watcher: Watcher, queued: Generation, queue: Queue
) -> None:
    watcher.sweep()
    assert queue == [], "its own hint may still come"
    later(2)
    watcher.sweep()
    assert queue == [("submit_generation", queued.pk)]


def test_a_hint_is_not_repeated_at_every_sweep(
    watcher: Watcher, queued: Generation, queue: Queue
) -> None:
    later(2)
    for _ in range(5):
        watcher.sweep()
    assert len(queue) == 1
    watcher.hinted.clear()
    watcher.sweep()
    assert len(queue) == 2


def test_one_that_somebody_is_at_is_left_until_the_lease_is_over(
    watcher: Watcher, queued: Generation, queue: Queue
) -> None:
    progress.claim(queued.pk, State.QUEUED, "worker:1", 120)
    later(100)
    watcher.sweep()
    assert queue == []
    later(30)
    watcher.sweep()
    assert queue == [("submit_generation", queued.pk)]


def test_one_that_waits_for_its_time_is_left_alone(
    watcher: Watcher, queued: Generation, queue: Queue
) -> None:
    progress.claim(queued.pk, State.QUEUED, "worker:1", 120)
    progress.release(queued.pk, "worker:1", after=60)
    later(30)
    watcher.sweep()
    assert queue == []
    later(40)
    watcher.sweep()
    assert queue == [("submit_generation", queued.pk)]


def test_a_storing_one_whose_hint_was_lost_is_found(
    watcher: Watcher, dreaming: Generation, queue: Queue
) -> None:
    queue.clear()
    Generation.objects.update(state=State.STORING)
    later(2)
    watcher.sweep()
    assert queue == [("store_assets", dreaming.pk)]


def test_a_callback_whose_hint_was_lost_is_found_once_an_attempt(
    watcher: Watcher, dreaming: Generation, queue: Queue
) -> None:
    queue.clear()
    attempt = attempt_of(dreaming)
    for _ in range(3):
        CallbackDelivery.objects.create(attempt=attempt, body=b"", sha256="")
    watcher.sweep_callbacks()
    assert queue == []
    later(1.5)
    watcher.sweep_callbacks()
    assert queue == [("follow_attempt", attempt.pk)]


def test_only_as_many_are_sent_for_as_there_are_places(
    watcher: Watcher, seat: Seat, queue: Queue
) -> None:
    rows = [press(seat)[0] for _ in range(15)]
    queue.clear()
    Generation.objects.filter(pk__in=[row.pk for row in rows[:7]]).update(state=State.DREAMING)
    later(2)
    watcher.sweep()
    assert queue == [("submit_generation", row.pk) for row in rows[7:10]]


def test_when_a_place_becomes_free_another_waiting_one_is_hinted(
    watcher: Watcher, seat: Seat, queue: Queue
) -> None:
    rows = [press(seat)[0] for _ in range(13)]
    queue.clear()
    Generation.objects.filter(pk__in=[row.pk for row in rows[:10]]).update(state=State.DREAMING)
    later(2)
    watcher.sweep()
    assert queue == [], "there is no place"
    Generation.objects.filter(pk__in=[row.pk for row in rows[:2]]).update(state=State.STORING)
    watcher.sweep()
    hinted = [hint for hint in queue if hint[0] == "submit_generation"]
    assert hinted == [("submit_generation", rows[10].pk), ("submit_generation", rows[11].pk)]


def test_pictures_are_hinted_though_no_video_fits(
    watcher: Watcher, seat: Seat, queue: Queue
) -> None:
    for _ in range(12):
        press(seat)
    Generation.objects.update(state=State.DREAMING)
    image = press(seat, still())[0]
    queue.clear()
    later(2)
    watcher.sweep()
    assert queue == [("submit_generation", image.pk)]


def test_a_queue_that_is_down_is_tried_again(
    watcher: Watcher, queued: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: object) -> None:
        raise OperationalError

    monkeypatch.setattr("generations.lifecycle.hints.async_task", down)
    later(2)
    watcher.sweep()
    fresh(queued, State.QUEUED)


def test_the_memory_of_hints_does_not_grow_for_ever(
    watcher: Watcher, queued: Generation, queue: Queue
) -> None:
    watcher.hinted = {("x", number): 0.0 for number in range(10_001)}
    later(2)
    watcher.sweep()
    assert len(watcher.hinted) <= 1


# What a dead process leaves


def test_a_dead_senders_row_is_in_doubt(watcher: Watcher, queued: Generation, wire: Wire) -> None:
    def killed(request: Any) -> Any:
        wire.deliver(request)
        raise SystemExit

    wire.next_create.append(killed)
    with pytest.raises(SystemExit):
        tasks.submit_generation(queued.pk)
    later(121)
    watcher.sweep()
    fresh(queued, State.UNCONFIRMED)
    watcher.watch()
    fresh(queued, State.DREAMING)
    assert len(wire.creates()) == 1


def test_a_killed_worker_before_the_mark_costs_nothing(
    watcher: Watcher, queued: Generation, wire: Wire, queue: Queue
) -> None:
    progress.claim(queued.pk, State.QUEUED, "dead:1", 120)
    later(121)
    watcher.sweep()
    tasks.submit_generation(queue.pop(0)[1])
    fresh(queued, State.DREAMING)
    assert len(wire.ids()) == 1


def test_the_money_of_what_was_given_up_is_freed_by_the_sweep(
    watcher: Watcher, undecided: Generation, ed: User
) -> None:
    stop_waiting(undecided, acting_user=ed)
    later(hours=25)
    watcher.sweep()
    assert entries_of(attempt_of(undecided)) == "hold void"


def test_one_sweep_reads_the_list_once_and_asks_people(
    watcher: Watcher, dreaming: Generation, wire: Wire
) -> None:
    wire.complete(attempt_of(dreaming).remote_id, video=VIDEO)
    watcher.watch()
    fresh(dreaming, State.STORING)
    assert wire.asked("/generations") == 1


def test_people_are_asked_though_the_api_is_down(
    watcher: Watcher, queued: Generation, wire: Wire, settings: LazySettings
) -> None:
    settings.PUBLIC_BASE_URL = None
    wire.swallow()
    tasks.submit_generation(queued.pk)
    Attempt.objects.filter(generation=queued).update(request={})
    other = press(Seat(queued.team, queued.author, "editor"))[0]
    tasks.submit_generation(other.pk)
    wire.next_list = [lambda request: reply(503)] * 50
    later(1000)
    with pytest.raises(LumaUnavailable):
        watcher.watch()
    fresh(queued, State.NEEDS_DECISION)


# The account


def test_the_balance_is_kept_fresh(watcher: Watcher, wire: Wire, key: ApiKey) -> None:
    watcher.refresh_account()
    key.refresh_from_db()
    assert key.balance_micros == 5_000_000_000
    assert key.balance_at is not None


@pytest.mark.parametrize("said", [-1, None, "1e309", {}])
def test_a_balance_that_cannot_be_true_is_not_known(
    said: object, watcher: Watcher, wire: Wire, key: ApiKey
) -> None:
    watcher.refresh_account()
    wire.next_credits.append(lambda request: reply(200, {"credit_balance": said}))
    watcher.refresh_account()
    key.refresh_from_db()
    assert key.balance_micros is None


def test_a_balance_that_cannot_be_had_leaves_the_last_one(
    watcher: Watcher, wire: Wire, key: ApiKey
) -> None:
    watcher.refresh_account()
    wire.next_credits = [lambda request: reply(500)] * 5
    watcher.refresh_account()
    key.refresh_from_db()
    assert key.balance_micros == 5_000_000_000


def test_a_paused_key_is_tried_and_its_work_goes_on(
    watcher: Watcher, queued: Generation, wire: Wire, queue: Queue, key: ApiKey
) -> None:
    wire.answer(401, {"detail": "Invalid API key is provided"})
    tasks.submit_generation(queued.pk)
    watcher.refresh_account()
    key.refresh_from_db()
    assert key.paused_at is None
    assert fresh(queued).note == ""
    queue.clear()
    later(2)
    watcher.sweep()
    tasks.submit_generation(queue.pop(0)[1])
    fresh(queued, State.DREAMING)


def test_work_that_waits_for_another_reason_keeps_its_time(
    watcher: Watcher, queued: Generation, wire: Wire, key: ApiKey
) -> None:
    wire.answer(429, {"detail": "Too many"}, retry_after="500")
    tasks.submit_generation(queued.pk)
    before = fresh(queued)
    progress.pause_key(key.pk, "Stop.")
    watcher.refresh_account()
    assert fresh(queued).not_before == before.not_before
    assert fresh(queued).note == before.note


# One watcher


@pytest.fixture
def another(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Be another process."""

    def become(name: str) -> None:
        monkeypatch.setattr(luma, "owner", lambda: name)

    return become


def test_of_two_watchers_one_works_until_it_is_gone(
    another: Callable[[str], None], db: None
) -> None:
    first, second = Watcher(), Watcher()
    another("one:1")
    assert first.take_lease()
    another("two:2")
    assert not second.take_lease()
    later(14)
    assert not second.take_lease()
    later(2)
    assert second.take_lease()
    assert Heartbeat.objects.get().owner == "two:2"
    another("one:1")
    first.held_until = 0.0
    assert not first.take_lease(), "it was away too long"


def test_a_lease_is_renewed_long_before_it_ends_and_not_at_every_tick(
    another: Callable[[str], None], db: None, django_assert_num_queries: Any
) -> None:
    another("one:1")
    watcher = Watcher()
    assert watcher.take_lease()
    with django_assert_num_queries(0):
        assert watcher.take_lease()
    assert watcher.held_until <= watching.time.monotonic() + 5  # type: ignore[attr-defined]
    watcher.held_until = 0.0
    later(10)
    assert watcher.take_lease()
    assert Heartbeat.objects.get().at <= now()


def test_a_database_that_is_away_means_no_lease(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: object, **kwargs: object) -> None:
        raise OperationalError

    monkeypatch.setattr(Heartbeat.objects, "filter", down)
    assert not watcher.take_lease()


@pytest.mark.parametrize(
    "failure",
    [OperationalError("away"), LumaUnavailable("down"), StudioError("no"), OSError("disk")],
)
def test_a_duty_that_fails_stops_no_other_and_comes_again(
    failure: Exception, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("fail")
        raise failure

    def work() -> None:
        done.append("work")
        watcher.stopping = len(done) >= 6

    monkeypatch.setattr(watcher, "duties", lambda: [Duty(0, fail), Duty(0, work)])
    monkeypatch.setattr(watching, "TICK", 0)
    watcher.run()
    assert done == ["fail", "work"] * 3


def test_a_watcher_without_the_lease_does_nothing(
    watcher: Watcher, another: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    another("one:1")
    assert Watcher().take_lease()
    another("two:2")
    ticks: list[int] = []

    def work() -> None:
        raise AssertionError("two watchers work")

    def tick(seconds: float) -> None:
        ticks.append(1)
        watcher.stopping = len(ticks) >= 3

    monkeypatch.setattr(watcher, "duties", lambda: [Duty(0, work)])
    monkeypatch.setattr(watching.time, "sleep", tick)  # type: ignore[attr-defined]
    watcher.run()
    assert len(ticks) == 3


def test_duties_have_the_intervals_of_the_settings(
    watcher: Watcher, settings: LazySettings
) -> None:
    settings.SWEEP_INTERVAL, settings.WATCH_INTERVAL = 11, 13
    assert {11, 13} <= {duty.every for duty in watcher.duties()}


# The trash


def in_library(seat: Seat, tmp_path: Path) -> Generation:
    """A finished picture with a file."""
    from tests.media.samples import encoded, picture

    row = press(seat, still())[0]
    file = store.keep(encoded(picture()), team=seat.team, purpose="original", uuid=row.uuid)
    Generation.objects.filter(pk=row.pk).update(state=State.COMPLETED, original=file)
    return fresh(row)


def test_the_trash_is_emptied_after_thirty_days(
    watcher: Watcher, seat: Seat, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    row = in_library(seat, tmp_path)
    trash_generation(row, acting_user=seat.user)
    assert row.original is not None
    path = store.path_of(row.original)
    later(days=29)
    watcher.clean_up()
    assert fresh(row).purged_at is None
    later(days=2)
    with django_capture_on_commit_callbacks(execute=True):
        watcher.clean_up()
    found = fresh(row)
    assert found.purged_at is not None
    assert found.original is None
    assert not path.exists()
    assert not StoredFile.objects.exists()
    assert row.events.latest("pk").verb == "timer.purged"
    assert LedgerEntry.objects.exists(), "the books stay"
    with pytest.raises(Conflict):
        restore_generation(found, acting_user=seat.user)


def test_what_something_unsent_uses_stays_in_the_trash(
    seat: Seat, tmp_path: Path, queue: Queue
) -> None:
    source, user = in_library(seat, tmp_path), press(seat)[0]
    GenerationInput.objects.create(generation=user, slot="start_frame", source=source)
    trash_generation(source, acting_user=seat.user)
    later(days=31)
    empty_trash()
    assert fresh(source).purged_at is None
    Generation.objects.filter(pk=user.pk).update(state=State.COMPLETED)
    empty_trash()
    assert fresh(source).purged_at is not None


def test_one_row_that_cannot_be_purged_stops_no_other(
    seat: Seat, tmp_path: Path, queue: Queue, watcher: Watcher
) -> None:
    source, other, user = (
        in_library(seat, tmp_path),
        in_library(seat, tmp_path),
        press(seat)[0],
    )
    GenerationInput.objects.create(generation=user, slot="start_frame", source=source)
    for row in (source, other):
        trash_generation(row, acting_user=seat.user)
    later(days=31)
    watcher.clean_up()
    assert fresh(source).purged_at is None
    assert fresh(other).purged_at is not None


@pytest.mark.parametrize("state", sorted(set(State)))
def test_only_what_is_over_goes_into_the_trash(state: State, queued: Generation, ed: User) -> None:
    Generation.objects.update(state=state)
    over = state in ("completed", "failed", "refused", "cancelled", "media_lost", "given_up")
    if over:
        trash_generation(queued, acting_user=ed)
        version = fresh(queued).version
        trash_generation(queued, acting_user=ed)
        assert fresh(queued).version == version
        restore_generation(queued, acting_user=ed)
        assert fresh(queued).trashed_at is None
        assert fresh(queued).trashed_by is None
    else:
        with pytest.raises(Conflict):
            trash_generation(queued, acting_user=ed)
        assert fresh(queued).trashed_at is None


def test_only_from_the_trash_is_deleted_for_good(seat: Seat, tmp_path: Path, queue: Queue) -> None:
    row = in_library(seat, tmp_path)
    with pytest.raises(Conflict):
        purge_generation(row, acting_user=seat.user)
    trash_generation(row, acting_user=seat.user)
    purge_generation(row, acting_user=seat.user)
    assert row.events.latest("pk").verb == "user.purged"


def test_a_preview_whose_hint_was_lost_is_made_later(
    watcher: Watcher, seat: Seat, tmp_path: Path, queue: Queue
) -> None:
    row = in_library(seat, tmp_path)
    Generation.objects.filter(pk=row.pk).update(media_type="video", completed_at=now())
    queue.clear()
    watcher.clean_up()
    assert queue == [("make_preview", row.pk)]
    later(days=2)
    watcher.hinted.clear()
    watcher.clean_up()
    assert len(queue) == 1
