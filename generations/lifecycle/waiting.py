"""Generations that wait for their sources: queued or cancelled when these have ended."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet, Subquery

from generations.lifecycle import hints
from generations.lifecycle.transitions import Actor, move
from generations.models import Attempt, Generation, State
from generations.spending.actions import Hold, void_open_holds
from generations.spending.queries import open_holds
from studio.clock import now

SOURCE_WITHOUT_RESULT = "“{title}” did not come to be, so this was not sent. Nothing was charged."


def advance_waiting(sources: QuerySet[Generation] | None = None) -> int:
    """Queue or cancel the waiting generations whose sources have ended. Return how many.

    `sources` narrows it to the generations that are made from these. Two queries for each that
    moves.
    """
    # A cancelled generation may itself be a source, so this repeats until nothing moves.
    moved = 0
    while True:
        rows = Generation.objects.filter(state=State.WAITING).prefetch_related("inputs__source")
        if sources is not None:
            rows = rows.filter(inputs__source__in=sources).distinct()
        step = sum(_advance(row) for row in rows)
        if not step:
            return moved
        moved += step
        if sources is not None:
            sources = Generation.objects.filter(state=State.CANCELLED, inputs__source__in=sources)


def _advance(row: Generation) -> bool:
    sources = [one.source for one in row.inputs.all() if one.source is not None]
    failed = next((source for source in sources if source.facts.without_result), None)
    if failed is not None:
        return _cancel(row, SOURCE_WITHOUT_RESULT.format(title=failed.title[:80]))
    if all(source.facts.completed for source in sources):
        return _queue(row)
    return False


def _queue(row: Generation) -> bool:
    with transaction.atomic():
        queued = move(row.pk, State.QUEUED, actor=Actor.TIMER, not_before=now())
        if queued:
            transaction.on_commit(lambda: hints.submit([row]), robust=True)
    return queued


def _cancel(row: Generation, note: str) -> bool:
    with transaction.atomic():
        cancelled = move(
            row.pk, State.CANCELLED, actor=Actor.TIMER, only_from={State.WAITING}, note=note
        )
        if cancelled:
            release_planned(open_attempts(row))
    return cancelled


@dataclass(frozen=True)
class OpenAttempt:
    """An attempt that is planned or in doubt, with its hold."""

    id: int
    outcome: str
    hold: Hold | None


def open_attempts(row: Generation) -> list[OpenAttempt]:
    """Return the attempts of a generation that are planned or in doubt. One query."""
    holds = open_holds("uuid")
    rows = row.attempts.filter(outcome__in=(Attempt.Outcome.PLANNED, Attempt.Outcome.IN_DOUBT))
    found = rows.values_list(
        *("id", "outcome", "uuid"),
        Subquery(holds.values("account_id")),
        Subquery(holds.values("micros")),
    )
    return [
        OpenAttempt(pk, outcome, None if account is None else Hold(account, uuid, micros))
        for pk, outcome, uuid, account, micros in found
    ]


def release_planned(attempts: Iterable[OpenAttempt]) -> None:
    """Drop the planned attempts, which will never be sent, and release their holds.

    Called in the transaction that read them, with their generation locked. Three queries at most.
    """
    planned = [one for one in attempts if one.outcome == Attempt.Outcome.PLANNED]
    if not planned:
        return
    void_open_holds([one.hold for one in planned if one.hold is not None])
    rows = Attempt.objects.filter(pk__in=[one.id for one in planned])
    rows.update(outcome=Attempt.Outcome.DROPPED, finished_at=now())
