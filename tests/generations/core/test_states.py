"""The state machine: every cell of the table, and what a step writes."""

import itertools
from collections.abc import Collection
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model
from pytest_django import DjangoAssertNumQueries

from generations.lifecycle.transitions import (
    TRANSITIONS,
    Actor,
    ImpossibleTransition,
    lock_row,
    move,
    move_locked,
    set_note,
)
from generations.models import Event, Generation, State
from generations.models.states import AT_API, IN_DOUBT, IN_PROGRESS, TERMINAL
from studio.accounts.models import User
from tests.generations.core.conftest import fresh, later
from tests.generations.making import make

# Who may take which step, written out a second time from section 3.2 of the design and by hand:
# U user, W worker, C callback, P poller, R reconciler, D downloader, T timer. Moderators and the
# operator's commands act as users. The last column names the transition's number there.
LISTED = """
    waiting           queued          T      source finished
    waiting           cancelled       UT     26
    awaiting_approval queued          U      3
    awaiting_approval cancelled       UT     4 26
    queued            sending         W      5 7
    queued            cancelled       U      26
    queued            refused         W      an input that cannot be reached
    queued            needs_decision  UW     a second try that is not sent
    queued            dreaming        CR     9
    sending           queued          W      11
    sending           dreaming        WCR    8 9
    sending           refused         W      10
    sending           unconfirmed     WT     12
    sending           needs_decision  W      13
    unconfirmed       dreaming        WCR    8 9
    unconfirmed       refused         W      10
    unconfirmed       queued          W      11, late
    unconfirmed       needs_decision  RW     14 13
    needs_decision    dreaming        WCR    8 9
    needs_decision    queued          U      15
    needs_decision    given_up        U      16
    given_up          dreaming        CR     9
    refused           dreaming        CR     9
    dreaming          storing         PCWR   18, and an answer that says so at once
    dreaming          failed          PCWR   19
    dreaming          stalled         P      20
    stalled           storing         PCWR   21
    stalled           failed          PCWR   21
    storing           completed       D      22
    storing           media_lost      D      24
    media_lost        storing         U      25
"""
LETTERS = {
    "U": Actor.USER,
    "W": Actor.WORKER,
    "C": Actor.CALLBACK,
    "P": Actor.POLLER,
    "R": Actor.RECONCILER,
    "D": Actor.DOWNLOADER,
    "T": Actor.TIMER,
}


def listed() -> set[tuple[State, State, Actor]]:
    cells = set()
    for line in LISTED.strip().splitlines():
        start, end, letters, *_ = line.split()
        cells |= {(State(start), State(end), LETTERS[letter]) for letter in letters}
    return cells


@pytest.fixture
def placed(queued: Generation) -> Generation:
    return queued


def test_every_cell_of_the_table_does_what_the_design_lists(placed: Generation) -> None:
    allowed = listed()
    taken, impossible, refused = set(), 0, 0
    for start, end, actor in itertools.product(State, State, Actor):
        Generation.objects.filter(pk=placed.pk).update(state=start, version=1)
        try:
            went = move(placed.pk, end, actor=actor)
        except ImpossibleTransition:
            impossible += 1
            went = False
        else:
            refused += not went
        found = fresh(placed, end if went else start)
        assert found.version == (2 if went else 1)
        if went:
            taken.add((start, end, actor))
    assert taken == allowed
    assert len(taken) + impossible + refused == 15 * 15 * 7 == 1575


@pytest.mark.parametrize(("start", "end", "actor"), sorted(listed()))
def test_each_listed_step_may_begin_there_by_name(
    start: State, end: State, actor: Actor, placed: Generation
) -> None:
    Generation.objects.filter(pk=placed.pk).update(state=start)
    assert move(placed.pk, end, actor=actor, only_from={start})


def test_asking_for_a_step_that_does_not_exist_is_a_mistake_in_the_code(
    placed: Generation,
) -> None:
    for start, end, actor in itertools.product(State, State, Actor):
        if actor in TRANSITIONS.get((start, end), ()):
            continue
        with pytest.raises(ImpossibleTransition):
            move(placed.pk, end, actor=actor, only_from={start})
    fresh(placed, State.QUEUED)


def test_no_step_leads_back_to_itself_or_out_of_what_is_done() -> None:
    done = {State.COMPLETED, State.FAILED, State.CANCELLED}
    assert not [pair for pair in TRANSITIONS if pair[0] == pair[1] or pair[0] in done]


def test_the_groups_of_states_cover_each_other() -> None:
    assert TERMINAL | IN_PROGRESS | {State.NEEDS_DECISION, State.AWAITING_APPROVAL} == set(State)
    assert not TERMINAL & IN_PROGRESS
    assert {*AT_API, State.SENDING, State.UNCONFIRMED} <= IN_PROGRESS
    assert {State.NEEDS_DECISION} == IN_DOUBT - IN_PROGRESS


def test_a_step_writes_its_event_with_who_and_why(placed: Generation, ed: User) -> None:
    later(5)
    move(placed.pk, State.CANCELLED, actor=Actor.USER, acting_user=ed, detail={"why": "mistake"})
    event = Event.objects.latest("pk")
    row = fresh(placed, State.CANCELLED)
    assert (event.verb, event.actor, event.generation) == ("user.cancelled", ed, placed)
    assert (event.from_state, event.to_state) == ("queued", "cancelled")
    assert event.detail == {"why": "mistake"}
    assert event.at == row.state_since > placed.state_since


def test_a_step_that_cannot_be_written_down_is_not_taken(
    placed: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**fields: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(Event.objects, "create", fail)
    with pytest.raises(RuntimeError):
        move(placed.pk, State.CANCELLED, actor=Actor.USER)
    fresh(placed, State.QUEUED)


def test_a_step_ends_the_lease_and_the_note(placed: Generation) -> None:
    Generation.objects.filter(pk=placed.pk).update(lease_owner="me", tries=4, note="Waiting.")
    move(placed.pk, State.CANCELLED, actor=Actor.USER)
    row = fresh(placed)
    assert (row.lease_owner, row.lease_until, row.tries, row.note) == ("", None, 0, "")


def test_a_step_of_a_locked_row_is_written_as_any_other(placed: Generation, ed: User) -> None:
    other = make(placed.team, ed, state="queued")
    both = Generation.objects.filter(pk__in=(placed.pk, other.pk))
    both.update(lease_owner="me", note="Waiting.")
    step: dict[str, Any] = {"actor": Actor.USER, "acting_user": ed, "detail": {"why": "so"}}
    with transaction.atomic():
        lock_row(placed)
        assert placed.note == "Waiting."
        assert move_locked(placed, State.CANCELLED, **step)
    assert move(other.pk, State.CANCELLED, **step)
    assert written(fresh(placed)) == written(placed)
    same = {"id", "uuid", "generation_id", "at", "state_since"}
    rows = [written(row, but=same) for row in Event.objects.order_by("-pk")[:2]]
    assert rows[0] == rows[1]
    names = ("state", "note", "lease_owner", "lease_until", "tries")
    assert len(set(both.values_list(*names))) == 1


def test_a_locked_row_takes_only_steps_of_the_table(placed: Generation) -> None:
    Generation.objects.filter(pk=placed.pk).update(state=State.COMPLETED)
    with transaction.atomic():
        lock_row(placed)
        assert not move_locked(placed, State.CANCELLED, actor=Actor.USER)
        with pytest.raises(ImpossibleTransition):
            move_locked(placed, State.COMPLETED, actor=Actor.USER)
    assert written(fresh(placed, State.COMPLETED)) == written(placed)


def test_a_locked_row_keeps_what_was_loaded_with_it_unless_it_is_another_one(
    placed: Generation, ed: User, ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    row = Generation.objects.select_related("team", "author").get(pk=placed.pk)
    Generation.objects.filter(pk=row.pk).update(author=ada)
    with transaction.atomic():
        with django_assert_num_queries(1):
            lock_row(row)
            assert row.team == placed.team
        assert row.author == ada


def written(row: Model, but: Collection[str] = ()) -> dict[str, Any]:
    """The columns of a row, those in `but` aside."""
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in but
    }


def test_a_second_call_changes_nothing(placed: Generation) -> None:
    assert move(placed.pk, State.CANCELLED, actor=Actor.USER)
    events = Event.objects.count()
    assert not move(placed.pk, State.CANCELLED, actor=Actor.USER)
    assert Event.objects.count() == events
    assert fresh(placed).version == 2


def test_a_row_that_does_not_exist_is_not_moved(db: None) -> None:
    assert not move(10**9, State.CANCELLED, actor=Actor.USER)


def test_an_event_is_never_changed(placed: Generation) -> None:
    event = Event.objects.latest("pk")
    event.verb = "nothing.happened"
    with pytest.raises(TypeError):
        event.save()


def test_a_remark_shows_once_and_leaves_the_state(placed: Generation) -> None:
    assert set_note(placed.pk, "Luma is busy.")
    assert not set_note(placed.pk, "Luma is busy.")
    row = fresh(placed, State.QUEUED)
    assert (row.note, row.version) == ("Luma is busy.", 2)
