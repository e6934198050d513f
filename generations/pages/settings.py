"""The Settings page: the API key, the connection to Luma, and the import."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from generations.lifecycle import api_key
from generations.media.preflight import Preflight, reachable_from_outside
from generations.models import ApiKey
from generations.pages.imports import ShownImport, last_import
from generations.pages.live import Poller
from generations.pages.part import Part, digest_of
from studio.teams.access import Seat

EVERY = 1000  # milliseconds between two polls while a check or an import runs


@dataclass(frozen=True)
class SettingsPage(Part):
    """What settings/_settings.html reads. `pending`: a check of the connection is not done yet."""

    key: ApiKey
    on_sandbox: bool
    public_url: str | None
    outside: Preflight
    pending: bool
    account_import: ShownImport | None
    can_import: bool
    version: str
    poller: Poller


def settings_page(seat: Seat) -> SettingsPage:
    """Return the Settings page. Three queries."""
    key = api_key.current_key()
    account_import = last_import(seat.team)
    pending = api_key.check_pending(key)
    shown = (key.checked_at, key.paused_at, pending, key.balance_micros, str(account_import))
    version = digest_of(shown)
    url = reverse("generations:settings_changes", args=(seat.team.slug,))
    busy = pending or (account_import is not None and account_import.busy)
    return SettingsPage(
        key=key,
        on_sandbox=settings.ON_SANDBOX,
        public_url=settings.PUBLIC_BASE_URL,
        outside=reachable_from_outside(settings.PUBLIC_BASE_URL),
        pending=pending,
        account_import=account_import,
        can_import=seat.can("import_account"),
        version=version,
        poller=Poller(f"{url}?version={version}", EVERY if busy else None),
    )
