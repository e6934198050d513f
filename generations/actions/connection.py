"""Asking the worker to check the key and the connection, and noting its result."""

from generations.lifecycle import hints
from generations.models import ApiKey, Event
from studio.clock import now
from studio.teams.access import Seat


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
