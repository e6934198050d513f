"""Views of uploads: the list with the storage they use, and deleting one."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from generations import access
from generations.media.quota import gigabytes, used_bytes
from generations.media.store import file_address
from generations.media.uploads import remove_upload
from generations.pages.part import context_of
from generations.pages.shell import shell_of
from generations.queries.uploads import uploads_page
from generations.views.decorators import takes_forms
from studio.forms import read_uuid
from studio.http import StudioRequest
from studio.teams.access import Seat
from studio.teams.decorators import in_team


@require_safe
@in_team("view_upload")
def uploads(request: StudioRequest, seat: Seat) -> HttpResponse:
    """List the team's uploads, newest first."""
    rows, following = uploads_page(seat, read_uuid(request.GET.get("before")))
    items = [
        (
            row,
            file_address(row.picture),
            seat.can("delete_upload", own=row.author_id == seat.user.pk),
        )
        for row in rows
    ]
    context = context_of(
        shell_of(seat, "uploads"),
        items=items,
        next=following,
        used=gigabytes(used_bytes(seat.team)),
        quota=gigabytes(settings.MEDIA_QUOTA),
    )
    return render(request, "library/uploads.html", context)


@require_POST
@in_team("delete_upload")
@takes_forms
def remove(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Delete an upload with its file. One that a generation was made from is refused."""
    upload = access.changeable_upload(seat, uuid)
    remove_upload(upload, acting_user=seat.user)
    messages.success(request, f"Deleted: {upload.title}")
    return HttpResponseRedirect(reverse("generations:uploads", args=(seat.team.slug,)))
