"""Views of presets: the list, saving the composer's draft, and changing a preset."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations import access
from generations.actions import presets as actions
from generations.composer.opening import open_composer
from generations.composer.presets import PresetForm
from generations.composer.saved import posted_content, save_posted
from generations.models import Preset
from generations.pages.live import library_poller
from generations.pages.part import context_of
from generations.pages.presets import Presets, ShownPreset, shown_presets
from generations.pages.shell import shell_of
from generations.views.answers import answer_composer
from generations.views.decorators import takes_forms
from studio.http import StudioRequest, respond
from studio.teams.access import Seat
from studio.teams.decorators import in_team

LIST = "presets/_presets.html"
ROW = "presets/_preset.html"


@require_http_methods(["GET", "HEAD", "POST"])
@in_team("create")
@takes_forms
def presets(request: StudioRequest, seat: Seat) -> HttpResponse:
    """List the presets that the person may use; a POST saves the composer's draft as one."""
    if request.method != "POST":
        if not request.htmx:
            return redirect(presets_address(seat))
        return render(request, LIST, {"presets": Presets(seat), "seat": seat})
    save_posted(seat, request.POST)
    form = PresetForm(seat, request.POST)
    if not form.is_valid():
        return refused(request, seat, Presets(seat, form=form))
    name, shared = form.cleaned_data["name"], form.cleaned_data["shared"]
    actions.save_preset(seat, name, posted_content(seat, request.POST), shared=shared)
    said = f"Saved “{name}”{' for the team' if shared else ''}."
    context = {"presets": Presets(seat, said=said), "seat": seat}
    return respond(request, LIST, context, page=presets_address(seat), said=said)


@require_safe
@in_team("create")
def more_presets(request: StudioRequest, seat: Seat) -> HttpResponse:
    """List further presets."""
    context = {"presets": Presets(seat, request.GET.get("after", "")), "seat": seat}
    return render(request, "presets/_preset_rows.html", context)


@require_POST
@in_team("change_preset")
@takes_forms
def change_preset(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Rename a preset, share it with the team, or take it back from the team."""
    preset = access.changeable_preset(seat, uuid)
    form = PresetForm(seat, request.POST, preset)
    if not form.is_valid():
        shown = shown_presets(seat, [preset], form)[0]
        return refused(request, seat, Presets(seat, first=shown), shown)
    name, shared = form.cleaned_data["name"], form.cleaned_data["shared"]
    actions.change_preset(preset, name, shared=shared, acting_user=seat.user)
    return answer(request, seat, preset)


@require_POST
@in_team("change_preset")
@takes_forms
def remove_preset(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Delete a preset; the answer offers undo."""
    preset = access.changeable_preset(seat, uuid)
    actions.remove_preset(preset, acting_user=seat.user)
    if not request.htmx:
        undo = reverse("generations:restore_preset", args=(seat.team.slug, uuid))
        messages.success(request, f"Deleted: {preset.name}", extra_tags=undo)
    return answer(request, seat, preset)


@require_POST
@in_team("change_preset")
@takes_forms
def restore_preset(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Restore a deleted preset."""
    preset = access.changeable_preset(seat, uuid)
    actions.restore_preset(preset, acting_user=seat.user)
    return answer(request, seat, preset)


def answer(request: StudioRequest, seat: Seat, preset: Preset) -> HttpResponse:
    """Answer with the changed row."""
    shown = shown_presets(seat, [preset])[0]
    context = {"shown": shown, "seat": seat, "acted": True}
    return respond(request, ROW, context, page=presets_address(seat))


def refused(
    request: StudioRequest, seat: Seat, found: Presets, shown: ShownPreset | None = None
) -> HttpResponse:
    """Show every reason at its field: in the row or the list for htmx, else in the composer."""
    context: dict[str, Any] = {"seat": seat, "presets": found, "shown": shown}
    if request.htmx:
        return render(request, ROW if shown else LIST, context, status=422)
    shell = shell_of(seat, "create")
    composer = open_composer(seat, QueryDict("open=presets"), shell.balance)
    context = context_of(shell, library_poller(seat, []), **context)
    return answer_composer(request, composer, context, 422)


def presets_address(seat: Seat) -> str:
    """Return the address of the composer with the list of presets open."""
    return reverse("generations:create", args=(seat.team.slug,)) + "?open=presets"
