"""Views of a team's settings: the key and the connection, and what was made elsewhere with it."""

from typing import Any

from django.conf import settings as installation
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from generations.actions.connection import ask_for_check, check_pending
from generations.actions.imports import begin_import
from generations.lifecycle import api_key
from generations.media.preflight import reachable_from_outside
from generations.pages import imports
from generations.pages.shell import shell_of
from generations.views.decorators import takes_forms
from studio.http import StudioRequest, respond
from studio.teams.access import Seat
from studio.teams.decorators import in_team

CHANGES = "settings/_changes.html"
EVERY = 1000


@require_safe
@in_team("configure")
def settings(request: StudioRequest, seat: Seat) -> HttpResponse:
    """The key, the connection, and the import."""
    return render(request, "settings/settings.html", content(seat))


@require_safe
@in_team("configure")
def settings_changes(request: StudioRequest, seat: Seat) -> HttpResponse:
    """The page's inside once something is known; 204 until then."""
    context = content(seat)
    if request.GET.get("version") == context["version"]:
        return HttpResponse(status=204)
    return render(request, CHANGES, context)


def content(seat: Seat) -> dict[str, Any]:
    """The context of settings/_settings.html, the shell's and the poller's."""
    key = api_key.current_key()
    account_import = imports.latest(seat.team)
    pending = check_pending(key)
    shown = (key.checked_at, key.paused_at, pending, key.balance_micros, str(account_import))
    version = imports.version_of(*shown)
    url = reverse("generations:settings_changes", args=(seat.team.slug,))
    return {
        **shell_of(seat, "settings"),
        "key": key,
        "on_sandbox": installation.ON_SANDBOX,
        "public_url": installation.PUBLIC_BASE_URL,
        "outside": reachable_from_outside(installation.PUBLIC_BASE_URL),
        "pending": pending,
        "account_import": account_import,
        "can_import": seat.can("import_account"),
        "version": version,
        "url": f"{url}?version={version}",
        "every": EVERY if pending or (account_import and account_import.busy) else None,
    }


def answer(request: StudioRequest, seat: Seat, said: str) -> HttpResponse:
    """After a press: the page's inside for htmx, the page with a message for everyone else."""
    if not request.htmx:
        messages.success(request, said)
        context: dict[str, Any] = {}
    else:
        context = {**content(seat), "said": said}
    page = reverse("generations:settings", args=(seat.team.slug,))
    return respond(request, CHANGES, context, page=page)


@require_POST
@in_team("configure")
@takes_forms
def check_connection(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Let the worker try the connection; what it finds appears by itself."""
    ask_for_check(seat, api_key.current_key())
    return answer(request, seat, "Checking the connection.")


@require_POST
@in_team("import_account")
@takes_forms
def import_account(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Import what was made elsewhere with the same key."""
    begin_import(seat)
    return answer(request, seat, "Looking through the account.")
