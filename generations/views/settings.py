"""Views of a team's settings: the key and the connection, and what was made elsewhere with it."""

from typing import Any

from django.conf import settings as installation
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from generations import keys, queries, takeovers
from generations.actions.checking import ask_for_check, check_pending
from generations.actions.importing import begin_takeover
from generations.media.preflight import reachable_from_outside
from generations.views.doors import takes_forms
from studio.accounts.access import login_required
from studio.http import StudioRequest, respond
from studio.teams.access import Seat, open_seat

CHANGES = "settings/_changes.html"
EVERY = 1000


@login_required
@require_safe
def settings(request: StudioRequest, team: str) -> HttpResponse:
    """The key, the connection, and the import."""
    where = open_seat(request.user, team, "configure")
    return render(request, "settings/settings.html", content(where))


@login_required
@require_safe
def settings_changes(request: StudioRequest, team: str) -> HttpResponse:
    """The page's inside once something is known; 204 until then."""
    where = open_seat(request.user, team, "configure")
    context = content(where)
    if request.GET.get("version") == context["version"]:
        return HttpResponse(status=204)
    return render(request, CHANGES, context)


def content(where: Seat) -> dict[str, Any]:
    """The context of settings/_settings.html, the shell's and the poller's."""
    key = keys.current_key()
    takeover = takeovers.latest(where.team)
    pending = check_pending(key)
    shown = (key.checked_at, key.paused_at, pending, key.balance_micros, str(takeover))
    version = takeovers.version_of(*shown)
    url = reverse("generations:settings_changes", args=(where.team.slug,))
    return {
        **queries.shell(where, "settings"),
        "key": key,
        "on_sandbox": installation.ON_SANDBOX,
        "public_url": installation.PUBLIC_BASE_URL,
        "outside": reachable_from_outside(installation.PUBLIC_BASE_URL),
        "pending": pending,
        "takeover": takeover,
        "can_take_over": where.can("take_over"),
        "version": version,
        "url": f"{url}?version={version}",
        "every": EVERY if pending or (takeover and takeover.busy) else None,
    }


def answer(request: StudioRequest, where: Seat, said: str) -> HttpResponse:
    """After a press: the page's inside for htmx, the page with a message for everyone else."""
    if not request.htmx:
        messages.success(request, said)
        context: dict[str, Any] = {}
    else:
        context = {**content(where), "said": said}
    page = reverse("generations:settings", args=(where.team.slug,))
    return respond(request, CHANGES, context, page=page)


@login_required
@takes_forms
@require_POST
def check_connection(request: StudioRequest, team: str) -> HttpResponse:
    """Let the worker try the connection; what it finds appears by itself."""
    where = open_seat(request.user, team, "configure")
    ask_for_check(where, keys.current_key())
    return answer(request, where, "Checking the connection.")


@login_required
@takes_forms
@require_POST
def take_over(request: StudioRequest, team: str) -> HttpResponse:
    """Import what was made elsewhere with the same key."""
    where = open_seat(request.user, team, "take_over")
    begin_takeover(where)
    return answer(request, where, "Looking through the account.")
