"""Binding: one id for one attempt, with its money; a late result still counts."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from generations import tasks
from generations.actions import cancel_generation, stop_waiting, trash_generation, try_again
from generations.lifecycle import progress
from generations.lifecycle.progress import (
    LeaseLost,
    bind,
    claim,
    mark_sending,
    put_in_doubt,
    record_refusal,
    requeue,
)
from generations.lifecycle.transitions import Actor, move
from generations.models import Attempt, Generation, Orphan, State
from generations.spending.actions import LimitReached
from generations.spending.models import Account
from generations.tasks.watching import doubt_expired_sends, release_old_holds
from studio.accounts.models import User
from studio.clock import now
from studio.errors import Conflict
from studio.teams.access import Seat
from tests.generations.core.conftest import PRICE, Queue, attempt_of, fresh, later, press
from tests.generations.core.wire import Wire
from tests.spending.ledger import entries_of
from tests.spending.racing import at_once

pytestmark = pytest.mark.usefixtures("exact_books")


def new_id() -> str:
    return str(uuid4())


def sending(generation: Generation) -> Attempt:
    """Mark it as a worker does, without the POST."""
    attempt = generation.attempts.filter(outcome="planned").latest("number")
    assert claim(generation.pk, State.QUEUED, "worker:1", 120)
    mark_sending(attempt, "worker:1", {"callback_url": "http://studio.test/hooks/luma/x"})
    return attempt


def test_binding_twice_changes_nothing(queued: Generation) -> None:
    attempt, remote_id = sending(queued), new_id()
    assert bind(attempt, remote_id, {}, Actor.WORKER)
    version = fresh(queued, State.DREAMING).version
    assert bind(attempt, remote_id, {}, Actor.CALLBACK)
    assert fresh(queued, State.DREAMING).version == version
    assert entries_of(attempt) == "hold post"


def test_an_id_of_another_row_is_never_taken(seat: Seat, queue: Queue) -> None:
    first, second = press(seat)[0], press(seat)[0]
    remote_id = new_id()
    assert bind(sending(first), remote_id, {}, Actor.WORKER)
    late = sending(second)
    assert not bind(late, remote_id, {}, Actor.WORKER)
    fresh(second, State.SENDING)
    assert entries_of(late) == "hold"
    assert attempt_of(first).remote_id == remote_id


def test_a_create_that_names_anothers_id_is_in_doubt(seat: Seat, wire: Wire, queue: Queue) -> None:
    first, second = press(seat)[0], press(seat)[0]
    tasks.submit_generation(first.pk)
    wire.answer(201, {"id": attempt_of(first).remote_id, "state": "queued"})
    tasks.submit_generation(second.pk)
    fresh(second, State.UNCONFIRMED)
    assert attempt_of(second).outcome == "in_doubt"


def test_a_second_id_for_one_attempt_is_kept_for_the_operator(queued: Generation) -> None:
    attempt, first, second = sending(queued), new_id(), new_id()
    assert bind(attempt, first, {}, Actor.CALLBACK)
    assert not bind(attempt, second, {"id": second}, Actor.WORKER)
    assert attempt_of(queued).remote_id == first
    assert Orphan.objects.get().remote_id == second
    assert not bind(attempt, second, {"id": second}, Actor.WORKER)
    assert Orphan.objects.count() == 1


def test_a_worker_that_hears_a_second_id_leaves_the_first_standing(
    queued: Generation, wire: Wire
) -> None:
    attempt = queued.attempts.get()

    def called_back_first(request: object) -> object:
        bind(attempt, new_id(), {}, Actor.CALLBACK)
        return wire.deliver(request)  # type: ignore[arg-type]

    wire.next_create.append(called_back_first)  # type: ignore[arg-type]
    tasks.submit_generation(queued.pk)
    fresh(queued, State.DREAMING)
    assert attempt_of(queued).outcome == "accepted"
    assert Orphan.objects.get().remote_id == wire.ids()[0]


def test_the_callback_may_be_faster_than_the_answer(queued: Generation, wire: Wire) -> None:
    attempt = queued.attempts.get()

    def called_back_first(request: object) -> object:
        answer = wire.deliver(request)  # type: ignore[arg-type]
        bind(attempt, wire.ids()[0], {}, Actor.CALLBACK)
        return answer

    wire.next_create.append(called_back_first)  # type: ignore[arg-type]
    tasks.submit_generation(queued.pk)
    fresh(queued, State.DREAMING)
    assert entries_of(attempt) == "hold post"
    assert not Orphan.objects.exists()


# The second try


def test_a_second_try_is_a_second_attempt_with_its_own_hold(
    undecided: Generation, wire: Wire, ed: User
) -> None:
    try_again(undecided, acting_user=ed)
    fresh(undecided, State.QUEUED)
    second = attempt_of(undecided, 2)
    assert (second.consented_by, second.outcome) == (ed, "planned")
    assert Account.objects.get().pending_micros == 2 * PRICE
    event = undecided.events.latest("pk")
    assert event.detail["consent"] == "Try again, I know it may be charged twice"
    assert event.detail["micros"] == PRICE
    tasks.submit_generation(undecided.pk)
    fresh(undecided, State.DREAMING)
    assert len(wire.ids()) == 1
    assert entries_of(attempt_of(undecided, 1)) == "hold"
    assert entries_of(second) == "hold post"


def test_the_second_press_of_try_again_does_nothing(undecided: Generation, ed: User) -> None:
    try_again(undecided, acting_user=ed)
    with pytest.raises(Conflict):
        try_again(undecided, acting_user=ed)
    assert undecided.attempts.count() == 2


def test_trying_again_beyond_the_limit_leaves_the_decision_open(
    undecided: Generation, ed: User
) -> None:
    Account.objects.update(limit_micros=2 * PRICE - 1)
    with pytest.raises(LimitReached):
        try_again(undecided, acting_user=ed)
    fresh(undecided, State.NEEDS_DECISION)
    assert undecided.attempts.count() == 1


def test_the_first_that_arrives_drops_the_second_that_was_not_sent(
    undecided: Generation, ed: User, wire: Wire
) -> None:
    try_again(undecided, acting_user=ed)
    assert bind(attempt_of(undecided), new_id(), {}, Actor.RECONCILER)
    fresh(undecided, State.DREAMING)
    assert [one.outcome for one in undecided.attempts.order_by("number")] == ["accepted", "dropped"]
    assert entries_of(attempt_of(undecided, 2)) == "hold void"
    tasks.submit_generation(undecided.pk)
    assert len(wire.creates()) == 1


def test_a_workers_own_answer_that_comes_after_all_counts_too(
    undecided: Generation, ed: User
) -> None:
    """The worker stood still for a quarter of an hour, and the person asked for a second try."""
    try_again(undecided, acting_user=ed)
    assert bind(attempt_of(undecided), new_id(), {}, Actor.WORKER)
    fresh(undecided, State.DREAMING)


def test_a_second_try_that_is_refused_leaves_the_first_in_doubt(
    undecided: Generation, ed: User, wire: Wire
) -> None:
    try_again(undecided, acting_user=ed)
    wire.answer(400, {"detail": "Prompt is too long"})
    tasks.submit_generation(undecided.pk)
    row = fresh(undecided, State.NEEDS_DECISION)
    assert row.note == "Luma refused the second try: Prompt is too long"
    assert entries_of(attempt_of(undecided, 1)) == "hold"
    assert entries_of(attempt_of(undecided, 2)) == "hold void"


def test_a_second_try_taken_back_leaves_the_decision_open(undecided: Generation, ed: User) -> None:
    try_again(undecided, acting_user=ed)
    cancel_generation(undecided, acting_user=ed)
    fresh(undecided, State.NEEDS_DECISION)
    assert entries_of(attempt_of(undecided, 1)) == "hold"
    assert entries_of(attempt_of(undecided, 2)) == "hold void"
    assert bind(attempt_of(undecided, 1), new_id(), {}, Actor.CALLBACK)
    fresh(undecided, State.DREAMING)


def test_both_tries_may_arrive_and_both_are_charged_and_owned(
    undecided: Generation, ed: User
) -> None:
    try_again(undecided, acting_user=ed)
    second = sending(undecided)
    assert bind(second, new_id(), {}, Actor.WORKER)
    assert bind(attempt_of(undecided, 1), new_id(), {}, Actor.RECONCILER)
    fresh(undecided, State.DREAMING)
    assert Account.objects.get().posted_micros == 2 * PRICE


def test_a_late_word_about_the_first_try_does_not_touch_the_second(
    undecided: Generation, ed: User
) -> None:
    try_again(undecided, acting_user=ed)
    second = sending(undecided)
    first = attempt_of(undecided, 1)
    put_in_doubt(first, Actor.WORKER)
    fresh(undecided, State.SENDING)
    record_refusal(first, "Too long")
    fresh(undecided, State.SENDING)
    assert entries_of(first) == "hold void"
    assert bind(second, new_id(), {}, Actor.WORKER)


def test_a_late_refusal_of_the_first_does_not_close_a_queued_second(
    undecided: Generation, ed: User
) -> None:
    try_again(undecided, acting_user=ed)
    record_refusal(attempt_of(undecided, 1), "Too long")
    fresh(undecided, State.QUEUED)
    assert entries_of(attempt_of(undecided, 2)) == "hold"


def test_a_busy_answer_that_comes_too_late_only_frees_the_money(
    undecided: Generation, ed: User
) -> None:
    requeue(attempt_of(undecided), after=5, note="busy")
    fresh(undecided, State.NEEDS_DECISION)
    assert (attempt_of(undecided).outcome, entries_of(attempt_of(undecided))) == (
        "dropped",
        "hold void",
    )
    try_again(undecided, acting_user=ed)
    assert Account.objects.get().pending_micros == PRICE


# Given up, refused, thrown away


def test_one_that_was_given_up_is_adopted_when_it_arrives(undecided: Generation, ed: User) -> None:
    stop_waiting(undecided, acting_user=ed)
    assert "will appear here" in fresh(undecided, State.GIVEN_UP).note
    assert bind(attempt_of(undecided), new_id(), {}, Actor.RECONCILER)
    assert fresh(undecided, State.DREAMING).note == "It arrived after all."
    assert entries_of(attempt_of(undecided)) == "hold post"


def test_a_day_later_its_money_is_free_and_what_arrives_then_is_charged_late(
    undecided: Generation, ed: User
) -> None:
    stop_waiting(undecided, acting_user=ed)
    later(hours=23)
    release_old_holds()
    assert entries_of(attempt_of(undecided)) == "hold"
    later(hours=2)
    release_old_holds()
    assert (attempt_of(undecided).outcome, entries_of(attempt_of(undecided))) == (
        "given_up",
        "hold void",
    )
    assert bind(attempt_of(undecided), new_id(), {}, Actor.RECONCILER)
    fresh(undecided, State.DREAMING)
    assert entries_of(attempt_of(undecided)) == "hold void late"
    assert Account.objects.get().posted_micros == PRICE


def test_stop_waiting_twice_is_once(undecided: Generation, ed: User) -> None:
    stop_waiting(undecided, acting_user=ed)
    with pytest.raises(Conflict):
        stop_waiting(undecided, acting_user=ed)
    with pytest.raises(Conflict):
        try_again(undecided, acting_user=ed)


def test_a_refused_one_that_exists_after_all_is_adopted_and_charged_late(
    queued: Generation, wire: Wire
) -> None:
    wire.answer(400, {"detail": "Prompt is too long"})
    tasks.submit_generation(queued.pk)
    assert bind(attempt_of(queued), new_id(), {}, Actor.CALLBACK)
    assert fresh(queued, State.DREAMING).note == "It arrived after all."
    assert entries_of(attempt_of(queued)) == "hold void late"


def test_one_that_was_thrown_away_comes_back_out_of_the_trash(
    undecided: Generation, ed: User
) -> None:
    stop_waiting(undecided, acting_user=ed)
    trash_generation(fresh(undecided), acting_user=ed)
    assert bind(attempt_of(undecided), new_id(), {}, Actor.CALLBACK)
    assert fresh(undecided, State.DREAMING).trashed_at is None


def test_what_is_undecided_is_not_thrown_away(undecided: Generation, ed: User) -> None:
    with pytest.raises(Conflict, match="decision"):
        trash_generation(undecided, acting_user=ed)
    assert fresh(undecided).trashed_at is None


def test_the_money_of_a_try_beside_a_finished_one_is_freed_after_a_day(
    undecided: Generation, ed: User
) -> None:
    try_again(undecided, acting_user=ed)
    assert bind(sending(undecided), new_id(), {}, Actor.WORKER)
    Generation.objects.update(state=State.COMPLETED, state_since=now())
    later(hours=25)
    release_old_holds()
    assert entries_of(attempt_of(undecided, 1)) == "hold void"
    assert Account.objects.get().pending_micros == 0


def test_money_in_doubt_stays_held_while_anybody_waits(undecided: Generation) -> None:
    later(days=30)
    release_old_holds()
    assert entries_of(attempt_of(undecided)) == "hold"


def test_a_sending_that_ended_with_its_process_is_in_doubt(queued: Generation) -> None:
    attempt = sending(queued)
    later(119)
    doubt_expired_sends()
    fresh(queued, State.SENDING)
    later(2)
    doubt_expired_sends()
    fresh(queued, State.UNCONFIRMED)
    assert attempt_of(queued).outcome == "in_doubt"
    assert bind(attempt, new_id(), {}, Actor.WORKER), "its answer may still come"
    fresh(queued, State.DREAMING)


def test_a_killed_second_attempt_is_in_doubt_beside_the_first(
    undecided: Generation, ed: User
) -> None:
    try_again(undecided, acting_user=ed)
    second = sending(undecided)
    assert bind(attempt_of(undecided, 1), new_id(), {}, Actor.RECONCILER)
    later(121)
    doubt_expired_sends()
    second.refresh_from_db()
    assert second.outcome == "in_doubt"
    fresh(undecided, State.DREAMING)


# Cancelling


def test_a_cancelled_one_frees_its_money(queued: Generation, ed: User) -> None:
    cancel_generation(queued, acting_user=ed)
    fresh(queued, State.CANCELLED)
    assert (attempt_of(queued).outcome, entries_of(attempt_of(queued))) == ("dropped", "hold void")


@pytest.mark.parametrize(
    "state", sorted(set(State) - {State.QUEUED, State.WAITING, State.AWAITING_APPROVAL})
)
def test_what_was_sent_cannot_be_cancelled(state: State, queued: Generation, ed: User) -> None:
    Generation.objects.update(state=state)
    with pytest.raises(Conflict, match="cannot be stopped"):
        cancel_generation(queued, acting_user=ed)
    assert entries_of(attempt_of(queued)) == "hold"


# Races


@pytest.mark.django_db(transaction=True)
def test_one_worker_of_eight_sends(queued: Generation) -> None:
    attempt, marked = queued.attempts.get(), []

    def work(number: int) -> None:
        owner = f"worker:{number}"
        if claim(queued.pk, State.QUEUED, owner, 120):
            mark_sending(attempt, owner, {})
            marked.append(number)

    assert at_once(8, work) == []
    assert len(marked) == 1
    fresh(queued, State.SENDING)


@pytest.mark.django_db(transaction=True)
def test_cancel_and_send_at_once_never_both(seat: Seat, queue: Queue, ed: User) -> None:
    for _ in range(10):
        row = press(seat)[0]
        attempt = row.attempts.get()
        assert claim(row.pk, State.QUEUED, "worker:1", 120)
        done: list[str] = []

        def work(
            number: int,
            row: Generation = row,
            attempt: Attempt = attempt,
            done: list[str] = done,
        ) -> None:
            try:
                if number:
                    cancel_generation(row, acting_user=ed)
                else:
                    mark_sending(attempt, "worker:1", {})
                done.append("cancelled" if number else "sending")
            except (Conflict, LeaseLost):
                return

        assert at_once(2, work) == []
        assert done == [fresh(row).state]
        assert attempt_of(row).outcome == ("dropped" if done == ["cancelled"] else "sending")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_waits_behind_a_cancel_sees_it(queued: Generation, ed: User) -> None:
    """The order that only an update without a lock gets wrong: it began before the commit."""
    assert claim(queued.pk, State.QUEUED, "worker:1", 120)
    attempt, cancelled, lost = queued.attempts.get(), threading.Event(), threading.Event()

    def work(number: int) -> None:
        if number == 0:
            with transaction.atomic():
                cancel_generation(queued, acting_user=ed)
                cancelled.set()
                threading.Event().wait(0.3)
            return
        cancelled.wait(20)
        with pytest.raises(LeaseLost):
            mark_sending(attempt, "worker:1", {})
        lost.set()

    assert at_once(2, work) == []
    assert lost.is_set()
    fresh(queued, State.CANCELLED)
    assert attempt_of(queued).outcome == "dropped"


@pytest.mark.django_db(transaction=True)
def test_a_step_that_waits_behind_another_begins_where_that_one_ended(queued: Generation) -> None:
    Generation.objects.update(state=State.DREAMING)
    stalled, taken = threading.Event(), []

    def work(number: int) -> None:
        if number == 0:
            with transaction.atomic():
                move(queued.pk, State.STALLED, actor=Actor.POLLER)
                stalled.set()
                threading.Event().wait(0.3)
            return
        stalled.wait(20)
        taken.append(move(queued.pk, State.STORING, actor=Actor.CALLBACK))

    assert at_once(2, work) == []
    assert taken == [True]
    fresh(queued, State.STORING)


@pytest.mark.django_db(transaction=True)
def test_answer_callback_and_timer_at_once_bind_it_once(seat: Seat, queue: Queue) -> None:
    for _ in range(6):
        row = press(seat)[0]
        attempt, remote_id = sending(row), new_id()

        def work(number: int, attempt: Attempt = attempt, remote_id: str = remote_id) -> None:
            if number == 0:
                bind(attempt, remote_id, {}, Actor.WORKER)
            elif number == 1:
                bind(attempt, remote_id, {}, Actor.CALLBACK)
            else:
                put_in_doubt(attempt, Actor.TIMER)

        assert at_once(3, work) == []
        fresh(row, State.DREAMING)
        assert attempt_of(row).outcome == "accepted"
        assert entries_of(attempt) == "hold post"


@pytest.mark.django_db(transaction=True)
def test_two_consents_at_once_are_one(undecided: Generation, ed: User) -> None:
    conflicts: list[int] = []

    def work(number: int) -> None:
        try:
            try_again(undecided, acting_user=ed)
        except Conflict:
            conflicts.append(number)

    assert at_once(4, work) == []
    assert len(conflicts) == 3
    assert undecided.attempts.count() == 2


@pytest.mark.django_db(transaction=True)
def test_arriving_and_giving_up_at_once_is_followed_either_way(
    seat: Seat, queue: Queue, ed: User
) -> None:
    for _ in range(6):
        row = press(seat)[0]
        attempt = sending(row)
        put_in_doubt(attempt, Actor.WORKER)
        Generation.objects.filter(pk=row.pk).update(state=State.NEEDS_DECISION)

        def work(number: int, row: Generation = row, attempt: Attempt = attempt) -> None:
            try:
                if number:
                    stop_waiting(row, acting_user=ed)
                else:
                    bind(attempt, new_id(), {}, Actor.RECONCILER)
            except Conflict:
                return

        assert at_once(2, work) == []
        fresh(row, State.DREAMING)
        assert attempt_of(row).outcome == "accepted"


def test_a_lease_is_given_back_only_by_its_owner(queued: Generation) -> None:
    assert claim(queued.pk, State.QUEUED, "worker:1", 120)
    progress.release(queued.pk, "worker:2", note="Not mine.")
    assert fresh(queued).lease_owner == "worker:1"
    progress.release(queued.pk, "worker:1", after=30, note="Later.")
    row = fresh(queued)
    assert (row.lease_owner, row.note, row.tries) == ("", "Later.", 1)
    assert row.not_before > now() + timedelta(seconds=25)


def test_the_database_in_use_is_the_one_that_was_asked_for() -> None:
    from tests.settings import ON_POSTGRESQL

    assert connection.vendor == ("postgresql" if ON_POSTGRESQL else "sqlite")
