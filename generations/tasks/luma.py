"""What tasks share: a client of the API, the name of this process, balance and camera moves."""

import os
import socket
from functools import cache

import structlog
from django.conf import settings

from generations.lifecycle.api_key import current_key
from generations.luma.client import LumaClient
from generations.luma.concepts import sound_key
from generations.luma.errors import LumaError
from generations.models import ApiKey
from studio.clock import now

READ_SECONDS = 15.0
"""Seconds for one read. A task has a minute in all."""

MOST_CONCEPTS = 200

log = structlog.get_logger(__name__)


def open_client(read_deadline: float = READ_SECONDS) -> LumaClient:
    """Return a client for the configured key; the caller closes it.

    `read_deadline` is in seconds for one read, its repetitions included.
    """
    return LumaClient(
        settings.LUMAAI_API_KEY, settings.LUMAAI_BASE_URL, read_deadline=read_deadline
    )


def owner() -> str:
    """Return the name of this process, by which leases say who holds them."""
    return _name(os.getpid())


@cache
def _name(pid: int) -> str:
    return f"{socket.gethostname()[:40]}:{pid}:{os.urandom(4).hex()}"


def refresh_balance(client: LumaClient) -> None:
    """Read the balance and write it at the key. After a failure the last one stays."""
    try:
        micros = client.credits().balance_micros
    except LumaError:
        return
    ApiKey.objects.filter(pk=current_key().pk).update(balance_micros=micros, balance_at=now())


def refresh_concepts(client: LumaClient) -> None:
    """Read which camera moves there are and write the list at the key.

    After a failure, or an answer that is no list of 1 to MOST_CONCEPTS keys, the last one stays.
    """
    try:
        keys = tuple(dict.fromkeys(client.concepts()))
    except LumaError as error:
        log.info("camera moves not listed", reason=str(error)[:200])
        return
    if not 0 < len(keys) <= MOST_CONCEPTS or not all(map(sound_key, keys)):
        log.warning("camera moves cannot be read", count=len(keys))
        return
    ApiKey.objects.filter(pk=current_key().pk).update(concepts=keys)
