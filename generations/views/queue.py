"""Views of the queue: what is not finished, what failed lately, and what may be done about it."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from generations import access, actions, keys, queries, waits
from generations.forms import OLD_FORM, read_count, read_uuid
from generations.models import Generation, State
from generations.states import IN_PROGRESS
from generations.views.doors import free_when_refused, takes_forms
from generations.views.library import EVERY, EVERY_WHEN_STORING
from studio.accounts.access import login_required
from studio.errors import StudioError
from studio.http import StudioRequest, respond
from studio.teams.access import Seat, open_seat, remember_team

CHANGES = "queue/_changes.html"


@login_required
@require_safe
def queue(request: StudioRequest, team: str) -> HttpResponse:
    """What the team waits for."""
    where = open_seat(request.user, team, "view_queue")
    remember_team(request.session, where.team)
    return render(request, "queue/queue.html", content(where))


@login_required
@require_safe
def queue_changes(request: StudioRequest, team: str) -> HttpResponse:
    """The queue once it shows something else; 204 until then. Membership is checked."""
    where = open_seat(request.user, team, "view_queue")
    context = content(where)
    if request.GET.get("version") == context["version"]:
        return HttpResponse(status=204)
    return render(request, CHANGES, context)


def content(where: Seat) -> dict[str, Any]:
    """The context of queue/_queue.html, the shell's and the poller's."""
    line = waits.line_of(where)
    key = keys.current_key()
    shell = queries.shell(where, "queue")
    version = line.version(key.paused_reason, shell["balance"])
    url = reverse("generations:queue_changes", args=(where.team.slug,))
    return {
        **shell,
        "line": line,
        "failed": [(look, uuid4()) for look in line.failed],
        "paused": key.paused_reason if key.paused_at else "",
        "can_retry": where.can("retry"),
        "version": version,
        "url": f"{url}?version={version}",
        "every": how_often(line.states),
    }


def how_often(states: set[State]) -> int | None:
    """Milliseconds between looks; None when nothing is in progress."""
    if State.STORING in states:
        return EVERY_WHEN_STORING
    return EVERY if states & IN_PROGRESS else None


def answer(request: StudioRequest, where: Seat, said: str) -> HttpResponse:
    """After a press: the changed queue for htmx, the page with a message for everyone else."""
    if not request.htmx:
        messages.success(request, said)
        context: dict[str, Any] = {}
    else:
        context = {**content(where), "said": said}
    page = reverse("generations:queue", args=(where.team.slug,))
    return respond(request, CHANGES, context, page=page)


def found(request: StudioRequest, team: str, uuid: UUID, ability: str) -> tuple[Seat, Generation]:
    """The seat, and the generation that the press is about. Raises NotFound, NotAllowed."""
    row = access.changeable_generation(request.user, team, uuid, ability)
    return open_seat(request.user, team, "view_queue"), row


@login_required
@takes_forms
@require_POST
def queue_cancel(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Stop one that was not sent yet."""
    where, row = found(request, team, uuid, "cancel")
    actions.cancel_generation(row, acting_user=request.user)
    return answer(request, where, f"Cancelled, not charged: {row.title}")


@login_required
@takes_forms
@require_POST
def queue_try_again(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Send once more what may have been charged already: the person said they know."""
    where, row = found(request, team, uuid, "decide")
    actions.try_again(row, acting_user=request.user)
    return answer(request, where, f"Queued again: {row.title}")


@login_required
@takes_forms
@require_POST
def queue_stop_waiting(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Give up on one that left no trace."""
    where, row = found(request, team, uuid, "decide")
    actions.stop_waiting(row, acting_user=request.user)
    return answer(request, where, f"No longer waiting for: {row.title}")


@login_required
@free_when_refused
@takes_forms
@require_POST
def queue_retry(request: StudioRequest, team: str, uuid: UUID) -> HttpResponse:
    """Make a new one of what failed, at the price that stood on the button."""
    where = open_seat(request.user, team, "retry")
    row = access.viewable_generation(request.user, team, uuid)
    key = read_uuid(request.POST.get("submit_key"))
    if key is None:
        raise StudioError(OLD_FORM)
    micros = read_count(request.POST.get("quoted", ""))
    actions.make_again(where, row, submit_key=key, quoted_micros=micros)
    return answer(request, where, f"Sent to queue: {row.title}")
