"""Attempts in doubt: when a list pass looks for them, and when a person has to decide."""

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
"""An attempt is looked for until it was sent so long ago."""

CLEAN_PASSES = 3
"""List passes without a gap that have to miss an attempt before a person is asked."""

PASS_SECONDS = (2, 5, 15, 45, 120, 300, 600, 900, 960, 1020)
"""Seconds after the mark at which a list pass is due, for a DOUBT_HORIZON of 900 s.

After the last of them one is due every minute while the generation is unconfirmed, and every hour
once that is decided.
"""

MINUTE, HOUR = 60.0, 3600.0


def attempts_in_doubt(key: ApiKey) -> QuerySet[Attempt]:
    """Return the attempts at this key's address whose result is not known, with generations."""
    return Attempt.objects.filter(
        key__base_url=key.base_url,
        remote_id__isnull=True,
        outcome__in=(Outcome.IN_DOUBT, Outcome.GIVEN_UP),
        marked_at__gt=now() - FORGET_AFTER,
    ).select_related("generation")


def due_for_list_pass(attempts: Iterable[Attempt]) -> Iterable[Attempt]:
    """Yield the attempts that are due for a list pass.

    An attempt without a callback token is skipped: it cannot be found in the list.
    """
    for attempt in attempts:
        last = _last_due(attempt)
        if last is None or not (attempt.request or {}).get("callback_url"):
            continue
        if attempt.scanned_at is None or attempt.scanned_at < last:
            yield attempt


def _last_due(attempt: Attempt) -> datetime | None:
    """Return when a list pass was last due; None before the first time."""
    if attempt.marked_at is None:
        return None
    scale = settings.DOUBT_HORIZON / 900
    age = (now() - attempt.marked_at).total_seconds()
    passes = [step * scale for step in PASS_SECONDS if step * scale <= age]
    if age > PASS_SECONDS[-1] * scale:
        every = MINUTE * scale if attempt.generation.state == State.UNCONFIRMED else HOUR
        passes.append(age - age % every)
    return attempt.marked_at + timedelta(seconds=max(passes)) if passes else None


def note_list_pass(attempts: list[Attempt], started: datetime, *, clean: bool) -> None:
    """Write at each attempt that a list pass looked for it.

    A pass with a gap (`clean` is false) proves nothing: at least one clean pass has to come after
    it. One query for each attempt.
    """
    for attempt in attempts:
        scans = attempt.clean_scans + 1 if clean else min(attempt.clean_scans, CLEAN_PASSES - 1)
        Attempt.objects.filter(pk=attempt.pk, remote_id__isnull=True).update(
            clean_scans=scans, scanned_at=started
        )


def require_decisions(key: ApiKey) -> int:
    """Ask a person about each attempt that CLEAN_PASSES did not find. Return how many.

    An attempt with another key, or without a callback token, cannot be found at all: a person is
    asked once DOUBT_HORIZON is over.
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
        # While a later attempt of the same generation is open, that one decides.
        later = Attempt.objects.filter(
            generation_id=attempt.generation_id,
            number__gt=attempt.number,
            outcome__in=progress.UNRESOLVED,
        )
        note = _why_ask(attempt, key, horizon)
        if note and not later.exists():
            asked += move(
                attempt.generation_id, State.NEEDS_DECISION, actor=Actor.RECONCILER, note=note
            )
    return asked


def _why_ask(attempt: Attempt, key: ApiKey, horizon: timedelta) -> str:
    """Return why only a person can decide, as the card says it; empty while it is too early."""
    if attempt.key_id != key.pk:
        return "The key it was sent with is no longer set, so Luma cannot be asked about it."
    if not (attempt.request or {}).get("callback_url"):
        return "It was sent without a return address, so it cannot be found in Luma's list."
    assert attempt.marked_at is not None  # noqa: S101 - the query says so
    searched = attempt.scanned_at and attempt.scanned_at >= attempt.marked_at + horizon
    if searched and attempt.clean_scans >= CLEAN_PASSES:
        return "Luma's list was searched and does not show it. It was probably not received."
    return ""
