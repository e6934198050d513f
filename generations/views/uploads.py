"""Views of uploads: what a team brought in, how much room it takes, and how one goes."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from generations import queries
from generations.forms import read_uuid
from generations.media.access import team_upload
from generations.media.quota import gigabytes, used_bytes
from generations.media.store import file_address
from generations.media.uploads import remove_upload
from generations.views.doors import takes_forms
from studio.accounts.access import login_required
from studio.http import StudioRequest
from studio.teams.access import open_seat


@login_required
@require_safe
def uploads(request: StudioRequest, team: str) -> HttpResponse:
    """What the team brought in, newest first."""
    where = open_seat(request.user, team, "view_upload")
    rows, following = queries.uploads_page(where, read_uuid(request.GET.get("before")))
    items = [
        (
            row,
            file_address(row.picture),
            where.can("delete_upload", own=row.author_id == where.user.pk),
        )
        for row in rows
    ]
    context = {
        **queries.shell(where, "uploads"),
        "items": items,
        "next": following,
        "used": gigabytes(used_bytes(where.team)),
        "quota": gigabytes(settings.MEDIA_QUOTA),
    }
    return render(request, "library/uploads.html", context)


@login_required
@takes_forms
@require_POST
def remove(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Delete one with its file. What a generation was made from stays, and says so."""
    where = open_seat(request.user, team, "view_upload")
    upload = team_upload(where.team, uuid)
    where.require("delete_upload", own=upload.author_id == where.user.pk)
    remove_upload(upload, acting_user=where.user)
    messages.success(request, f"Deleted: {upload.title}")
    return HttpResponseRedirect(reverse("generations:uploads", args=(team,)))
