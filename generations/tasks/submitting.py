"""The submission protocol: claim, connect, mark "sending", POST, bind. See docs/architecture.md."""

from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction

from generations.actions import progress
from generations.actions.progress import LeaseLost
from generations.addresses import Unreachable, filled_slots
from generations.kinds import KINDS
from generations.luma.client import Answer, LumaClient
from generations.luma.errors import (
    LumaError,
    LumaKeyRefused,
    LumaOutOfCredit,
    LumaRateLimited,
    LumaRejected,
    LumaUnavailable,
)
from generations.luma.schema import AnyRequest
from generations.models import Attempt, Generation, Kind, State
from generations.spending.actions import void_hold
from generations.states import Actor, move
from generations.tasks.luma import open_client, owner, refresh_balance
from generations.tokens import Token, callback_url

log = structlog.get_logger(__name__)

DEADLINE = 25.0
"""Seconds that one create may take in all."""

IN_FLIGHT = {"video": 10, "image": 40}
"""The Build tier's concurrent generations (docs.lumalabs.ai/docs/rate-limits)."""

LONGEST_WAIT = 600.0
BUSY = "Luma is busy. Your place is kept; the next try comes by itself. Nothing was charged."
FULL = "Waiting for a free place at Luma."
OFFLINE = "Cannot reach Luma. This will go out by itself. Nothing was charged."
PAUSED = "Luma does not accept the studio's key. The owner was told; nothing is lost or charged."
BROKE = "The Luma account is out of credit. This waits and goes out by itself once it is filled."


def submit_generation(generation_id: int) -> None:
    """Send one queued generation, if it is still queued and nobody else is at it."""
    me = owner()
    if not progress.claim(generation_id, State.QUEUED, me, settings.CLAIM_LEASE):
        return
    generation = Generation.objects.select_related("team").get(pk=generation_id)
    if _held_back(generation, me):
        return
    attempt = generation.attempts.filter(outcome=Attempt.Outcome.PLANNED).last()
    if attempt is None:
        log.error("queued without an attempt", generation=generation_id)
        progress.release(generation_id, me, after=LONGEST_WAIT)
        return
    try:
        request = build_request(generation, attempt)
    except Unreachable as problem:
        _refuse_unsent(attempt, str(problem))
        return
    with open_client() as client:
        _send(client, generation, attempt, request, me)


def build_request(generation: Generation, attempt: Attempt) -> AnyRequest:
    """Return what is sent for this attempt, its callback address included."""
    entry = KINDS[Kind(generation.kind)]
    key = attempt.key.fingerprint if attempt.key else ""
    token = Token(key, generation.team.uuid, generation.uuid, attempt.number)
    slots = filled_slots(generation)
    return entry.request(generation.recipe, slots, callback_url(token))


def _held_back(generation: Generation, me: str) -> bool:
    attempt = generation.attempts.select_related("key").last()
    if attempt and attempt.key and attempt.key.paused_at:
        progress.release(generation.pk, me, after=15, note=attempt.key.paused_reason)
        return True
    flying = Generation.objects.filter(
        media_type=generation.media_type, state__in=(State.SENDING, State.DREAMING)
    ).count()
    if flying >= IN_FLIGHT[generation.media_type]:
        progress.release(generation.pk, me, after=1, note=FULL)
        return True
    return False


def _send(
    client: LumaClient, generation: Generation, attempt: Attempt, request: AnyRequest, me: str
) -> None:
    sent = request.model_dump(mode="json", exclude_none=True)
    create = getattr(client, KINDS[Kind(generation.kind)].create)
    try:
        answer: Answer = create(
            request,
            before_first_byte=lambda: progress.mark_sending(attempt, me, sent),
            deadline=DEADLINE,
        )
    except LeaseLost:
        progress.release(generation.pk, me)
    except (LumaUnavailable, DatabaseError) as error:
        _unsent(generation, attempt, me, error)
    except LumaError as error:
        _answered(client, attempt, error)
    else:
        _accepted(client, attempt, answer)


def _unsent(generation: Generation, attempt: Attempt, me: str, error: Exception) -> None:
    """Nothing left, or the mark could not be written: provably free, to be tried again."""
    attempt.refresh_from_db(fields=["outcome"])
    if attempt.outcome != Attempt.Outcome.PLANNED:
        progress.doubt(attempt, Actor.WORKER)
        return
    log.info("not sent", generation=generation.pk, reason=str(error)[:200])
    after = min(2.0 ** min(generation.tries, 6), 60.0)
    progress.release(generation.pk, me, after=after, note=OFFLINE)


def _answered(client: LumaClient, attempt: Attempt, error: LumaError) -> None:
    if isinstance(error, LumaRateLimited):
        after = min(max(error.retry_after or 5.0, 1.0), LONGEST_WAIT)
        progress.requeue(attempt, after=after, note=BUSY)
    elif isinstance(error, LumaKeyRefused | LumaOutOfCredit):
        note = PAUSED if isinstance(error, LumaKeyRefused) else BROKE
        with transaction.atomic():
            progress.requeue(attempt, after=15, note=note)
            progress.pause_key(attempt.key_id or 0, note)
    elif isinstance(error, LumaRejected):
        progress.refuse(attempt, str(error))
    else:
        log.warning("in doubt", attempt=attempt.pk, reason=str(error)[:200])
        progress.doubt(attempt, Actor.WORKER)
    refresh_balance(client)


def _accepted(client: LumaClient, attempt: Attempt, answer: Answer) -> None:
    raw: dict[str, Any] = answer.raw
    if not progress.bind(attempt, str(answer.generation.id), raw, Actor.WORKER):
        progress.doubt(attempt, Actor.WORKER)
        return
    progress.note_news(attempt, raw, answer.generation, Actor.WORKER)
    refresh_balance(client)


def _refuse_unsent(attempt: Attempt, reason: str) -> None:
    with transaction.atomic():
        if move(
            attempt.generation_id, State.REFUSED, actor=Actor.WORKER, failure_reason=reason[:500]
        ):
            Attempt.objects.filter(pk=attempt.pk).update(outcome=Attempt.Outcome.DROPPED)
            void_hold(attempt.uuid)
