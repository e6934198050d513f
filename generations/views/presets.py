"""Views of presets: the list, saving what stands in the composer, and what is done with one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations import access, queries
from generations.actions import presets as actions
from generations.composer import open_composer
from generations.composer.kept import content_posted, keep_posted
from generations.composer.shelf import PresetForm, PresetLook, Presets, looks_of_presets
from generations.models import Preset
from generations.views.composer import compose
from generations.views.doors import takes_forms
from generations.views.library import poller
from studio.accounts.access import login_required
from studio.http import StudioRequest, respond
from studio.teams.access import Seat, open_seat

LIST = "recipes/_presets.html"
ROW = "recipes/_preset.html"


@login_required
@takes_forms
@require_http_methods(["GET", "HEAD", "POST"])
def presets(request: StudioRequest, team: str) -> HttpResponse:
    """The presets that the person may use; a POST saves what stands in the composer as one."""
    where = open_seat(request.user, team, "create")
    if request.method != "POST":
        if not request.htmx:
            return redirect(shelf_page(team))
        return render(request, LIST, {"presets": Presets(where), "seat": where})
    keep_posted(where, request.POST)
    form = PresetForm(where, request.POST)
    if not form.is_valid():
        return refused(request, where, Presets(where, form=form))
    name, shared = form.cleaned_data["name"], form.cleaned_data["shared"]
    actions.save_preset(where, name, content_posted(where, request.POST), shared=shared)
    said = f"Saved “{name}”{' for the team' if shared else ''}."
    if not request.htmx:
        messages.success(request, said)
    context = {"presets": Presets(where, said=said), "seat": where}
    return respond(request, LIST, context, page=shelf_page(team))


@login_required
@require_safe
def more_presets(request: StudioRequest, team: str) -> HttpResponse:
    """Further rows of the list."""
    where = open_seat(request.user, team, "create")
    context = {"presets": Presets(where, request.GET.get("after", "")), "seat": where}
    return render(request, "recipes/_preset_rows.html", context)


@login_required
@takes_forms
@require_POST
def change_preset(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Give one another name, or show it to more or fewer people."""
    where = open_seat(request.user, team, "change_preset")
    preset = access.changeable_preset(where, uuid)
    form = PresetForm(where, request.POST, preset)
    if not form.is_valid():
        look = looks_of_presets(where, [preset], form)[0]
        return refused(request, where, Presets(where, first=look), look)
    name, shared = form.cleaned_data["name"], form.cleaned_data["shared"]
    actions.change_preset(preset, name, shared=shared, acting_user=request.user)
    return answer(request, where, preset)


@login_required
@takes_forms
@require_POST
def remove_preset(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Delete one; the answer offers the way back."""
    where = open_seat(request.user, team, "change_preset")
    preset = access.changeable_preset(where, uuid)
    actions.remove_preset(preset, acting_user=request.user)
    if not request.htmx:
        undo = reverse("generations:restore_preset", args=(team, uuid))
        messages.success(request, f"Deleted: {preset.name}", extra_tags=undo)
    return answer(request, where, preset)


@login_required
@takes_forms
@require_POST
def restore_preset(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Bring one back."""
    where = open_seat(request.user, team, "change_preset")
    preset = access.changeable_preset(where, uuid)
    actions.restore_preset(preset, acting_user=request.user)
    return answer(request, where, preset)


def answer(request: StudioRequest, where: Seat, preset: Preset) -> HttpResponse:
    """The row as it is now."""
    look = looks_of_presets(where, [preset])[0]
    context = {"look": look, "seat": where, "acted": True}
    return respond(request, ROW, context, page=shelf_page(where.team.slug))


def refused(
    request: StudioRequest, where: Seat, found: Presets, look: PresetLook | None = None
) -> HttpResponse:
    """Every reason at its field: the row or the list for htmx, else on the composer's page."""
    context: dict[str, Any] = {"seat": where, "presets": found, "look": look}
    if request.htmx:
        return render(request, ROW if look else LIST, context, status=422)
    shell = queries.shell(where, "create")
    composer = open_composer(where, QueryDict("open=presets"), shell["balance"])
    return compose(request, composer, {**shell, **poller(where, []), **context}, status=422)


def shelf_page(team: str) -> str:
    """Where a browser without JavaScript finds its presets."""
    return reverse("generations:create", args=(team,)) + "?open=presets"
