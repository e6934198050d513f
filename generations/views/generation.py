"""Views of one generation: its page, the ways to use it, and its file."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from generations import access
from generations.luma.concepts import label_for
from generations.media import serving
from generations.models import Generation
from generations.pages import timeline
from generations.pages.cards import Abilities, offered_uses
from generations.pages.generation import ShownGeneration
from generations.pages.lineage import used_in
from generations.pages.live import EVERY
from generations.pages.shell import shell_of
from generations.queries.library import newer_neighbour, older_neighbour
from generations.recipes.again import remake_of
from generations.recipes.kinds import FIELDS
from studio.errors import NotFound
from studio.http import StudioRequest
from studio.teams.access import Seat
from studio.teams.decorators import in_team

PAGE = "generations/generation.html"


@require_safe
@in_team("view_generation")
def generation(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """The page of one generation."""
    row = access.viewable_generation(seat, uuid)
    return render(request, PAGE, {**shell_of(seat), **panel(seat, row)})


@require_safe
@in_team("view_generation")
def generation_changes(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """The panel of a generation's page once its version moved on; 204 until then."""
    row = access.viewable_generation(seat, uuid)
    if request.GET.get("version") == str(row.version):
        return HttpResponse(status=204)
    context = {**shell_of(seat), **panel(seat, row), "said": row.get_state_display()}
    return render(request, "generations/_generation_changes.html", context)


def panel(seat: Seat, row: Generation) -> dict[str, Any]:
    """The context of _generation.html."""
    shown = ShownGeneration(row)
    can = Abilities.of(seat, row)
    used, used_more = used_in(seat, row)
    url = reverse("generations:generation_changes", args=(seat.team.slug, row.uuid))
    return {
        "seat": seat,
        "generation": row,
        "shown": shown,
        "can": can,
        "can_stop": can.cancel and shown.state.facts.before_sending,
        "can_purge": seat.can("purge"),
        "uses": offered_uses(row),
        "newer": newer_neighbour(seat, row),
        "older": older_neighbour(seat, row),
        "sources": timeline.sources(row),
        "used": used,
        "used_more": used_more,
        "sent": timeline.sent_requests(row),
        "timeline": timeline.timeline(row),
        "settings": recipe_rows(shown),
        "again": remake_of(seat, row),
        "submit_key": uuid4(),
        "url": f"{url}?version={row.version}",
        "every": EVERY if shown.in_progress else None,
    }


def recipe_rows(shown: ShownGeneration) -> list[tuple[str, str]]:
    """The recipe as rows of a table, in the composer's words."""
    names = shown.entry.fields if shown.entry else ()
    rows = [("Kind", shown.generation.get_kind_display())]
    for name in names:
        setting = FIELDS[name]
        value = shown.generation.recipe.get(name)
        if value in (None, "", []) and not setting.choices:
            continue
        if name == "sync_timeout" and not shown.generation.recipe.get("sync"):
            continue
        rows.append((setting.label, _in_words(shown, name, value) or "none"))
    return rows


def _in_words(shown: ShownGeneration, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(label_for(str(one)) for one in value)
    return f"{value:g}" if isinstance(value, float) else shown.label(name)


@require_safe
@in_team("use_as_input")
def uses(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Every way to use a result, for the menu of its card."""
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
