"""Receiving callbacks: each is written and answered, and its body is never believed."""

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
"""Deliveries of one attempt that are written, so that a leaked address cannot fill the disk.

Beyond them only the watcher asks the API.
"""


class Body(Protocol):
    """A request body that is read on demand."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes. Raises OSError when the client is gone."""


class Receipt(enum.Enum):
    """How a callback was received."""

    TAKEN = "taken"
    UNKNOWN = "unknown"
    NOT_KEPT = "not kept"


def receive_callback(token: str, body: Body) -> Receipt:
    """Write one delivery and give a hint to ask the API about its attempt.

    NOT_KEPT while the database does not answer, so that Luma sends it again. Three queries, one
    insert and a hint.
    """
    # The body is read only after the token is known to be genuine.
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
    """Return at most MOST_BYTES of the body; empty when it breaks off."""
    try:
        return body.read(MOST_BYTES)
    except OSError:
        return b""
