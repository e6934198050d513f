"""Views of the trash: its list, moving a generation into it and back, and deleting."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from generations import access, actions
from generations.pages.cards import render_card
from generations.pages.generation import ShownGeneration
from generations.pages.lineage import used_warning
from generations.pages.part import context_of
from generations.pages.shell import shell_of
from generations.queries.library import newer_neighbour, trash_page
from generations.views.decorators import takes_forms
from studio.forms import read_uuid
from studio.http import StudioRequest, respond
from studio.teams.access import Seat
from studio.teams.decorators import in_team


@require_safe
@in_team("view_trash")
def trash_list(request: StudioRequest, seat: Seat) -> HttpResponse:
    """List the trash, last trashed first."""
    rows, following = trash_page(seat, read_uuid(request.GET.get("before")))
    context = context_of(
        shell_of(seat, "trash"),
        items=[
            (ShownGeneration(row), seat.can("restore", own=row.author_id == seat.user.pk))
            for row in rows
        ],
        next=following,
        days=settings.TRASH_DAYS,
        can_purge=seat.can("purge"),
    )
    return render(request, "library/trash.html", context)


@require_POST
@in_team("trash")
@takes_forms
def trash(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Move a generation to the trash; the answer offers undo."""
    row = access.changeable_generation(seat, uuid, "trash")
    actions.trash_generation(row, acting_user=seat.user)
    warning = used_warning(row)
    undo = reverse("generations:restore", args=(seat.team.slug, uuid))
    library = reverse("generations:library", args=(seat.team.slug,))
    if not request.htmx:
        said = f"Moved to trash: {row.title}. {warning}".removesuffix(". ")
        messages.success(request, said, extra_tags=undo)
    context = {"generation": row, "undo": undo, "warning": warning}
    return respond(request, "library/_trashed.html", context, page=library)


@require_POST
@in_team("restore")
@takes_forms
def restore(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Move a generation from the trash back to its place in the library."""
    row = access.changeable_generation(seat, uuid, "restore")
    actions.restore_generation(row, acting_user=seat.user)
    fresh = access.viewable_generation(seat, uuid)
    context = {
        "generation": fresh,
        "card": render_card(seat, fresh),
        "newer": newer_neighbour(seat, fresh),
        "seat": seat,
    }
    return respond(request, "library/_restored.html", context, page=fresh.get_absolute_url())


@require_POST
@in_team("purge")
@takes_forms
def purge(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Delete the files of a trashed generation for good; at Luma too, if that was ticked."""
    row = access.changeable_generation(seat, uuid, "purge")
    remotely = str(uuid) in request.POST.getlist("remotely")
    actions.purge_generation(row, acting_user=seat.user, remotely=remotely)
    page = reverse("generations:trash_list", args=(seat.team.slug,))
    context = {"generation": row}
    if not request.htmx:
        messages.success(request, f"Deleted for good: {row.title}")
    return respond(request, "library/_purged.html", context, page=page)
