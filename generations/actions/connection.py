"""Asking the worker to check the key and the connection, and noting its result."""

from generations.lifecycle import hints
from generations.models import ApiKey, Event
from studio.clock import now
from studio.teams.access import Seat

CHECK_PENDING = timedelta(seconds=60)
"""How long a page waits for the worker's result."""


def ask_for_check(seat: Seat, key: ApiKey) -> None:
    """Ask the worker to check the connection. A second call asks again, which does no harm."""
    ApiKey.objects.filter(pk=key.pk).update(check_asked_at=now())
    Event.objects.create(team=seat.team, actor=seat.user, verb="user.checked")
    hints.give("check_connection", key.pk)


def note_check(key_id: int, *, passed: bool, result: str) -> None:
    """Write the worker's result: a sentence, cut at 300 characters."""
    ApiKey.objects.filter(pk=key_id).update(
        checked_at=now(), check_passed=passed, check_result=result[:300]
    )


def check_pending(key: ApiKey) -> bool:
    """Whether the worker was asked within CHECK_PENDING and has not answered since."""
    if key.check_asked_at is None or now() - key.check_asked_at > CHECK_PENDING:
        return False
    return key.checked_at is None or key.checked_at < key.check_asked_at
