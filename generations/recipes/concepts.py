"""The camera moves that Luma offers now: what its API last listed, kept with the key."""

from django.core.cache import cache

from generations.luma.concepts import CAMERA_MOVES
from generations.models import ApiKey
from generations.models.attempt import configured_fingerprint

KEPT_SECONDS = 60

_KNOWN = tuple(move.key for move in CAMERA_MOVES)


def offered() -> dict[str, tuple[str, ...]]:
    """What the API offers now in settings whose list grows there, by setting. As `offered_keys`."""
    return {"concepts": offered_keys()}


def offered_keys() -> tuple[str, ...]:
    """The keys in the API's order; those known here until it has answered once.

    One query, kept for a minute.
    """
    name = f"concepts:{configured_fingerprint()}"
    found: tuple[str, ...] | None = cache.get(name)
    if found is None:
        rows = ApiKey.objects.filter(fingerprint=configured_fingerprint())
        found = tuple(rows.values_list("concepts", flat=True).first() or _KNOWN)
        cache.set(name, found, KEPT_SECONDS)
    return found
