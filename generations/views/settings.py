"""Views of a team's settings: the API key, the connection and the import."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from generations.actions.connection import ask_for_check
from generations.actions.imports import begin_import
from generations.lifecycle import api_key
from generations.pages.part import context_of
from generations.pages.settings import settings_page
from generations.pages.shell import shell_of
from generations.views.decorators import takes_forms
from studio.http import StudioRequest, respond
from studio.teams.access import Seat
from studio.teams.decorators import in_team

CHANGES = "settings/_changes.html"


@require_safe
@in_team("configure")
def settings(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Show the API key, the connection and the import."""
    return render(
        request,
        "settings/settings.html",
        context_of(shell_of(seat, "settings"), settings_page(seat)),
    )


@require_safe
@in_team("configure")
def settings_changes(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Show the page's content again once something in it has changed; 204 until then."""
    page = settings_page(seat)
    if request.GET.get("version") == page.version:
        return HttpResponse(status=204)
    return render(request, CHANGES, context_of(shell_of(seat, "settings"), page))


def answer(request: StudioRequest, seat: Seat, said: str) -> HttpResponse:
    """Answer a press: the changed page content to htmx, the page with a message to others."""

    def context() -> dict[str, Any]:
        return context_of(shell_of(seat, "settings"), settings_page(seat))

    page = reverse("generations:settings", args=(seat.team.slug,))
    return respond(request, CHANGES, context, page=page, said=said)


@require_POST
@in_team("configure")
@takes_forms
def check_connection(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Ask the worker to check the connection; the page's poller shows the result."""
    ask_for_check(seat, api_key.current_key())
    return answer(request, seat, "Checking the connection.")


@require_POST
@in_team("import_account")
@takes_forms
def import_account(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Import what was made elsewhere with the same API key."""
    begin_import(seat)
    return answer(request, seat, "Looking through the account.")
