"""Views of the frame picker: any frame of any video as an input, or kept as a picture."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from generations.composer.frames import frame_source
from generations.composer.opening import put_frame
from generations.pages import frames as pages
from generations.pages.frames import SAVE, TARGETS
from generations.pages.live import library_poller
from generations.pages.part import context_of
from generations.pages.shell import shell_of
from generations.recipes.choice import InputChoice, read_reference
from generations.views.answers import answer_composer
from generations.views.decorators import takes_forms
from studio.errors import NotFound, StudioError
from studio.forms import read_count
from studio.http import StudioRequest
from studio.teams.access import Seat
from studio.teams.decorators import in_team

KEPT = "The frame is kept: choose it from your uploads in any slot."
LATEST = 24 * 3600 * 1000  # milliseconds; a moment after the end of a video means its last frame


@require_safe
@in_team("use_as_input")
def frame_picker(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Show the frame picker of the video in `of`: `slot` is offered first, `at` is its moment.

    With `page` there is no composer to replace: the answer of the press is a whole page.
    """
    choice = read_choice(request.GET.get("of", ""))
    video = frame_source(seat, choice)
    picker = pages.frame_picker(
        seat,
        choice,
        video.title,
        video.file,
        video.poster,
        slot=request.GET.get("slot", ""),
        at=read_milliseconds(request.GET.get("at", "0")),
        whole_page="page" in request.GET,
    )
    return render(request, "generations/_frames.html", {"seat": seat, "picker": picker})


@require_POST
@in_team("upload")
@takes_forms
def take(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Keep the chosen frame and put it into the slot in `target`, or only keep it."""
    target = request.POST.get("target", "")
    if target not in TARGETS:
        raise StudioError("Choose what the frame is for.")
    choice = read_choice(request.GET.get("of", ""))
    video = frame_source(seat, choice)
    moment = read_milliseconds(request.POST.get("milliseconds", ""))
    shell = shell_of(seat, "create")
    slot = "" if target == SAVE else target
    composer = put_frame(seat, request.POST, video, moment, slot, shell.balance)
    if not request.htmx:
        if target == SAVE:
            messages.success(request, KEPT)
        return HttpResponseRedirect(page_after(seat, choice, target))
    if target == SAVE:
        composer.notes.append(KEPT)
    return answer_composer(request, composer, context_of(shell, library_poller(seat, [])))


def page_after(seat: Seat, choice: InputChoice, target: str) -> str:
    """Return the page that follows: the composer, or the video again if its frame is only kept."""
    slug = seat.team.slug
    if target == SAVE and choice.generation:
        return reverse("generations:generation", args=(slug, choice.generation))
    return reverse("generations:create", args=(slug,))


def read_choice(reference: str) -> InputChoice:
    """Read the reference of a video. Raises NotFound for what is not one."""
    choice = read_reference("source", reference)
    if choice is None:
        raise NotFound
    return choice


def read_milliseconds(text: str) -> int:
    """Read a moment, in milliseconds. Raises StudioError for what is not one."""
    moment = read_count(text)
    if moment is None or moment > LATEST:
        raise StudioError("A whole number of milliseconds, 0 or more.")
    return moment
