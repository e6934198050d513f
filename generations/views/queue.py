"""Views of the Queue page: what is not finished, and what failed lately."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from generations.pages.part import context_of
from generations.pages.queue import queue_page
from generations.pages.shell import shell_of
from studio.http import StudioRequest
from studio.teams.access import Seat, remember_team
from studio.teams.decorators import in_team

CHANGES = "queue/_changes.html"


@require_safe
@in_team("view_queue")
def queue(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Show what the team waits for."""
    remember_team(request.session, seat.team)
    shell = shell_of(seat, "queue")
    return render(request, "queue/queue.html", context_of(shell, queue_page(seat, shell.balance)))


@require_safe
@in_team("view_queue")
def queue_changes(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Show the queue again once something in it has changed; 204 until then."""
    shell = shell_of(seat, "queue")
    page = queue_page(seat, shell.balance)
    if request.GET.get("version") == page.version:
        return HttpResponse(status=204)
    return render(request, CHANGES, context_of(shell, page))
