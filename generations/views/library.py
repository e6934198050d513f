"""Views of the library: the page, its older pages, and what changed on it."""

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from generations.composer.opening import open_composer
from generations.pages.live import news, numbered, poller, read_seen
from generations.pages.shell import shell_of
from generations.pages.starters import STARTERS
from generations.queries.library import changes_since, library_page, newer_rows
from studio.accounts.access import login_required
from studio.errors import NotFound
from studio.forms import read_uuid
from studio.http import StudioRequest
from studio.teams.access import current_team, open_seat, remember_team


@login_required
@require_safe
def home(request: StudioRequest) -> HttpResponse:
    """Go to the library of the team last used."""
    team = current_team(request.user, request.session)
    if team is None:
        raise NotFound("You are not in a team yet. Ask somebody for an invitation.")
    return HttpResponseRedirect(reverse("generations:library", args=(team.slug,)))


@login_required
@require_safe
def library(request: StudioRequest, team: str) -> HttpResponse:
    """The team's library with the composer docked under it."""
    seat = open_seat(request.user, team, "view_library")
    remember_team(request.session, seat.team)
    before = read_uuid(request.GET.get("before"))
    rows, following = library_page(seat, before)
    shell = shell_of(seat, "library")
    balance = shell["balance"]
    composer = open_composer(seat, QueryDict(), balance) if shell["can_create"] else None
    context = {
        **shell,
        **poller(seat, rows),
        "cards": numbered(seat, rows),
        "next": following,
        "composer": composer,
        "starters": STARTERS,
        "first_page": before is None,
    }
    return render(request, "library/library.html", context)


@login_required
@require_safe
def older(request: StudioRequest, team: str) -> HttpResponse:
    """The fragment of one further page of cards."""
    seat = open_seat(request.user, team, "view_library")
    rows, following = library_page(seat, read_uuid(request.GET.get("before")))
    context = {"seat": seat, "cards": numbered(seat, rows), "next": following}
    return render(request, "generations/_cards.html", context)


@login_required
@require_safe
def changes(request: StudioRequest, team: str) -> HttpResponse:
    """What moved since the page last looked; 204 when nothing did. Membership is checked."""
    seat = open_seat(request.user, team, "view_library")
    moves = changes_since(seat, read_seen(request.GET.get("seen", "")))
    added = newer_rows(seat, read_uuid(request.GET.get("newest")))
    if not (moves.moved or moves.gone or added):
        return HttpResponse(status=204)
    rows = [*added, *moves.moved]
    context = {
        **news(seat, moves.moved, added),
        **poller(seat, rows, still=moves.still.values()),
        "gone": moves.gone,
        "balance": shell_of(seat)["balance"],
    }
    return render(request, "generations/_changes.html", context)
