"""The key at the API: its row, its balance, and the rule that its secret stays in the settings."""

from django.conf import settings
from django.db.models import Subquery

from generations.models.attempt import ApiKey, configured_fingerprint
from generations.spending.queries import Balance
from generations.spending.queries import balance as team_balance
from studio.teams.models import Team


def current_key() -> ApiKey:
    """Return the row of the configured key, made on first use. One query after that."""
    return ApiKey.objects.get_or_create(
        fingerprint=configured_fingerprint(),
        defaults={
            "last_four": settings.LUMAAI_API_KEY[-4:],
            "base_url": settings.LUMAAI_BASE_URL,
        },
    )[0]


def balance(team: Team) -> Balance:
    """What the header shows: the API's last word, our own sums, a pause. One query."""
    key = ApiKey.objects.filter(fingerprint=configured_fingerprint())
    return team_balance(
        team,
        luma_micros=Subquery(key.values("balance_micros")),
        paused=Subquery(key.filter(paused_at__isnull=False).values("paused_reason")),
    )
