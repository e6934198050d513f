"""Views of one generation: its page, its card, its files, and what a person decides about it."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from generations import access, actions
from generations.composer.form import OLD_FORM
from generations.luma.concepts import label_for
from generations.media import serving
from generations.models import Generation
from generations.pages import timeline
from generations.pages.cards import BEFORE_SENDING, Abilities, offered_uses, render_card
from generations.pages.generation import ShownGeneration
from generations.pages.lineage import used_in
from generations.pages.live import EVERY, news
from generations.pages.shell import shell_of
from generations.queries.library import newer_neighbour, older_neighbour
from generations.recipes.again import remake_of
from generations.recipes.kinds import FIELDS
from generations.views.decorators import free_when_refused, takes_forms
from studio.accounts.access import login_required
from studio.errors import NotFound, StudioError
from studio.forms import read_count, read_uuid
from studio.http import StudioRequest, respond
from studio.teams.access import Seat, open_seat

PAGE = "generations/generation.html"
PANEL = "generations/_generation.html"
CHANGES = "generations/_changes.html"


@login_required
@require_safe
def generation(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """The page of one generation."""
    seat = open_seat(request.user, team, "view_generation")
    row = access.viewable_generation(request.user, team, uuid)
    return render(request, PAGE, {**shell_of(seat), **panel(seat, row)})


@login_required
@require_safe
def generation_changes(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """The panel of a generation's page once its version moved on; 204 until then."""
    seat = open_seat(request.user, team, "view_generation")
    row = access.viewable_generation(request.user, team, uuid)
    if request.GET.get("version") == str(row.version):
        return HttpResponse(status=204)
    context = {**shell_of(seat), **panel(seat, row), "said": row.get_state_display()}
    return render(request, "generations/_generation_changes.html", context)


def panel(seat: Seat, row: Generation) -> dict[str, Any]:
    """The context of _generation.html."""
    look = ShownGeneration(row)
    can = Abilities.of(seat, row)
    used, used_more = used_in(seat, row)
    url = reverse("generations:generation_changes", args=(seat.team.slug, row.uuid))
    return {
        "seat": seat,
        "generation": row,
        "look": look,
        "can": can,
        "can_stop": can.cancel and look.state in BEFORE_SENDING,
        "can_purge": seat.can("purge"),
        "uses": offered_uses(row),
        "newer": newer_neighbour(seat, row),
        "older": older_neighbour(seat, row),
        "sources": timeline.sources(row),
        "used": used,
        "used_more": used_more,
        "sent": timeline.sent_requests(row),
        "timeline": timeline.timeline(row),
        "settings": recipe_rows(look),
        "again": remake_of(seat, row),
        "submit_key": uuid4(),
        "url": f"{url}?version={row.version}",
        "every": EVERY if look.in_progress else None,
    }


def recipe_rows(look: ShownGeneration) -> list[tuple[str, str]]:
    """The recipe as rows of a table, in the composer's words."""
    names = look.entry.fields if look.entry else ()
    rows = [("Kind", look.generation.get_kind_display())]
    for name in names:
        setting = FIELDS[name]
        value = look.generation.recipe.get(name)
        if value in (None, "", []) and not setting.choices:
            continue
        if name == "sync_timeout" and not look.generation.recipe.get("sync"):
            continue
        rows.append((setting.label, _in_words(look, name, value) or "none"))
    return rows


def _in_words(look: ShownGeneration, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(label_for(str(one)) for one in value)
    return f"{value:g}" if isinstance(value, float) else look.label(name)


@login_required
@require_safe
def card(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """The card of one generation, alone."""
    seat = open_seat(request.user, team, "view_generation")
    return HttpResponse(render_card(seat, access.viewable_generation(request.user, team, uuid)))


@login_required
@require_safe
def uses(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Every way to use a result, for the menu of its card."""
    seat = open_seat(request.user, team, "use_as_input")
    row = access.viewable_generation(seat.user, team, uuid)
    context = {"generation": row, "uses": offered_uses(row), "seat": seat}
    return render(request, "generations/_uses.html", context)


@login_required
@require_safe
def download(request: StudioRequest, team: str, uuid: UUID) -> HttpResponseBase:
    """The original file, to keep, under a name that says what it is."""
    seat = open_seat(request.user, team, "download_media")
    row = access.viewable_generation(seat.user, team, uuid)
    if row.original is None:
        raise NotFound("There is no file yet.")
    ending = row.original.path.rpartition(".")[2]
    name = slugify(row.title)[:60] or row.kind
    return serving.file_response(request, row.original, download_name=f"{name}.{ending}")


def answer(request: StudioRequest, seat: Seat, row: Generation) -> HttpResponse:
    """After a decision: the changed card for htmx, the generation's page for everyone else."""
    fresh = access.viewable_generation(seat.user, seat.team.slug, row.uuid)
    context = {**news(seat, [fresh], []), "balance": shell_of(seat)["balance"]}
    return respond(request, CHANGES, context, page=fresh.get_absolute_url())


@login_required
@takes_forms
@require_POST
def cancel(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Stop one that was not sent yet."""
    row = access.changeable_generation(request.user, team, uuid, "cancel")
    actions.cancel_generation(row, acting_user=request.user)
    return answer(request, open_seat(request.user, team, "view_generation"), row)


@login_required
@free_when_refused
@takes_forms
@require_POST
def try_again(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Send once more what may have been charged already: the person said they know."""
    row = access.changeable_generation(request.user, team, uuid, "decide")
    actions.try_again(row, acting_user=request.user)
    return answer(request, open_seat(request.user, team, "view_generation"), row)


@login_required
@takes_forms
@require_POST
def stop_waiting(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Give up on one that left no trace."""
    row = access.changeable_generation(request.user, team, uuid, "decide")
    actions.stop_waiting(row, acting_user=request.user)
    return answer(request, open_seat(request.user, team, "view_generation"), row)


@login_required
@takes_forms
@require_POST
def fetch_again(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Fetch once more a file that could not be had."""
    row = access.changeable_generation(request.user, team, uuid, "retry")
    actions.fetch_again(row, acting_user=request.user)
    return answer(request, open_seat(request.user, team, "view_generation"), row)


@login_required
@free_when_refused
@takes_forms
@require_POST
def make_again(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Make a new one of the same recipe, at the price that stood on the button."""
    seat = open_seat(request.user, team, "retry")
    row = access.viewable_generation(request.user, team, uuid)
    key = read_uuid(request.POST.get("submit_key"))
    if key is None:
        raise StudioError(OLD_FORM)
    micros = read_count(request.POST.get("quoted", ""))
    made = actions.make_again(seat, row, submit_key=key, quoted_micros=micros)
    return HttpResponseRedirect(made.get_absolute_url())
