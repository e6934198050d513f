"""Views of the library: the page, its older pages, and what changed on it."""

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from generations.composer.opening import open_composer
from generations.pages.live import changes_of, library_poller, numbered, read_seen
from generations.pages.part import context_of
from generations.pages.shell import shell_of
from generations.pages.starters import STARTERS
from generations.queries.library import changes_since, library_page, newer_rows
from studio.accounts.access import login_required
from studio.errors import NotFound
from studio.forms import read_uuid
from studio.http import StudioRequest
from studio.teams.access import Seat, current_team, remember_team
from studio.teams.decorators import in_team


@login_required
@require_safe
def home(request: StudioRequest) -> HttpResponse:
    """Go to the library of the team that the person used last."""
    team = current_team(request.user, request.session)
    if team is None:
        raise NotFound("You are not in a team yet. Ask somebody for an invitation.")
    return HttpResponseRedirect(reverse("generations:library", args=(team.slug,)))


@require_safe
@in_team("view_library")
def library(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Show the team's library, with the composer below it."""
    remember_team(request.session, seat.team)
    before = read_uuid(request.GET.get("before"))
    rows, following = library_page(seat, before)
    shell = shell_of(seat, "library")
    composer = open_composer(seat, QueryDict(), shell.balance) if shell.can_create else None
    context = context_of(
        shell,
        library_poller(seat, rows),
        cards=numbered(seat, rows),
        next=following,
        composer=composer,
        starters=STARTERS,
        first_page=before is None,
    )
    return render(request, "library/library.html", context)


@require_safe
@in_team("view_library")
def older(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Show one further page of cards."""
    rows, following = library_page(seat, read_uuid(request.GET.get("before")))
    context = {"seat": seat, "cards": numbered(seat, rows), "next": following}
    return render(request, "generations/_cards.html", context)


@require_safe
@in_team("view_library")
def changes(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Show what changed since the page's last poll; 204 when nothing did."""
    found = changes_since(seat, read_seen(request.GET.get("seen", "")))
    added = newer_rows(seat, read_uuid(request.GET.get("newest")))
    if not (found.changed or found.removed or added):
        return HttpResponse(status=204)
    context = context_of(
        changes_of(seat, found.changed, added, still=found.unchanged.values()),
        gone=found.removed,
        balance=shell_of(seat).balance,
    )
    return render(request, "generations/_changes.html", context)
