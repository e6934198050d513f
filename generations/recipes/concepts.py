"""The camera moves that Luma offers now: those that its API last listed, stored with the key."""

from django.core.cache import cache

from generations.luma.concepts import CAMERA_MOVES
from generations.models import ApiKey
from generations.models.attempt import configured_fingerprint

CACHE_SECONDS = 60

_KNOWN = tuple(move.key for move in CAMERA_MOVES)


def offered() -> dict[str, tuple[str, ...]]:
    """Return the values that the API offers now, by setting, for lists that it may change."""
    return {"concepts": offered_camera_moves()}


def offered_camera_moves() -> tuple[str, ...]:
    """Return the keys of the camera moves, in the API's order. One query a minute.

    Until the API has answered once, these are the known ones.
    """
    name = f"concepts:{configured_fingerprint()}"
    found: tuple[str, ...] | None = cache.get(name)
    if found is None:
        rows = ApiKey.objects.filter(fingerprint=configured_fingerprint())
        found = tuple(rows.values_list("concepts", flat=True).first() or _KNOWN)
        cache.set(name, found, CACHE_SECONDS)
    return found
