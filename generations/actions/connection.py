"""What is written when somebody asks whether the key and the connection work."""

from generations.lifecycle import hints
from generations.models import ApiKey, Event
from studio.clock import now
from studio.teams.access import Seat


def ask_for_check(seat: Seat, key: ApiKey) -> None:
    """Ask the worker to try the connection. A second press within a second asks anew, harmless."""
    ApiKey.objects.filter(pk=key.pk).update(check_asked_at=now())
    Event.objects.create(team=seat.team, actor=seat.user, verb="user.checked")
    hints.give("check_connection", key.pk)


def note_check(key_id: int, *, passed: bool, result: str) -> None:
    """Keep what the worker found, as a sentence of at most 300 characters."""
    ApiKey.objects.filter(pk=key_id).update(
        checked_at=now(), check_passed=passed, check_result=result[:300]
    )
