"""The camera moves that Luma offers now: what its API last listed, kept with the key."""

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
    """The keys in the API's order; those known here until it has answered once.

    One query, kept for a minute.
    """
    name = f"concepts:{configured_fingerprint()}"
    found: tuple[str, ...] | None = cache.get(name)
    if found is None:
        rows = ApiKey.objects.filter(fingerprint=configured_fingerprint())
        found = tuple(rows.values_list("concepts", flat=True).first() or _KNOWN)
        cache.set(name, found, CACHE_SECONDS)
    return found
