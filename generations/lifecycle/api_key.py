"""The key at the API: its row, its balance, and the rule that its secret stays in the settings."""

from dataclasses import replace

from django.conf import settings

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
    """What the header shows: the API's last word, our own sums, a pause. Two queries."""
    shown = ("balance_micros", "paused_at", "paused_reason")
    row = ApiKey.objects.only(*shown).filter(fingerprint=configured_fingerprint()).first()
    found = team_balance(team, row.balance_micros if row else None)
    return replace(found, paused=row.paused_reason) if row and row.paused_at else found
