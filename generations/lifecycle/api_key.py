"""The configured API key: its row, its balance, and the check of the connection."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Subquery

from generations.models.attempt import ApiKey, configured_fingerprint
from generations.spending.queries import Balance
from generations.spending.queries import balance as team_balance
from studio.clock import now
from studio.teams.models import Team

CHECK_TIME = timedelta(seconds=60)
"""A check of the connection that has no result after this time has none to come."""


def current_key() -> ApiKey:
    """Return the row of the configured key. Makes it on first use; one query after that.

    The secret itself stays in the settings.
    """
    return ApiKey.objects.get_or_create(
        fingerprint=configured_fingerprint(),
        defaults={
            "last_four": settings.LUMAAI_API_KEY[-4:],
            "base_url": settings.LUMAAI_BASE_URL,
        },
    )[0]


def balance(team: Team) -> Balance:
    """Return what the header shows: Luma's balance, the team's spending, a pause. One query."""
    key = ApiKey.objects.filter(fingerprint=configured_fingerprint())
    return team_balance(
        team,
        luma_micros=Subquery(key.values("balance_micros")),
        paused=Subquery(key.filter(paused_at__isnull=False).values("paused_reason")),
    )


def check_pending(key: ApiKey) -> bool:
    """Tell whether a check of the connection was asked for and its result is still to come."""
    if key.check_asked_at is None or now() - key.check_asked_at > CHECK_TIME:
        return False
    return key.checked_at is None or key.checked_at < key.check_asked_at
