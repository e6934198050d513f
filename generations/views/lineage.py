"""The view of a generation's lineage."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from generations import access, queries
from generations.lineage import lineage_of
from studio.accounts.access import login_required
from studio.http import StudioRequest
from studio.teams.access import open_seat


@login_required
@require_safe
def lineage(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """What it was made from and what was made from it, as a drawing and as a list."""
    where = open_seat(request.user, team, "view_generation")
    row = access.viewable_generation(request.user, team, uuid)
    context = {**queries.shell(where), "generation": row, "graph": lineage_of(where, row)}
    return render(request, "lineage/lineage.html", context)
