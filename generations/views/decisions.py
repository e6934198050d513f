"""Views of the decisions about one generation; each decision has one address.

A decision can be taken on the Queue page too; its forms say so in `page`, and get the queue back.
"""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from generations import access, actions
from generations.composer.form import read_button
from generations.models import Generation
from generations.pages.live import changes_of
from generations.pages.part import context_of
from generations.pages.queue import queue_page
from generations.pages.shell import shell_of
from generations.views.decorators import free_when_refused, takes_forms
from studio.http import StudioRequest, respond
from studio.teams.access import Seat
from studio.teams.decorators import in_team

CARD = "generations/_changes.html"
QUEUE = "queue/_changes.html"


def on_the_queue(request: StudioRequest) -> bool:
    """Tell whether the button was pressed on the Queue page; any other value means a card."""
    return request.POST.get("page") == "queue"


def answer(request: StudioRequest, seat: Seat, row: Generation, said: str) -> HttpResponse:
    """Answer with the queue and `said` where the button was pressed there, else with the card."""
    if on_the_queue(request):
        return queue_after(request, seat, f"{said}: {row.title}")
    return card_after(request, seat, row)


def card_after(request: StudioRequest, seat: Seat, row: Generation) -> HttpResponse:
    """Answer with the changed card to htmx, with the generation's page to everyone else."""
    context = context_of(changes_of(seat, [row], []), balance=shell_of(seat).balance)
    return respond(request, CARD, context, page=row.get_absolute_url())


def queue_after(request: StudioRequest, seat: Seat, said: str) -> HttpResponse:
    """Answer with the changed queue and a sentence."""

    def context() -> dict[str, Any]:
        shell = shell_of(seat, "queue")
        return context_of(shell, queue_page(seat, shell.balance))

    page = reverse("generations:queue", args=(seat.team.slug,))
    return respond(request, QUEUE, context, page=page, said=said)


@require_POST
@in_team("cancel")
@takes_forms
def cancel(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Cancel a generation that was not sent yet."""
    row = access.changeable_generation(seat, uuid, "cancel")
    actions.cancel_generation(row, acting_user=seat.user)
    return answer(request, seat, row, "Cancelled, not charged")


@require_POST
@in_team("decide")
@free_when_refused
@takes_forms
def try_again(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Send again what may have been charged already; the person has agreed to that."""
    row = access.changeable_generation(seat, uuid, "decide")
    actions.try_again(row, acting_user=seat.user)
    return answer(request, seat, row, "Queued again")


@require_POST
@in_team("decide")
@takes_forms
def stop_waiting(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Give up a generation that Luma does not show."""
    row = access.changeable_generation(seat, uuid, "decide")
    actions.stop_waiting(row, acting_user=seat.user)
    return answer(request, seat, row, "No longer waiting for")


@require_POST
@in_team("retry")
@takes_forms
def fetch_again(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Download again a file that could not be downloaded."""
    row = access.changeable_generation(seat, uuid, "retry")
    actions.fetch_again(row, acting_user=seat.user)
    return card_after(request, seat, row)


@require_POST
@in_team("retry")
@free_when_refused
@takes_forms
def make_again(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Submit the same recipe anew, at the price that the button showed."""
    row = access.viewable_generation(seat, uuid)
    key, micros = read_button(request.POST)
    made = actions.make_again(seat, row, submit_key=key, quoted_micros=micros)
    if on_the_queue(request):
        return queue_after(request, seat, f"Sent to queue: {row.title}")
    return HttpResponseRedirect(made.get_absolute_url())
