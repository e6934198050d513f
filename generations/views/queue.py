"""Views of the Queue page: what is not finished, and what failed lately."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from generations.lifecycle import api_key
from generations.models import State
from generations.models.states import IN_PROGRESS
from generations.pages.live import EVERY, EVERY_WHEN_STORING
from generations.pages.queue import queue_of
from generations.pages.shell import shell_of
from studio.http import StudioRequest, respond
from studio.teams.access import Seat, remember_team
from studio.teams.decorators import in_team

CHANGES = "queue/_changes.html"


@require_safe
@in_team("view_queue")
def queue(request: StudioRequest, seat: Seat) -> HttpResponse:
    """What the team waits for."""
    remember_team(request.session, seat.team)
    return render(request, "queue/queue.html", content(seat))


@require_safe
@in_team("view_queue")
def queue_changes(request: StudioRequest, seat: Seat) -> HttpResponse:
    """The queue once it shows something else; 204 until then. Membership is checked."""
    context = content(seat)
    if request.GET.get("version") == context["version"]:
        return HttpResponse(status=204)
    return render(request, CHANGES, context)


def content(seat: Seat) -> dict[str, Any]:
    """The context of queue/_queue.html, the shell's and the poller's."""
    line = queue_of(seat)
    key = api_key.current_key()
    shell = shell_of(seat, "queue")
    version = line.version(key.paused_reason, shell["balance"])
    url = reverse("generations:queue_changes", args=(seat.team.slug,))
    return {
        **shell,
        "line": line,
        "failed": [(shown, uuid4()) for shown in line.failed],
        "paused": key.paused_reason if key.paused_at else "",
        "can_retry": seat.can("retry"),
        "version": version,
        "url": f"{url}?version={version}",
        "every": how_often(line.states),
    }


def how_often(states: set[State]) -> int | None:
    """Milliseconds between looks; None when nothing is in progress."""
    if State.STORING in states:
        return EVERY_WHEN_STORING
    return EVERY if states & IN_PROGRESS else None


def answer(request: StudioRequest, seat: Seat, said: str) -> HttpResponse:
    """After a press: the changed queue for htmx, the page with a message for everyone else."""
    if not request.htmx:
        messages.success(request, said)
        context: dict[str, Any] = {}
    else:
        context = {**content(seat), "said": said}
    page = reverse("generations:queue", args=(seat.team.slug,))
    return respond(request, CHANGES, context, page=page)
