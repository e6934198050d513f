"""Generations that wait for their sources: woken when these finish, dropped when one does not."""

from django.db import transaction
from django.db.models import QuerySet

from generations.lifecycle import hints
from generations.lifecycle.transitions import Actor, move
from generations.models import Attempt, Generation, State
from generations.models.states import DEAD
from generations.spending.actions import void_hold
from studio.clock import now

SOURCE_DIED = "“{title}” did not come to be, so this was not sent. Nothing was charged."


def settle_waiting(sources: QuerySet[Generation] | None = None) -> int:
    """Move every waiting generation whose sources allow it; return how many moved.

    `sources` narrows it to what depends on these. What is dropped may let others drop, so it
    goes on until nothing moves. Two queries for each that moves.
    """
    moved = 0
    while True:
        rows = Generation.objects.filter(state=State.WAITING).prefetch_related("inputs__source")
        if sources is not None:
            rows = rows.filter(inputs__source__in=sources).distinct()
        step = sum(_settle(row) for row in rows)
        if not step:
            return moved
        moved += step
        if sources is not None:
            sources = Generation.objects.filter(state=State.CANCELLED, inputs__source__in=sources)


def _settle(row: Generation) -> bool:
    sources = [one.source for one in row.inputs.all() if one.source is not None]
    dead = next((source for source in sources if source.state in DEAD), None)
    if dead is not None:
        return _drop(row, SOURCE_DIED.format(title=dead.title[:80]))
    if all(source.state == State.COMPLETED for source in sources):
        return _wake(row)
    return False


def _wake(row: Generation) -> bool:
    with transaction.atomic():
        woken = move(row.pk, State.QUEUED, actor=Actor.TIMER, not_before=now())
        if woken:
            transaction.on_commit(lambda: hints.submit([row]), robust=True)
    return woken


def _drop(row: Generation, note: str) -> bool:
    with transaction.atomic():
        dropped = move(
            row.pk, State.CANCELLED, actor=Actor.TIMER, only_from={State.WAITING}, note=note
        )
        if dropped:
            release_planned(row)
    return dropped


def release_planned(row: Generation) -> None:
    """Give back the money of attempts that will never be sent. Inside a transaction."""
    for attempt in row.attempts.filter(outcome=Attempt.Outcome.PLANNED):
        void_hold(attempt.uuid)
        attempt.outcome, attempt.finished_at = Attempt.Outcome.DROPPED, now()
        attempt.save(update_fields=["outcome", "finished_at"])
