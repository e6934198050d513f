"""The view of a generation's lineage."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from generations import access
from generations.pages.lineage import lineage_of
from generations.pages.part import context_of
from generations.pages.shell import shell_of
from studio.http import StudioRequest
from studio.teams.access import Seat
from studio.teams.decorators import in_team


@require_safe
@in_team("view_generation")
def lineage(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Show what it was made from and what was made from it, as a drawing and as a list."""
    row = access.viewable_generation(seat, uuid)
    context = context_of(shell_of(seat), generation=row, graph=lineage_of(seat, row))
    return render(request, "lineage/lineage.html", context)
