"""Views of the history of prompts: the list with its search, and what is done with a prompt."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from generations import access, queries
from generations.actions import prompts
from generations.actions.prompts import MOST_PROMPTS
from generations.composer.kept import keep_posted
from generations.composer.shelf import History
from generations.views.doors import takes_forms
from studio.accounts.access import login_required
from studio.http import StudioRequest, respond
from studio.teams.access import open_seat

LIST = "recipes/_history.html"
ROW = "recipes/_prompt.html"


@login_required
@require_safe
def history(request: StudioRequest, team: str) -> HttpResponse:
    """What the person sent in this team, or what of it holds the text searched for."""
    where = open_seat(request.user, team, "create")
    query = request.GET.get("q", "").strip()
    if not request.htmx:
        create = reverse("generations:create", args=(team,))
        return redirect(f"{create}?{urlencode({'open': 'history', 'q': query})}")
    found = History(where, query)
    return render(request, LIST, {"history": found, "seat": where}, status=found.status)


@login_required
@require_safe
def recent_prompts(request: StudioRequest, team: str) -> JsonResponse:
    """The texts alone, last sent first: for the keys that go through them."""
    where = open_seat(request.user, team, "create")
    texts = queries.kept_prompts(where).values_list("text", flat=True)[:MOST_PROMPTS]
    return JsonResponse({"prompts": list(texts)})


@login_required
@takes_forms
@require_POST
def star_prompt(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Keep one, however many are sent after it."""
    return change(request, team, uuid, prompts.star_prompt)


@login_required
@takes_forms
@require_POST
def unstar_prompt(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Let one go with the others."""
    return change(request, team, uuid, prompts.unstar_prompt)


@login_required
@takes_forms
@require_POST
def remove_prompt(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Take one out of the history; the answer offers the way back."""
    return change(request, team, uuid, prompts.remove_prompt)


@login_required
@takes_forms
@require_POST
def restore_prompt(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Bring one back."""
    return change(request, team, uuid, prompts.restore_prompt)


def change(
    request: StudioRequest, team: str, uuid: UUID, action: Callable[..., None]
) -> HttpResponse:
    """Do it, and answer with the row as it is now. What came along of the composer is kept."""
    where = open_seat(request.user, team, "change_prompt")
    prompt = access.changeable_prompt(where, uuid)
    action(prompt, acting_user=request.user)
    keep_posted(where, request.POST)
    page = reverse("generations:create", args=(team,)) + "?open=history"
    return respond(request, ROW, {"prompt": prompt, "seat": where, "acted": True}, page=page)
