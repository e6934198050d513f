"""Views of the frame picker: any frame of any video as an input, or kept as a picture."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from generations.composer.frames import FrameSource, frame_source
from generations.composer.opening import put_frame
from generations.media.store import file_address
from generations.pages.generation import USUAL_RATE
from generations.pages.live import poller
from generations.pages.shell import shell_of
from generations.recipes.choice import InputChoice, read_reference
from generations.views.composer import compose
from generations.views.decorators import takes_forms
from studio.errors import NotFound, StudioError
from studio.forms import read_count
from studio.http import StudioRequest
from studio.teams.access import Seat
from studio.teams.decorators import in_team

SAVE = "save"
KEPT = "The frame is kept: choose it from your uploads in any slot."
LATEST = 24 * 3600 * 1000  # milliseconds; a moment beyond the end means the last frame

_TARGETS = {
    "start_frame": ("Start frame", "arrow-right-from-line"),
    "end_frame": ("End frame", "arrow-right-to-line"),
    "image_ref": ("Image reference", "images"),
    "style_ref": ("Style reference", "palette"),
    "character_ref": ("Character reference", "user-round"),
    "modify_image_ref": ("Image to modify", "wand-sparkles"),
    "first_frame": ("First frame", "panel-top"),
    SAVE: ("Keep as a picture", "save"),
}
ALWAYS = ("start_frame", "end_frame", "image_ref", SAVE)


@require_safe
@in_team("use_as_input")
def frame_picker(request: StudioRequest, seat: Seat) -> HttpResponse:
    """The dialog in which a frame of the video in `of` is chosen; `slot` is offered first.

    It opens at the moment `at`. With `page` there is no composer to swap: the answer is a page.
    """
    choice = read_choice(request.GET.get("of", ""))
    context = picker(seat, choice, frame_source(seat, choice), request.GET.get("slot", ""))
    moment = read_milliseconds(request.GET.get("at", "0"))
    context["at"] = min(moment, context["length"] or moment)
    if "page" in request.GET:
        context["swap"] = ""
    return render(request, "generations/_frames.html", {"seat": seat, "picker": context})


@require_POST
@in_team("upload")
@takes_forms
def take(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Keep the chosen frame and put it into the slot in `target`, or only keep it."""
    target = request.POST.get("target", "")
    if target not in _TARGETS:
        raise StudioError("Choose what the frame is for.")
    choice = read_choice(request.GET.get("of", ""))
    footage = frame_source(seat, choice)
    moment = read_milliseconds(request.POST.get("milliseconds", ""))
    shell = shell_of(seat, "create")
    slot = "" if target == SAVE else target
    composer = put_frame(seat, request.POST, footage, moment, slot, shell["balance"])
    if not request.htmx:
        if target == SAVE:
            messages.success(request, KEPT)
        return HttpResponseRedirect(page_after(seat, choice, target))
    if target == SAVE:
        composer.notes.append(KEPT)
    return compose(request, composer, {**shell, **poller(seat, [])})


def page_after(seat: Seat, choice: InputChoice, target: str) -> str:
    """Where a whole page goes: on with what was taken, or back to the video if it is only kept."""
    slug = seat.team.slug
    if target == SAVE and choice.generation:
        return reverse("generations:generation", args=(slug, choice.generation))
    return reverse("generations:create", args=(slug,))


def picker(seat: Seat, choice: InputChoice, footage: FrameSource, slot: str) -> dict[str, Any]:
    """The context of _frame_picker.html."""
    reference = choice.reference
    wanted = (slot, *ALWAYS) if slot in _TARGETS and slot not in ALWAYS else ALWAYS
    action = reverse("generations:take", args=(seat.team.slug,))
    return {
        "key": str(choice.generation or choice.upload),
        "title": footage.title,
        "src": file_address(footage.file),
        "poster": file_address(footage.poster) if footage.poster else "",
        "length": footage.file.milliseconds,
        "at": 0,
        "fps": footage.file.rate or USUAL_RATE,
        "action": f"{action}?of={reference}",
        "swap": "#composer",
        "now": True,
        "targets": [
            {"value": name, "label": _TARGETS[name][0], "icon": _TARGETS[name][1]}
            for name in wanted
        ],
    }


def read_choice(reference: str) -> InputChoice:
    """Read which video is meant. Raises NotFound for what is not a reference."""
    choice = read_reference("source", reference)
    if choice is None:
        raise NotFound
    return choice


def read_milliseconds(text: str) -> int:
    """Read a moment. Raises StudioError for what is not one."""
    moment = read_count(text)
    if moment is None or moment > LATEST:
        raise StudioError("A whole number of milliseconds, 0 or more.")
    return moment
