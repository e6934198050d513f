"""Who is sent next, and that the limits of the account are kept: no 429 is ever seen."""

import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pytest_django import DjangoAssertNumQueries, Settings

from generations import tasks
from generations.lifecycle import fairness, progress
from generations.lifecycle.fairness import QueuedRow, in_fair_order
from generations.luma.capabilities import BUILD_TIER
from generations.models import ApiKey, Attempt, Generation, State
from generations.sandbox import limits as sandbox_limits
from generations.sandbox import store as sandbox_store
from generations.sandbox.options import Options
from generations.sandbox.service import Sandbox
from generations.tasks import luma, submitting
from generations.tasks.watching import Watcher
from studio.accounts.models import User
from studio.clock import now
from studio.env import Environment
from studio.teams.access import Seat
from studio.teams.models import Membership, Role, Team
from tests.generations.core.conftest import Queue, fresh, later, press, still
from tests.generations.core.wire import ORIGIN, Wire
from tests.generations.making import make

START = now()


def turns(*authors: int) -> list[QueuedRow]:
    """Rows 1, 2, 3 … of these people."""
    return [QueuedRow(place, author, START) for place, author in enumerate(authors, start=1)]


def ids(found: list[QueuedRow]) -> list[int]:
    return [turn.id for turn in found]


# The order


def test_of_one_person_the_oldest_goes_first() -> None:
    assert ids(in_fair_order(reversed(turns(1, 1, 1)), {})) == [1, 2, 3]


def test_who_queues_one_after_a_hundred_of_another_is_among_the_next_two() -> None:
    found = in_fair_order(turns(*[1] * 100, 2), {})
    assert 101 in ids(found)[:2]
    assert 101 in ids(in_fair_order(turns(*[1] * 100, 2), {1: 10}))[:1]


def test_who_has_fewest_in_flight_goes_next_then_the_oldest() -> None:
    assert ids(in_fair_order(turns(1, 2, 3), {1: 2, 2: 1, 3: 1})) == [2, 3, 1]


def test_two_people_take_turns() -> None:
    assert ids(in_fair_order(turns(1, 1, 1, 2, 2, 2), {})) == [1, 4, 2, 5, 3, 6]


@given(
    st.lists(st.integers(1, 4), max_size=30),
    st.dictionaries(st.integers(1, 4), st.integers(0, 10)),
)
def test_everybody_goes_once_and_nobody_overtakes_with_more_in_flight(
    authors: list[int], in_flight: dict[int, int]
) -> None:
    rows = turns(*authors)
    found = in_fair_order(rows, in_flight)
    assert sorted(ids(found)) == ids(rows)
    counts = {author: in_flight.get(author, 0) for author in range(1, 5)}
    left = list(found)
    while left:
        turn = left[0]
        assert counts[turn.author] == min(counts[one.author] for one in left)
        counts[turn.author] += 1
        left.pop(0)


# The account's limits


def row(seat: Seat, state: State, media_type: str = "video", author: User | None = None) -> Any:
    kind = "image" if media_type == "image" else "text_to_video"
    return make(seat.team, author or seat.user, state=state, kind=kind)


def sent(seat: Seat, seconds_ago: float, media_type: str = "video") -> None:
    """A create that left so long ago and is finished."""
    Attempt.objects.create(
        generation=row(seat, State.COMPLETED, media_type),
        outcome="accepted",
        marked_at=now() - timedelta(seconds=seconds_ago),
    )


@pytest.mark.parametrize(("media_type", "concurrent"), [("video", 10), ("image", 40)])
def test_places_are_those_of_the_tier(seat: Seat, media_type: str, concurrent: int) -> None:
    assert fairness.places_left(media_type) == concurrent
    row(seat, State.DREAMING, media_type)
    row(seat, State.SENDING, media_type)
    row(seat, State.QUEUED, media_type)
    row(seat, State.STORING, media_type)
    assert fairness.places_left(media_type) == concurrent - 2


@pytest.mark.parametrize(("media_type", "minute"), [("video", 20), ("image", 80)])
def test_no_more_leave_within_a_minute_than_the_tier_takes(
    seat: Seat, media_type: str, minute: int
) -> None:
    for _ in range(minute - 1):
        sent(seat, 30, media_type)
    sent(seat, 70, media_type)
    assert fairness.places_left(media_type) == 1
    sent(seat, 61, media_type)
    assert fairness.places_left(media_type) == 0, "the API counts from when it arrives"


def test_one_lane_does_not_fill_the_other(seat: Seat) -> None:
    for _ in range(10):
        row(seat, State.DREAMING)
    assert fairness.lane("video").places == 0
    assert fairness.lane("image").places == 40


def test_a_larger_account_sends_more(seat: Seat, settings: Settings) -> None:
    settings.LUMA_LIMITS = {"video": (30, 60), "image": (50, 90)}
    assert fairness.places_left("video") == 30
    settings.LUMA_LIMITS = None
    for _ in range(50):
        row(seat, State.DREAMING)
    assert fairness.places_left("video") > 1000


def test_the_setting_reads_four_numbers_or_off() -> None:
    assert Environment(luma_limits="30/60 50/90").account_limits == {
        "video": (30, 60),
        "image": (50, 90),
    }
    assert Environment(luma_limits="off").account_limits is None
    assert Environment().account_limits == {}
    assert Environment(sandbox_options="--pace 0 --limits off").account_limits is None
    real = Environment.model_validate(
        {"sandbox_options": "--limits off", "lumaai_api_key": "luma-key"}
    )
    assert real.account_limits == {}
    with pytest.raises(ValidationError, match="10/20 40/80"):
        Environment(luma_limits="many")


def test_the_lane_reads_two_queries_however_many_wait(
    seat: Seat, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        row(seat, State.QUEUED)
    with django_assert_num_queries(2):
        found = fairness.lane("video")
    assert len(found.entries) == 20
    assert len(found.next) == 10


def test_what_backs_off_stands_aside_but_keeps_its_place_on_the_page(seat: Seat) -> None:
    first, second = row(seat, State.QUEUED), row(seat, State.QUEUED)
    Generation.objects.filter(pk=first.pk).update(not_before=now() + timedelta(minutes=1))
    assert ids(fairness.lane("video").entries) == [second.pk]
    assert fairness.queue_places() == {first.pk: (1, 2), second.pk: (2, 2)}


# Sending


def another_person(team: Team, name: str) -> Seat:
    person = User.objects.create_user(f"{name}@example.com", "a-long-password", name=name)
    Membership.objects.create(team=team, user=person, role=Role.EDITOR)
    return Seat(team, person, Role.EDITOR)


def test_one_that_is_not_next_gives_its_place_back_and_tells_its_page_once(
    seat: Seat, wire: Wire, queue: Queue
) -> None:
    in_flight = [row(seat, State.DREAMING) for _ in range(10)]
    waiting = press(seat)[0]
    tasks.submit_generation(waiting.pk)
    once = fresh(waiting, State.QUEUED)
    assert once.note == submitting.FULL
    for _ in range(5):
        tasks.submit_generation(waiting.pk)
    again = fresh(waiting, State.QUEUED)
    assert (again.version, again.tries) == (once.version, 0)
    assert again.lease_until is None
    assert wire.creates() == []
    Generation.objects.filter(pk=in_flight[0].pk).update(state=State.STORING)
    tasks.submit_generation(waiting.pk)
    fresh(waiting, State.DREAMING)


def test_the_only_place_goes_to_who_has_none_in_flight(
    seat: Seat, team: Team, wire: Wire, queue: Queue
) -> None:
    for _ in range(9):
        row(seat, State.DREAMING)
    mine = [press(seat)[0] for _ in range(5)]
    other = press(another_person(team, "Fay"))[0]
    for one in mine:
        tasks.submit_generation(one.pk)
        fresh(one, State.QUEUED)
    tasks.submit_generation(other.pk)
    fresh(other, State.DREAMING)


def test_two_that_were_let_through_together_do_not_share_one_place(
    seat: Seat, wire: Wire, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(9):
        row(seat, State.DREAMING)
    made = press(seat)[0]
    mark = progress.mark_sending

    def late(*arguments: Any) -> None:
        row(seat, State.SENDING)
        mark(*arguments)

    monkeypatch.setattr(progress, "mark_sending", late)
    tasks.submit_generation(made.pk)
    assert fresh(made, State.QUEUED).note == submitting.FULL
    assert wire.creates() == []


def test_the_watcher_hints_in_fair_order_and_only_as_many_as_there_is_room_for(
    seat: Seat, team: Team, key: ApiKey, queue: Queue
) -> None:
    for _ in range(8):
        row(seat, State.DREAMING)
    mine = [press(seat)[0] for _ in range(5)]
    other = press(another_person(team, "Fay"))[0]
    queue.clear()
    later(2)
    Watcher().sweep()
    assert queue == [("submit_generation", other.pk), ("submit_generation", mine[0].pk)]


# Against the sandbox with its limits on


class Strict(Wire):
    """A wire to a sandbox that insists on its limits; keeps every status it answered."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.statuses: list[int] = []

    def deliver(self, request: httpx.Request) -> httpx.Response:
        answer = super().deliver(request)
        self.statuses.append(answer.status_code)
        return answer


@pytest.fixture
def strict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, queue: Queue) -> Any:
    """The API with the tier's limits, on the studio's own clock."""
    sandbox = Sandbox(Options(directory=tmp_path / "strict", pace=0, limits=True), origin=ORIGIN)
    line = Strict(sandbox)
    moving = SimpleNamespace(
        **{**vars(time), "time": lambda: now().timestamp()},
    )
    for module in (sandbox_limits, sandbox_store):
        monkeypatch.setattr(module, "time", moving)
    monkeypatch.setattr(luma, "open_client", line.client)
    yield line
    sandbox.close()


def finish(line: Strict, most: int) -> None:
    """The API finishes some of what it makes, and the studio hears of it."""
    in_flight = Generation.objects.filter(state=State.DREAMING).order_by("id")[:most]
    for one in in_flight:
        remote_id = one.attempts.get().remote_id or ""
        line.sandbox._store.change(remote_id, state="completed")
        Generation.objects.filter(pk=one.pk).update(state=State.STORING)


def drive(line: Strict, queue: Queue, watcher: Watcher, rounds: int, finished: int) -> None:
    """Let time go by in steps of five seconds, doing what the queue says."""
    for _ in range(rounds):
        later(5)
        watcher.hinted.clear()
        watcher.sweep()
        for task, pk in queue:
            if task == "submit_generation":
                tasks.submit_generation(pk)
        queue.clear()
        finish(line, finished)


def test_forty_videos_never_see_a_429(seat: Seat, strict: Strict, queue: Queue) -> None:
    made = [one for _ in range(40) for one in press(seat)]
    for one in made:
        tasks.submit_generation(one.pk)
    assert len(strict.creates()) == BUILD_TIER[next(iter(BUILD_TIER))].concurrent
    drive(strict, queue, Watcher(), rounds=40, finished=5)
    assert 429 not in strict.statuses
    assert Generation.objects.filter(state=State.QUEUED).count() == 0
    assert len(strict.creates()) == len(made)


def test_ninety_pictures_never_see_a_429(seat: Seat, strict: Strict, queue: Queue) -> None:
    for _ in range(90):
        press(seat, still())
    drive(strict, queue, Watcher(), rounds=30, finished=40)
    assert 429 not in strict.statuses
    assert len(strict.creates()) == 90


def test_without_the_local_queue_the_same_forty_would_see_it(
    seat: Seat, strict: Strict, queue: Queue, settings: Settings
) -> None:
    settings.LUMA_LIMITS = None
    for _ in range(11):
        tasks.submit_generation(press(seat)[0].pk)
    assert 429 in strict.statuses


def test_of_a_hundred_and_one_the_one_is_sent_within_the_next_two(
    seat: Seat, team: Team, strict: Strict, queue: Queue
) -> None:
    for _ in range(100):
        press(seat, still())
    for _ in range(40):
        drive(strict, queue, Watcher(), rounds=1, finished=0)
        if fairness.lane("image").places == 0:
            break
    lonely = press(another_person(team, "Fay"), still())[0]
    before = len(strict.creates())
    for _ in range(30):
        finish(strict, 1)
        drive(strict, queue, Watcher(), rounds=1, finished=0)
        if fresh(lonely).state != State.QUEUED:
            break
    assert fresh(lonely).state == State.DREAMING
    assert len(strict.creates()) - before <= 2
