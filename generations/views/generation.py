"""Views of one generation: its page, the ways to use it, and its file."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from generations import access
from generations.media import serving
from generations.pages.cards import offered_uses
from generations.pages.generation_page import generation_page
from generations.pages.part import context_of
from generations.pages.shell import shell_of
from studio.errors import NotFound
from studio.http import StudioRequest
from studio.teams.access import Seat
from studio.teams.decorators import in_team

PAGE = "generations/generation.html"


@require_safe
@in_team("view_generation")
def generation(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Show one generation."""
    row = access.viewable_generation(seat, uuid)
    return render(request, PAGE, context_of(shell_of(seat), generation_page(seat, row)))


@require_safe
@in_team("view_generation")
def generation_changes(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Show the generation again once its version has changed; 204 until then."""
    row = access.viewable_generation(seat, uuid)
    if request.GET.get("version") == str(row.version):
        return HttpResponse(status=204)
    context = context_of(shell_of(seat), generation_page(seat, row), said=row.get_state_display())
    return render(request, "generations/_generation_changes.html", context)


@require_safe
@in_team("use_as_input")
def uses(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """List every way to use a result, for the menu of its card."""
    row = access.viewable_generation(seat, uuid)
    context = {"generation": row, "uses": offered_uses(row), "seat": seat}
    return render(request, "generations/_uses.html", context)


@require_safe
@in_team("download_media")
def download(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponseBase:
    """The original file, to keep, under a name that says what it is."""
    row = access.viewable_generation(seat, uuid)
    if row.original is None:
        raise NotFound("There is no file yet.")
    ending = row.original.path.rpartition(".")[2]
    name = slugify(row.title)[:60] or row.kind
    return serving.file_response(request, row.original, download_name=f"{name}.{ending}")
