"""Views of the trash: into it, out of it, and what lies there."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from generations import access, actions, queries
from generations.cards import render_card
from generations.forms import read_uuid
from generations.lineage import used_warning
from generations.looks import GenerationLook
from generations.views.doors import takes_forms
from studio.accounts.access import login_required
from studio.http import StudioRequest, respond
from studio.teams.access import open_seat


@login_required
@require_safe
def trash_list(request: StudioRequest, team: str) -> HttpResponse:
    """What lies in the trash, last trashed first."""
    where = open_seat(request.user, team, "view_trash")
    rows, following = queries.trash_page(where, read_uuid(request.GET.get("before")))
    context = {
        **queries.shell(where, "trash"),
        "items": [
            (GenerationLook(row), where.can("restore", own=row.author_id == where.user.pk))
            for row in rows
        ],
        "next": following,
        "days": settings.TRASH_DAYS,
        "can_purge": where.can("purge"),
    }
    return render(request, "library/trash.html", context)


@login_required
@takes_forms
@require_POST
def trash(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Move one to the trash; the answer offers the way back."""
    row = access.changeable_generation(request.user, team, uuid, "trash")
    actions.trash_generation(row, acting_user=request.user)
    warning = used_warning(row)
    undo = reverse("generations:restore", args=(team, uuid))
    library = reverse("generations:library", args=(team,))
    if not request.htmx:
        said = f"Moved to trash: {row.title}. {warning}".removesuffix(". ")
        messages.success(request, said, extra_tags=undo)
    context = {"generation": row, "undo": undo, "warning": warning}
    return respond(request, "library/_trashed.html", context, page=library)


@login_required
@takes_forms
@require_POST
def restore(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Bring one back to its place."""
    where = open_seat(request.user, team, "view_generation")
    row = access.changeable_generation(request.user, team, uuid, "restore")
    actions.restore_generation(row, acting_user=request.user)
    fresh = access.viewable_generation(request.user, team, uuid)
    context = {
        "generation": fresh,
        "card": render_card(where, fresh),
        "newer": queries.newer_neighbour(where, fresh),
        "seat": where,
    }
    return respond(request, "library/_restored.html", context, page=fresh.get_absolute_url())


@login_required
@takes_forms
@require_POST
def purge(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Delete the files of one in the trash, for good; at Luma too, if that was ticked."""
    row = access.changeable_generation(request.user, team, uuid, "purge")
    remotely = str(uuid) in request.POST.getlist("remotely")
    actions.purge_generation(row, acting_user=request.user, remotely=remotely)
    page = reverse("generations:trash_list", args=(team,))
    context = {"generation": row}
    if not request.htmx:
        messages.success(request, f"Deleted for good: {row.title}")
    return respond(request, "library/_purged.html", context, page=page)
