"""Views of what a person decides about one generation: one address a decision.

A decision can be taken on the Queue page too; its forms say so in `page`, and get the queue back.
"""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from generations import access, actions
from generations.composer.form import OLD_FORM
from generations.models import Generation
from generations.pages.live import news
from generations.pages.shell import shell_of
from generations.views import queue
from generations.views.decorators import free_when_refused, takes_forms
from studio.errors import StudioError
from studio.forms import read_count, read_uuid
from studio.http import StudioRequest, respond
from studio.teams.access import Seat
from studio.teams.decorators import in_team

CHANGES = "generations/_changes.html"


def on_the_queue(request: StudioRequest) -> bool:
    """Whether the button was pressed on the Queue page. Every other word means the card."""
    return request.POST.get("page") == "queue"


def answer(request: StudioRequest, seat: Seat, row: Generation, said: str) -> HttpResponse:
    """Answer with the queue and `said` where the button was pressed there, else with the card."""
    if on_the_queue(request):
        return queue.answer(request, seat, f"{said}: {row.title}")
    return card(request, seat, row)


def card(request: StudioRequest, seat: Seat, row: Generation) -> HttpResponse:
    """Answer with the changed card to htmx, with the generation's page to everyone else."""
    context = {**news(seat, [row], []), "balance": shell_of(seat)["balance"]}
    return respond(request, CHANGES, context, page=row.get_absolute_url())


@require_POST
@in_team("cancel")
@takes_forms
def cancel(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Stop one that was not sent yet."""
    row = access.changeable_generation(seat, uuid, "cancel")
    actions.cancel_generation(row, acting_user=seat.user)
    return answer(request, seat, row, "Cancelled, not charged")


@require_POST
@in_team("decide")
@free_when_refused
@takes_forms
def try_again(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Send once more what may have been charged already: the person said they know."""
    row = access.changeable_generation(seat, uuid, "decide")
    actions.try_again(row, acting_user=seat.user)
    return answer(request, seat, row, "Queued again")


@require_POST
@in_team("decide")
@takes_forms
def stop_waiting(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Give up on one that left no trace."""
    row = access.changeable_generation(seat, uuid, "decide")
    actions.stop_waiting(row, acting_user=seat.user)
    return answer(request, seat, row, "No longer waiting for")


@require_POST
@in_team("retry")
@takes_forms
def fetch_again(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Fetch once more a file that could not be had."""
    row = access.changeable_generation(seat, uuid, "retry")
    actions.fetch_again(row, acting_user=seat.user)
    return card(request, seat, row)


@require_POST
@in_team("retry")
@free_when_refused
@takes_forms
def make_again(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Make a new one of the same recipe, at the price that stood on the button."""
    row = access.viewable_generation(seat, uuid)
    key = read_uuid(request.POST.get("submit_key"))
    if key is None:
        raise StudioError(OLD_FORM)
    micros = read_count(request.POST.get("quoted", ""))
    made = actions.make_again(seat, row, submit_key=key, quoted_micros=micros)
    if on_the_queue(request):
        return queue.answer(request, seat, f"Sent to queue: {row.title}")
    return HttpResponseRedirect(made.get_absolute_url())
