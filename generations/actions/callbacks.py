"""Callbacks as they arrive: hints to ask the API, whose bodies are never believed."""

import enum
import hashlib
from typing import Protocol

import structlog
from django.db import DatabaseError

from generations.lifecycle import hints
from generations.lifecycle.callback_tokens import attempt_of, read_token
from generations.models import Attempt, CallbackDelivery

log = structlog.get_logger(__name__)

MOST_BYTES = 262_144
MOST_DELIVERIES = 50
"""Of one attempt. A leaked address fills no disk: beyond this only the watcher asks the API."""


class Body(Protocol):
    """A request body that is read on demand."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes. Raises OSError when the client is gone."""


class Receipt(enum.Enum):
    """What became of a callback."""

    TAKEN = "taken"
    UNKNOWN = "unknown"
    NOT_KEPT = "not kept"


def receive_callback(token: str, body: Body) -> Receipt:
    """Keep one delivery and give the worker a hint to ask the API about its attempt.

    The token is checked before the body is read. NOT_KEPT while the database does not answer, so
    that Luma sends it again. Three queries, one insert and a hint.
    """
    genuine = read_token(token)
    try:
        attempt = attempt_of(genuine) if genuine else None
        if attempt is None:
            return Receipt.UNKNOWN
        _keep(attempt, body)
    except DatabaseError:
        log.exception("callback not kept")
        return Receipt.NOT_KEPT
    return Receipt.TAKEN


def _keep(attempt: Attempt, body: Body) -> None:
    if attempt.callbacks.count() >= MOST_DELIVERIES:
        return
    content = _read(body)
    CallbackDelivery.objects.create(
        attempt=attempt, body=content, sha256=hashlib.sha256(content).hexdigest()
    )
    hints.give("follow_attempt", attempt.pk)


def _read(body: Body) -> bytes:
    """Return what arrived; a body that breaks off is as good as none."""
    try:
        return body.read(MOST_BYTES)
    except OSError:
        return b""
