"""Inline calls: never in the cluster, always in threads of the watcher."""

import threading
from dataclasses import replace

import pytest

from generations import tasks
from generations.models import Generation, State
from generations.tasks import inline, submitting
from generations.tasks.inline import MOST_CALLS, InlineCalls, inline_ids
from generations.tasks.watching import Watcher
from studio.teams.access import Seat
from tests.generations.core.conftest import Queue, fresh, later, press, still
from tests.generations.core.wire import Wire

pytestmark = pytest.mark.django_db


def waiting_picture(seat: Seat) -> Generation:
    """A picture whose answer is waited for."""
    plain = still()
    settings = {**plain.settings, "sync": True, "sync_timeout": 5}
    return press(seat, replace(plain, settings=settings))[0]


def test_the_cluster_leaves_it_alone_and_sends_others(seat: Seat, wire: Wire) -> None:
    waited, plain = waiting_picture(seat), press(seat, still("another lake"))[0]
    tasks.submit_generation(waited.pk)
    tasks.submit_generation(plain.pk)
    fresh(waited, State.QUEUED)
    fresh(plain, State.DREAMING)


def test_only_those_that_wait_are_told_apart(seat: Seat, queue: Queue) -> None:
    waited, plain = waiting_picture(seat), press(seat, still("another lake"))[0]
    assert inline_ids([plain.pk, waited.pk]) == [waited.pk]


def test_it_may_take_as_long_as_it_was_told(seat: Seat, queue: Queue) -> None:
    waited = waiting_picture(seat)
    assert submitting.is_inline(waited)
    attempt = waited.attempts.get()
    call = submitting.prepare(waited, attempt)
    assert call.deadline == 35
    assert call.request.wire()["sync"] is True
    assert call.request.wire()["sync_timeout"] == 5


def test_sweep_takes_it_and_gives_no_hint(
    seat: Seat, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited, plain = waiting_picture(seat), press(seat, still("another lake"))[0]
    queue.clear()
    later(5)
    taken: list[int] = []
    watcher = Watcher()
    monkeypatch.setattr(watcher.inline, "start", taken.extend)
    watcher.sweep()
    assert taken == [waited.pk]
    assert ("submit_generation", plain.pk) in queue
    assert ("submit_generation", waited.pk) not in queue


def test_no_more_than_the_most_calls_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    done, room = threading.Event(), threading.Semaphore(0)
    begun: list[int] = []

    def slow(pk: int) -> None:
        begun.append(pk)
        room.release()
        done.wait(10)

    monkeypatch.setattr(inline, "send_generation", slow)
    calls = InlineCalls()
    calls.start(range(10))
    calls.start(range(10))
    assert all(room.acquire(timeout=5) for _ in range(MOST_CALLS))
    assert sorted(begun) == list(range(MOST_CALLS))
    done.set()
    calls.wait(10)
    calls.start([7])
    calls.wait(10)
    assert begun[-1] == 7
