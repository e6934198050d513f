"""The state machine: the table of steps from state to state, and the functions that take them.

A claimed generation is a queued row with a lease; that is not a state of its own.
"""

import enum
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from generations.models import Event, Generation, State
from studio.accounts.models import User
from studio.clock import now


class Actor(enum.StrEnum):
    """Who moves a generation."""

    USER = "user"
    WORKER = "worker"
    CALLBACK = "callback"
    POLLER = "poller"
    RECONCILER = "reconciler"
    DOWNLOADER = "downloader"
    TIMER = "timer"


class ImpossibleTransition(TypeError):
    """The table has no such step. This is a mistake in the code, never in the data."""


_FINDERS = (Actor.CALLBACK, Actor.RECONCILER)
_REPORTERS = (Actor.POLLER, Actor.CALLBACK, Actor.WORKER, Actor.RECONCILER)

TRANSITIONS: dict[tuple[State, State], tuple[Actor, ...]] = {
    (State.WAITING, State.QUEUED): (Actor.TIMER,),
    (State.WAITING, State.CANCELLED): (Actor.USER, Actor.TIMER),
    (State.AWAITING_APPROVAL, State.QUEUED): (Actor.USER,),
    (State.AWAITING_APPROVAL, State.CANCELLED): (Actor.USER, Actor.TIMER),
    (State.QUEUED, State.SENDING): (Actor.WORKER,),
    (State.QUEUED, State.CANCELLED): (Actor.USER,),
    (State.QUEUED, State.REFUSED): (Actor.WORKER,),
    # A second attempt that will not be sent; the first is still in doubt.
    (State.QUEUED, State.NEEDS_DECISION): (Actor.USER, Actor.WORKER),
    (State.QUEUED, State.DREAMING): _FINDERS,
    (State.SENDING, State.QUEUED): (Actor.WORKER,),
    (State.SENDING, State.DREAMING): (Actor.WORKER, *_FINDERS),
    (State.SENDING, State.REFUSED): (Actor.WORKER,),
    (State.SENDING, State.UNCONFIRMED): (Actor.WORKER, Actor.TIMER),
    (State.SENDING, State.NEEDS_DECISION): (Actor.WORKER,),
    (State.UNCONFIRMED, State.DREAMING): (Actor.WORKER, *_FINDERS),
    (State.UNCONFIRMED, State.REFUSED): (Actor.WORKER,),
    (State.UNCONFIRMED, State.QUEUED): (Actor.WORKER,),
    (State.UNCONFIRMED, State.NEEDS_DECISION): (Actor.RECONCILER, Actor.WORKER),
    (State.NEEDS_DECISION, State.DREAMING): (Actor.WORKER, *_FINDERS),
    (State.NEEDS_DECISION, State.QUEUED): (Actor.USER,),
    (State.NEEDS_DECISION, State.GIVEN_UP): (Actor.USER,),
    (State.GIVEN_UP, State.DREAMING): _FINDERS,
    (State.REFUSED, State.DREAMING): _FINDERS,
    (State.DREAMING, State.STORING): _REPORTERS,
    (State.DREAMING, State.FAILED): _REPORTERS,
    (State.DREAMING, State.STALLED): (Actor.POLLER,),
    (State.STALLED, State.STORING): _REPORTERS,
    (State.STALLED, State.FAILED): _REPORTERS,
    (State.STORING, State.COMPLETED): (Actor.DOWNLOADER,),
    (State.STORING, State.MEDIA_LOST): (Actor.DOWNLOADER,),
    (State.MEDIA_LOST, State.STORING): (Actor.USER,),
}


NO_LEASE: dict[str, Any] = {"lease_until": None, "lease_owner": "", "tries": 0}


def move(
    generation_id: int,
    to: State,
    *,
    actor: Actor,
    only_from: frozenset[State] | set[State] | None = None,
    guard: Q | None = None,
    acting_user: User | None = None,
    detail: dict[str, Any] | None = None,
    **changes: Any,
) -> bool:
    """Take a step if the row is in a state where it may begin. Return whether it was taken.

    The step and its event are written in one transaction (the caller's, if there is one). Every
    step ends the lease and raises `version`. `only_from` narrows the states in which the step may
    begin, `guard` adds conditions on the row. Two queries and one insert; a second call changes
    nothing.
    """
    begins = _start_states(to, actor, only_from)
    with transaction.atomic():
        row = Generation.objects.filter(pk=generation_id, state__in=begins)
        # After waiting for a row PostgreSQL compares it again, but not the subquery that a guard on
        # another table becomes. So the row is locked first.
        found = row.select_for_update().values("state", "team_id").first()
        if found is None:
            return False
        begun = Generation.objects.filter(guard or Q(), pk=generation_id, state=found["state"])
        fields = _changed_columns(to, changes)
        if not begun.update(version=F("version") + 1, **fields):
            return False
        row_keys = {"team_id": found["team_id"], "generation_id": generation_id}
        _write_event(fields, actor, found["state"], detail, **row_keys, actor=acting_user)
    return True


def move_locked(
    row: Generation,
    to: State,
    *,
    actor: Actor,
    only_from: frozenset[State] | set[State] | None = None,
    acting_user: User | None = None,
    detail: dict[str, Any] | None = None,
    **changes: Any,
) -> bool:
    """Take a step, as `move` does, with a row that `lock_row` has locked in this transaction.

    `row` gets the new values. One update and one insert; no query if the step cannot begin.
    """
    if row.state not in _start_states(to, actor, only_from):
        return False
    before, fields = row.state, {**_changed_columns(to, changes), "version": row.version + 1}
    if not Generation.objects.filter(pk=row.pk, state=before).update(**fields):
        return False
    for name, value in fields.items():
        setattr(row, name, value)
    _write_event(
        fields, actor, before, detail, generation=row, team_id=row.team_id, actor=acting_user
    )
    return True


def _start_states(
    to: State, actor: Actor, only_from: frozenset[State] | set[State] | None
) -> set[State]:
    """Return the states in which the step may begin. Raises ImpossibleTransition."""
    begins = {start for (start, end), who in TRANSITIONS.items() if end == to and actor in who}
    if only_from is not None:
        if not only_from <= begins:
            raise ImpossibleTransition(f"{actor} may not move {only_from - begins} to {to}")
        begins = set(only_from)
    if not begins:
        raise ImpossibleTransition(f"{actor} may not move anything to {to}")
    return begins


def _write_event(
    fields: dict[str, Any], by: Actor, before: str, detail: dict[str, Any] | None, **row: Any
) -> None:
    """Write the event of a step from its `fields`. `row` names team, generation and person."""
    to, at = fields["state"], fields["state_since"]
    step = {"verb": f"{by}.{to}", "from_state": before, "to_state": to, "at": at}
    Event.objects.create(**step, **row, detail=detail or {})


def _changed_columns(to: State, changes: dict[str, Any]) -> dict[str, Any]:
    """Return what a step writes to the row, apart from its version."""
    return {"note": "", **NO_LEASE, **changes, "state": to.value, "state_since": now()}


def lock_row(row: Generation) -> None:
    """Lock a generation until the end of the transaction, as `lock` does, and reload it. One query.

    Related objects that were loaded with it (team, author, files) stay, unless they changed.
    """
    # Without joins: after waiting for a lock, PostgreSQL only reads the locked row again.
    columns = Generation.objects.select_for_update().values().get(pk=row.pk)
    for name, value in columns.items():
        setattr(row, name, value)


def lock(generation_id: int) -> State:
    """Lock a generation until the end of the transaction, and return its state. One query.

    Whoever writes attempts or money locks the generation first, so that two transactions never
    wait for each other. SQLite writes one transaction at a time and needs no lock.
    """
    rows = Generation.objects.select_for_update().filter(pk=generation_id)
    return State(rows.values_list("state", flat=True).get())


def set_note(generation_id: int, note: str, **changes: Any) -> bool:
    """Write why a generation stands still; its state stays. One query.

    Returns False, and writes nothing, if the note is the same as before.
    """
    rows = Generation.objects.filter(pk=generation_id).exclude(note=note)
    return bool(rows.update(note=note, version=F("version") + 1, **changes))
