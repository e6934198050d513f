"""Checking the connection: whether the API answers, accepts the key and can reach our files."""

from django.conf import settings

from generations.actions.connection import note_check
from generations.lifecycle.api_key import current_key
from generations.luma.client import LumaClient
from generations.luma.errors import LumaError
from generations.luma.pricing import format_price
from generations.media import preflight
from generations.models import ApiKey
from generations.tasks import luma
from generations.tasks.following import resume_paused
from studio.clock import now

SECONDS = 10.0
"""For one request."""


def check_connection(key_id: int) -> None:
    """Ping the API, read the balance, and resume a paused key that works again. May run twice."""
    key = current_key()
    if key.pk != key_id:
        return
    with luma.open_client(read_deadline=SECONDS) as client:
        passed, result = _try(client, key)
    note_check(key.pk, passed=passed, result=result)


def _try(client: LumaClient, key: ApiKey) -> tuple[bool, str]:
    try:
        client.ping()
    except LumaError as error:
        return False, f"Luma does not answer: {error}"
    try:
        micros = client.credits().balance_micros
    except LumaError as error:
        return False, f"Luma answers, but not to this key: {error}"
    ApiKey.objects.filter(pk=key.pk).update(balance_micros=micros, balance_at=now())
    resumed = key.paused_at is not None and resume_paused(client, key)
    told = "not known" if micros is None else format_price(micros, estimate=False)
    more = " What waited goes out again." if resumed else ""
    return True, f"Luma answers and accepts the key. Balance {told}.{more}{_public_address()}"


def _public_address() -> str:
    """Return a sentence on our public address, asked from here as the API would. One request."""
    base = settings.PUBLIC_BASE_URL
    if settings.ON_SANDBOX or not base or not preflight.reachable_from_outside(base).ok:
        return ""
    if preflight.check_by_head(f"{base}/healthz").ok:
        return " The public address answers."
    return " The public address does not answer from here: see that it is open to the internet."
