"""The submission protocol: claim, connect, mark "sending", POST, bind. See docs/architecture.md."""

from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction

from generations.lifecycle import fairness, progress
from generations.lifecycle.api_key import current_key
from generations.lifecycle.callback_tokens import CallbackToken, callback_url
from generations.lifecycle.progress import LeaseLost, NoPlace
from generations.lifecycle.source_addresses import Unreachable, api_inputs
from generations.lifecycle.transitions import Actor, lock, move
from generations.luma.client import LumaClient, RemoteGeneration
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
from generations.recipes.kinds import KINDS
from generations.recipes.kinds.requests import source_id
from generations.spending.actions import void_hold
from generations.tasks import luma
from generations.tasks.following import apply_answer
from studio.clock import now

log = structlog.get_logger(__name__)

DEADLINE = 25.0
"""Seconds that one create may take in all."""

LEASE_MARGIN = 60.0
"""Seconds that a lease outlasts its call."""

BY_ID = frozenset({"upscale", "add_audio"})
"""Methods of the client that take the source's id beside the request: it is part of the path."""

DEFAULT_WAIT, LONGEST_WAIT = 5.0, 600.0
"""Seconds after a 429: without Retry-After, and at most with it."""

BUSY = "Luma is busy. Your place is kept; the next try comes by itself. Nothing was charged."
FULL = "Waiting for a free place at Luma."
OFFLINE = "This will go out by itself. Nothing was charged."
CLOSED = "The account of the person who asked for this is closed, so it is not sent."
PAUSED = "Luma does not accept the studio's key. The owner was told; nothing is lost or charged."
BROKE = "The Luma account is out of credit. This waits and goes out by itself once it is filled."


def submit_generation(generation_id: int) -> None:
    """Send one queued generation, unless it is an inline call, which the watcher makes.

    May run twice: see `send_generation`.
    """
    if not Generation.objects.filter(pk=generation_id, recipe__sync=True).exists():
        send_generation(generation_id)


def send_generation(generation_id: int) -> None:
    """Send one queued generation. Does nothing unless it is still queued and nobody claimed it."""
    me = luma.owner()
    if not progress.claim(generation_id, State.QUEUED, me, settings.CLAIM_LEASE):
        return
    generation = Generation.objects.select_related("team", "author").get(pk=generation_id)
    attempt = _next_attempt(generation)
    if attempt is None:
        log.error("queued without an attempt", generation=generation_id)
        progress.release(generation_id, me, after=LONGEST_WAIT)
        return
    if _held_back(generation, attempt, me):
        return
    try:
        call = prepare(generation, attempt)
    except Unreachable as problem:
        _refuse_unsent(attempt, str(problem))
        return
    with luma.open_client() as client:
        _send(client, generation, attempt, call, me)


@dataclass(frozen=True)
class CreateCall:
    """One create, ready to be sent.

    `create` names the client's method, `arguments` are those it takes; `deadline` is in seconds.
    """

    create: str
    arguments: tuple[Any, ...]
    request: AnyRequest
    deadline: float = DEADLINE


def prepare(generation: Generation, attempt: Attempt) -> CreateCall:
    """Return the call for this attempt, its callback address included. Raises Unreachable."""
    entry = KINDS[Kind(generation.kind)]
    key = attempt.key.fingerprint if attempt.key else ""
    token = CallbackToken(key, generation.team.uuid, generation.uuid, attempt.number)
    inputs = api_inputs(generation)
    request = entry.request(generation.recipe, inputs, callback_url(token))
    arguments: tuple[Any, ...] = (request,)
    if entry.create in BY_ID:
        arguments = (source_id(inputs), request)
    return CreateCall(entry.create, arguments, request, _deadline(generation))


def is_inline(generation: Generation) -> bool:
    """Whether the API answers the create with the finished picture, up to two minutes later."""
    return bool(generation.recipe.get("sync"))


def _deadline(generation: Generation) -> float:
    if not is_inline(generation):
        return DEADLINE
    return float(generation.recipe.get("sync_timeout") or 60) + 30


def _next_attempt(generation: Generation) -> Attempt | None:
    """The attempt to send, with the key that is set now: it may have been changed since."""
    attempt = generation.attempts.filter(outcome=Attempt.Outcome.PLANNED).last()
    key = current_key()
    if attempt is not None and attempt.key_id != key.pk:
        generation.attempts.filter(pk=attempt.pk, outcome=Attempt.Outcome.PLANNED).update(key=key)
    if attempt is not None:
        attempt.key = key
    return attempt


def _held_back(generation: Generation, attempt: Attempt, me: str) -> bool:
    if not generation.author.is_active:
        progress.release(generation.pk, me, after=60, note=CLOSED)
        return True
    if attempt.key and attempt.key.paused_at:
        progress.release(generation.pk, me, after=15, note=attempt.key.paused_reason)
        return True
    if not fairness.lane(generation.media_type).admits(generation.pk):
        progress.give_place_back(generation.pk, me, FULL)
        return True
    return False


def _send(
    client: LumaClient, generation: Generation, attempt: Attempt, call: CreateCall, me: str
) -> None:
    sent = call.request.wire()
    lease = max(settings.CLAIM_LEASE, call.deadline + LEASE_MARGIN)
    try:
        answer: RemoteGeneration = getattr(client, call.create)(
            *call.arguments,
            before_first_byte=lambda: progress.mark_sending(attempt, me, sent, lease),
            deadline=call.deadline,
        )
    except NoPlace:
        progress.give_place_back(generation.pk, me, FULL)
    except LeaseLost:
        progress.release(generation.pk, me)
    except (LumaUnavailable, DatabaseError) as error:
        _release_unsent(generation, attempt, me, error)
    except LumaError as error:
        _apply_error(client, attempt, error)
    else:
        _bind_answer(client, attempt, answer)


def _release_unsent(generation: Generation, attempt: Attempt, me: str, error: Exception) -> None:
    """Release a generation of which no byte was sent, or whose mark could not be written.

    It is tried again after a wait that doubles, from one second to a minute.
    """
    attempt.refresh_from_db(fields=["outcome"])
    if attempt.outcome != Attempt.Outcome.PLANNED:
        progress.put_in_doubt(attempt, Actor.WORKER)
        return
    log.info("not sent", generation=generation.pk, reason=str(error)[:200])
    after = min(2.0 ** min(generation.tries, 6), 60.0)
    why = f"{error} " if isinstance(error, LumaUnavailable) else ""
    progress.release(generation.pk, me, after=after, note=f"{why}{OFFLINE}")


def _apply_error(client: LumaClient, attempt: Attempt, error: LumaError) -> None:
    if isinstance(error, LumaRateLimited):
        asked = DEFAULT_WAIT if error.retry_after is None else error.retry_after
        after = min(max(asked, 1.0), LONGEST_WAIT)
        progress.requeue(attempt, after=after, note=BUSY)
    elif isinstance(error, LumaKeyRefused | LumaOutOfCredit):
        note = PAUSED if isinstance(error, LumaKeyRefused) else BROKE
        with transaction.atomic():
            progress.requeue(attempt, after=15, note=note)
            progress.pause_key(attempt.key_id or 0, note)
    elif isinstance(error, LumaRejected):
        progress.record_refusal(attempt, str(error))
    else:
        log.warning("in doubt", attempt=attempt.pk, reason=str(error)[:200])
        progress.put_in_doubt(attempt, Actor.WORKER)
    luma.refresh_balance(client)


def _bind_answer(client: LumaClient, attempt: Attempt, answer: RemoteGeneration) -> None:
    raw: dict[str, Any] = answer.raw
    if not progress.bind(attempt, str(answer.generation.id), raw, Actor.WORKER):
        progress.put_in_doubt(attempt, Actor.WORKER)
        return
    apply_answer(attempt, answer, Actor.WORKER)
    luma.refresh_balance(client)


def _refuse_unsent(attempt: Attempt, reason: str) -> None:
    """Drop an attempt that cannot be sent, and release its hold.

    While an earlier attempt is in doubt, the generation needs a decision; else it is refused.
    """
    rows = Attempt.objects.filter(generation_id=attempt.generation_id)
    with transaction.atomic():
        lock(attempt.generation_id)
        if rows.filter(outcome=Attempt.Outcome.IN_DOUBT).exists():
            step: dict[str, Any] = {"to": State.NEEDS_DECISION, "note": reason[:500]}
        else:
            step = {"to": State.REFUSED, "failure_reason": reason[:500]}
        if move(attempt.generation_id, actor=Actor.WORKER, only_from={State.QUEUED}, **step):
            rows.filter(pk=attempt.pk).update(outcome=Attempt.Outcome.DROPPED, finished_at=now())
            void_hold(attempt.uuid)
