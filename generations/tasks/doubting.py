"""What is in doubt: when the list is searched for it, and when only a person can decide."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from generations.lifecycle import progress
from generations.lifecycle.transitions import Actor, move
from generations.models import ApiKey, Attempt, State
from studio.clock import now

Outcome = Attempt.Outcome

FORGET_AFTER = timedelta(days=7)
FULL_SCANS = 3
SCHEDULE = (2, 5, 15, 45, 120, 300, 600, 900, 960, 1020)
"""Seconds after the mark at which the list is scanned, for a horizon of 900 s; then every minute
until the question is settled one way or the other, and every hour after that."""

MINUTE, HOUR = 60.0, 3600.0


def doubtful(key: ApiKey) -> QuerySet[Attempt]:
    """Attempts of the last days of which nobody knows what became."""
    return Attempt.objects.filter(
        key__base_url=key.base_url,
        remote_id__isnull=True,
        outcome__in=(Outcome.IN_DOUBT, Outcome.GIVEN_UP),
        marked_at__gt=now() - FORGET_AFTER,
    ).select_related("generation")


def due(attempts: Iterable[Attempt]) -> Iterable[Attempt]:
    """Those whose next look at the list has come; one without a token cannot be found there."""
    for attempt in attempts:
        last = _last_mark(attempt)
        if last is None or not (attempt.request or {}).get("callback_url"):
            continue
        if attempt.scanned_at is None or attempt.scanned_at < last:
            yield attempt


def _last_mark(attempt: Attempt) -> datetime | None:
    if attempt.marked_at is None:
        return None
    scale = settings.DOUBT_HORIZON / 900
    age = (now() - attempt.marked_at).total_seconds()
    marks = [step * scale for step in SCHEDULE if step * scale <= age]
    if age > SCHEDULE[-1] * scale:
        every = MINUTE * scale if attempt.generation.state == State.UNCONFIRMED else HOUR
        marks.append(age - age % every)
    return attempt.marked_at + timedelta(seconds=max(marks)) if marks else None


def count_scan(attempts: list[Attempt], started: datetime, *, clean: bool) -> None:
    """Note the look. One that was not clean proves nothing, and one more has to follow it."""
    for attempt in attempts:
        scans = attempt.clean_scans + 1 if clean else min(attempt.clean_scans, FULL_SCANS - 1)
        Attempt.objects.filter(pk=attempt.pk, remote_id__isnull=True).update(
            clean_scans=scans, scanned_at=started
        )


def ask_people(key: ApiKey) -> int:
    """What was looked for long and well enough without a trace needs a person's decision.

    Returns how many. An attempt of another key, or one that carries no token, cannot be looked
    for at all and needs it as soon as the horizon is over. Of two tries, the later counts.
    """
    horizon = timedelta(seconds=settings.DOUBT_HORIZON)
    asked = 0
    rows = Attempt.objects.filter(
        outcome=Outcome.IN_DOUBT,
        remote_id__isnull=True,
        marked_at__lt=now() - horizon,
        generation__state=State.UNCONFIRMED,
    )
    for attempt in rows:
        later = Attempt.objects.filter(
            generation_id=attempt.generation_id,
            number__gt=attempt.number,
            outcome__in=progress.UNRESOLVED,
        )
        note = _verdict(attempt, key, horizon)
        if note and not later.exists():
            asked += move(
                attempt.generation_id, State.NEEDS_DECISION, actor=Actor.RECONCILER, note=note
            )
    return asked


def _verdict(attempt: Attempt, key: ApiKey, horizon: timedelta) -> str:
    if attempt.key_id != key.pk:
        return "The key it was sent with is no longer set, so Luma cannot be asked about it."
    if not (attempt.request or {}).get("callback_url"):
        return "It was sent without a return address, so it cannot be found in Luma's list."
    assert attempt.marked_at is not None  # noqa: S101 - the query says so
    looked = attempt.scanned_at and attempt.scanned_at >= attempt.marked_at + horizon
    if looked and attempt.clean_scans >= FULL_SCANS:
        return "Luma's list was searched and does not show it. It was probably not received."
    return ""
