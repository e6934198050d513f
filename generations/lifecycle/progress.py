"""What the worker writes while a generation is sent and made: claim, mark, bind, and answers.

Every function is one transaction that changes a row only if it is still in the expected state. So
a task may run twice, late, or at the same time as another one.
"""

from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from generations.lifecycle.fairness import places_left
from generations.lifecycle.transitions import Actor, lock, move, set_note
from generations.luma import schema
from generations.luma.failures import advice_for_failure
from generations.models import ApiKey, Asset, Attempt, Generation, Orphan, State
from generations.models.states import AT_API
from generations.spending.actions import post_hold, refund, void_hold
from studio.clock import now

log = structlog.get_logger(__name__)

Outcome = Attempt.Outcome
UNRESOLVED = (Outcome.SENDING, Outcome.IN_DOUBT)
FINAL_REMOTE_STATES = ("completed", "failed")
"""The API's terminal states, as `remote_state` holds them."""

ARRIVED = "It arrived after all."
LONGEST_ASSET_ADDRESS = 4000
LEAST_LEASE_SHARE = 0.25
"""The share of a lease that has to be left when the first byte is sent."""


class LeaseLost(Exception):
    """The worker may not send the row any more: cancelled, claimed by another, or too late."""


class NoPlace(LeaseLost):
    """Other attempts took the last place at the API after this one was let through."""


def claim(generation_id: int, state: State, owner: str, lease: float) -> bool:
    """Claim a row for `lease` seconds, unless another process has claimed it. One query."""
    moment = now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=moment)
    return bool(
        Generation.objects.filter(
            free, pk=generation_id, state=state, not_before__lte=moment
        ).update(
            lease_until=moment + timedelta(seconds=lease), lease_owner=owner, tries=F("tries") + 1
        )
    )


def release(generation_id: int, owner: str, *, after: float = 0, note: str = "") -> None:
    """End the claim of a row that was not sent. It may be claimed again after `after` seconds."""
    rows = Generation.objects.filter(pk=generation_id, lease_owner=owner)
    given = rows.update(
        lease_until=None, lease_owner="", not_before=now() + timedelta(seconds=after)
    )
    if given:
        set_note(generation_id, note)


def give_place_back(generation_id: int, owner: str, note: str) -> None:
    """End the claim of a row whose turn it was not. It keeps its place. Two queries.

    The row's `version` grows only if the note is new, so that pages are not told again.
    """
    rows = Generation.objects.filter(pk=generation_id, lease_owner=owner)
    if rows.update(lease_until=None, lease_owner="", tries=F("tries") - 1):
        set_note(generation_id, note)


def mark_sending(
    attempt: Attempt, owner: str, request: dict[str, Any], lease: float | None = None
) -> None:
    """Commit "sending" before the first byte. Raises LeaseLost if nothing may be sent.

    Runs in the client's hook right before sending. After this commit only the API can tell whether
    it has the request. Raises NoPlace if the API's limit is reached.
    """
    moment = now()
    least = timedelta(seconds=settings.CLAIM_LEASE * LEAST_LEASE_SHARE)
    mine = Q(lease_owner=owner, lease_until__gt=moment + least, author__is_active=True)
    with transaction.atomic():
        key_open = _lock_open_key(attempt.key_id)
        if not places_left(attempt.generation.media_type):
            raise NoPlace
        taken = key_open and move(
            attempt.generation_id,
            State.SENDING,
            actor=Actor.WORKER,
            guard=mine,
            detail={"attempt": attempt.number},
            lease_until=moment + timedelta(seconds=lease or settings.CLAIM_LEASE),
            lease_owner=owner,
        )
        marked = taken and Attempt.objects.filter(
            pk=attempt.pk, outcome=Outcome.PLANNED, remote_id__isnull=True
        ).update(outcome=Outcome.SENDING, marked_at=moment, worker=owner, request=request)
        if not marked:
            raise LeaseLost


def _lock_open_key(key_id: int | None) -> bool:
    """Lock a key until the end of the transaction. Return False for a paused or missing key."""
    # One attempt of a key goes through at a time, so that together they keep its limits.
    keys = ApiKey.objects.select_for_update().filter(paused_at__isnull=True)
    return keys.filter(pk=key_id or 0).first() is not None


def bind(attempt: Attempt, remote_id: str, raw: dict[str, Any], actor: Actor) -> bool:
    """Write the API's id to an attempt that the API has accepted, and charge its hold.

    Returns False if the id belongs to another attempt, or the attempt has another id: neither is
    ever overwritten. A second call with the same id changes nothing.
    """
    with transaction.atomic():
        state = lock(attempt.generation_id)
        try:
            with transaction.atomic():
                bound = Attempt.objects.filter(pk=attempt.pk, remote_id__isnull=True).update(
                    remote_id=remote_id, outcome=Outcome.ACCEPTED, finished_at=now(), response=raw
                )
        except IntegrityError:
            log.exception("remote id owned twice", remote_id=remote_id, attempt=attempt.pk)
            return False
        if not bound:
            return _is_bound_to(attempt, remote_id, raw)
        post_hold(attempt.uuid)
        _drop_planned(attempt)
        _move_to_dreaming(attempt, remote_id, state, actor)
    return True


def _move_to_dreaming(attempt: Attempt, remote_id: str, state: State, actor: Actor) -> None:
    """Move a generation to dreaming. One that had ended comes back, out of the trash too."""
    ended = state.facts.terminal
    back: dict[str, Any] = (
        {"note": ARRIVED, "trashed_at": None, "trashed_by": None} if ended else {}
    )
    # A late answer to the worker proves as much as an entry in the API's list.
    late = ended or state == State.QUEUED
    move(
        attempt.generation_id,
        State.DREAMING,
        actor=Actor.RECONCILER if late and actor == Actor.WORKER else actor,
        detail={"attempt": attempt.number, "remote_id": remote_id},
        **back,
    )


def _is_bound_to(attempt: Attempt, remote_id: str, raw: dict[str, Any]) -> bool:
    """Return whether it is bound to this id. Another id is recorded as an orphan."""
    known = Attempt.objects.values_list("remote_id", flat=True).get(pk=attempt.pk)
    if known != remote_id:
        log.error("two generations for one attempt", attempt=attempt.pk, second=remote_id)
        record_orphan(remote_id, "", raw)
    return known == remote_id


def record_orphan(remote_id: str, token: str, raw: dict[str, Any]) -> None:
    """Record a generation at the API that has our token and no attempt. Harmless if repeated."""
    if Attempt.objects.filter(remote_id=remote_id).exists():
        return
    defaults = {"token": token[-200:], "raw": raw}
    _, new = Orphan.objects.get_or_create(remote_id=remote_id, defaults=defaults)
    if new:
        log.error("orphan at Luma", remote_id=remote_id)


def record_refusal(attempt: Attempt, reason: str) -> None:
    """Record that the API has refused an attempt, and release its hold.

    The generation is refused. But while another attempt of it is unresolved, it needs a decision
    again; and once there is a later attempt, its state follows that one.
    """
    with transaction.atomic():
        lock(attempt.generation_id)
        _resolve(attempt, Outcome.REFUSED)
        void_hold(attempt.uuid)
        others = Attempt.objects.filter(generation_id=attempt.generation_id)
        if others.filter(number__gt=attempt.number).exists():
            return
        if others.filter(outcome__in=UNRESOLVED).exists():
            note = f"Luma refused the second try: {reason}"[:500]
            state = State.NEEDS_DECISION
            move(attempt.generation_id, state, actor=Actor.WORKER, note=note)
        else:
            move(
                attempt.generation_id,
                State.REFUSED,
                actor=Actor.WORKER,
                failure_reason=reason[:500],
                detail={"reason": reason[:500]},
            )


def requeue(attempt: Attempt, *, after: float, note: str) -> None:
    """Put back into the queue what the API did not take now but may take later. Its hold stays."""
    with transaction.atomic():
        lock(attempt.generation_id)
        mine = Attempt.objects.filter(pk=attempt.pk, outcome__in=UNRESOLVED)
        last = not Attempt.objects.filter(
            generation_id=attempt.generation_id, number__gt=attempt.number
        ).exists()
        if last and move(
            attempt.generation_id,
            State.QUEUED,
            actor=Actor.WORKER,
            not_before=now() + timedelta(seconds=after),
            note=note,
        ):
            mine.update(outcome=Outcome.PLANNED, marked_at=None)
        elif mine.update(outcome=Outcome.DROPPED, finished_at=now()):
            void_hold(attempt.uuid)


def put_in_doubt(attempt: Attempt, actor: Actor, note: str = "") -> None:
    """Record that it is unknown whether the API has an attempt, which is never sent again."""
    with transaction.atomic():
        lock(attempt.generation_id)
        if Attempt.objects.filter(pk=attempt.pk, outcome=Outcome.SENDING).update(
            outcome=Outcome.IN_DOUBT, finished_at=now()
        ):
            move(attempt.generation_id, State.UNCONFIRMED, actor=actor, note=note)


def pause_key(key_id: int, reason: str) -> None:
    """Send nothing with a key until somebody resumes it. A second call changes nothing."""
    ApiKey.objects.filter(pk=key_id, paused_at__isnull=True).update(
        paused_at=now(), paused_reason=reason[:300]
    )


def resume_key(key_id: int) -> None:
    """Send with a key again."""
    ApiKey.objects.filter(pk=key_id).update(paused_at=None, paused_reason="")


def apply_answer(
    attempt: Attempt, raw: dict[str, Any], remote: schema.Generation, actor: Actor
) -> State | None:
    """Apply the API's answer about a bound attempt. Return the state that it moved to, if any.

    `raw` is the answer and `remote` the same parsed. States only go forward: an older answer, or
    one with an unknown state, changes no more than `seen_at`.
    """
    rows = Attempt.objects.filter(pk=attempt.pk)
    rows.update(seen_at=now(), missing_since=None)
    if _is_outdated(rows, remote.state):
        return None
    rows.update(response=raw, remote_state=str(remote.state or "")[:20])
    if remote.state == "completed":
        return _completed(attempt, remote, actor)
    if remote.state == "failed":
        return _failed(attempt, str(remote.failure_reason or ""), actor)
    return None


def _is_outdated(rows: QuerySet[Attempt], state: str | None) -> bool:
    """Return whether a final answer was applied before and this one differs from it."""
    final = rows.filter(remote_state__in=FINAL_REMOTE_STATES).exclude(remote_state=state or "")
    if not final.exclude(generation__state__in=AT_API).exists():
        return False
    if state in FINAL_REMOTE_STATES:
        log.error("Luma changed its last word", attempt=rows[0].pk, now=state)
    return True


def _completed(attempt: Attempt, remote: schema.Generation, actor: Actor) -> State | None:
    generation = Generation.objects.only("media_type").get(pk=attempt.generation_id)
    found = asset_addresses(remote)
    if generation.media_type not in found:
        set_note(generation.pk, "Luma says it is finished but gives no file yet. Still looking.")
        return None
    with transaction.atomic():
        if not move(generation.pk, State.STORING, actor=actor, not_before=now()):
            return None
        for kind, url in found.items():
            Asset.objects.update_or_create(
                generation=generation,
                kind=kind,
                defaults={"url": url, "required": kind == generation.media_type},
            )
    return State.STORING


def asset_addresses(remote: schema.Generation) -> dict[str, str]:
    """Return the addresses of the result's files by kind, cut to the length of Asset.url."""
    return {kind: url[:LONGEST_ASSET_ADDRESS] for kind, url in remote.files().items()}


def _failed(attempt: Attempt, reason: str, actor: Actor) -> State | None:
    with transaction.atomic():
        lock(attempt.generation_id)
        refund(attempt.uuid)
        if _others_in_progress(attempt):
            return None
        failed = move(
            attempt.generation_id,
            State.FAILED,
            actor=actor,
            failure_reason=reason[:500],
            detail={"reason": reason[:500], "advice": advice_for_failure(reason).sentence},
        )
    return State.FAILED if failed else None


def _others_in_progress(attempt: Attempt) -> bool:
    """Return whether another attempt of the same generation is at the API."""
    others = Attempt.objects.filter(generation_id=attempt.generation_id, outcome=Outcome.ACCEPTED)
    return others.exclude(pk=attempt.pk).exclude(remote_state="failed").exists()


def _drop_planned(attempt: Attempt) -> None:
    """Drop planned attempts: another one of the same generation has arrived after all."""
    planned = Attempt.objects.filter(
        generation_id=attempt.generation_id, outcome=Outcome.PLANNED
    ).exclude(pk=attempt.pk)
    for other in planned:
        _resolve(other, Outcome.DROPPED)
        void_hold(other.uuid)


def _resolve(attempt: Attempt, outcome: Attempt.Outcome) -> None:
    Attempt.objects.filter(pk=attempt.pk).exclude(outcome=Outcome.ACCEPTED).update(
        outcome=outcome, finished_at=now()
    )
