"""Views of the history of prompts: the list with its search, and changing a prompt."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from generations import access
from generations.actions import prompts
from generations.actions.prompts import MOST_PROMPTS
from generations.composer.saved import save_posted
from generations.pages.prompts import History
from generations.queries.saved import saved_prompts
from generations.views.decorators import takes_forms
from studio.http import StudioRequest, respond
from studio.teams.access import Seat
from studio.teams.decorators import in_team

LIST = "prompts/_history.html"
ROW = "prompts/_prompt.html"


@require_safe
@in_team("create")
def history(request: StudioRequest, seat: Seat) -> HttpResponse:
    """List the prompts that the person sent in this team, or those that hold a text."""
    query = request.GET.get("q", "").strip()
    if not request.htmx:
        create = reverse("generations:create", args=(seat.team.slug,))
        return redirect(f"{create}?{urlencode({'open': 'history', 'q': query})}")
    found = History(seat, query)
    return render(request, LIST, {"history": found, "seat": seat}, status=found.status)


@require_safe
@in_team("create")
def recent_prompts(request: StudioRequest, seat: Seat) -> JsonResponse:
    """Return the texts as JSON, last sent first, for the keys that step through them."""
    texts = saved_prompts(seat).values_list("text", flat=True)[:MOST_PROMPTS]
    return JsonResponse({"prompts": list(texts)})


@require_POST
@in_team("change_prompt")
@takes_forms
def star_prompt(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Star a prompt: it stays, however many are sent after it."""
    return change(request, seat, uuid, prompts.star_prompt)


@require_POST
@in_team("change_prompt")
@takes_forms
def unstar_prompt(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Take the star off a prompt: it goes once it is too old."""
    return change(request, seat, uuid, prompts.unstar_prompt)


@require_POST
@in_team("change_prompt")
@takes_forms
def remove_prompt(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Remove a prompt from the history; the answer offers undo."""
    return change(request, seat, uuid, prompts.remove_prompt)


@require_POST
@in_team("change_prompt")
@takes_forms
def restore_prompt(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Restore a removed prompt."""
    return change(request, seat, uuid, prompts.restore_prompt)


def change(
    request: StudioRequest, seat: Seat, uuid: UUID, action: Callable[..., None]
) -> HttpResponse:
    """Run an action on a prompt and answer with its row. The composer's draft is saved."""
    prompt = access.changeable_prompt(seat, uuid)
    action(prompt)
    save_posted(seat, request.POST)
    page = reverse("generations:create", args=(seat.team.slug,)) + "?open=history"
    return respond(request, ROW, {"prompt": prompt, "seat": seat, "acted": True}, page=page)
