"""The worker's way to the API: a client for the configured key, and who this worker is."""

import os
import socket
from functools import cache

from django.conf import settings

from generations.keys import current_key
from generations.luma.client import LumaClient
from generations.luma.errors import LumaError
from generations.models import ApiKey
from studio.clock import now

READ_SECONDS = 15.0
"""Within a task, that has a minute in all."""


def open_client(read_deadline: float = READ_SECONDS) -> LumaClient:
    """Return a client for the configured key; the caller closes it.

    `read_deadline` is in seconds for one read, its repetitions included.
    """
    return LumaClient(
        settings.LUMAAI_API_KEY, settings.LUMAAI_BASE_URL, read_deadline=read_deadline
    )


def owner() -> str:
    """Name this process, so that a lease says who holds it."""
    return _name(os.getpid())


@cache
def _name(pid: int) -> str:
    return f"{socket.gethostname()[:40]}:{pid}:{os.urandom(4).hex()}"


def refresh_balance(client: LumaClient) -> None:
    """Ask for the balance and keep it for the header. A failure leaves the last one standing."""
    try:
        micros = client.credits().balance_micros
    except LumaError:
        return
    ApiKey.objects.filter(pk=current_key().pk).update(balance_micros=micros, balance_at=now())
