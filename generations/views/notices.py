"""Views of notices: how many are new, and the list that the bell opens."""

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from generations.pages import notices as pages
from generations.views.decorators import takes_forms
from studio.clock import now
from studio.http import StudioRequest, respond
from studio.teams.access import Seat
from studio.teams.decorators import in_team

LIST = "notices/_notices.html"


@require_safe
@in_team("view_queue")
def notices(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Return as JSON how many are unseen, the sentences after `since`, and if more may come."""
    rows = pages.notices(seat, pages.seen_until(request.session, seat))
    since = parse_datetime(request.GET.get("since", "")) or now()
    sentences = [f"{row.generation.title}: {row.words}" for row in rows if row.at > since]
    return JsonResponse(
        {
            "unseen": sum(row.fresh for row in rows),
            "came": sentences,
            "busy": pages.busy(seat),
            "now": (rows[0].at if rows else since).isoformat(),
        }
    )


@require_POST
@in_team("view_queue")
@takes_forms
def notices_seen(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Show the list with new notices marked, and mark them as seen."""
    rows = pages.notices(seat, pages.seen_until(request.session, seat))
    pages.mark_seen(request.session, seat)
    page = reverse("generations:queue", args=(seat.team.slug,))
    return respond(request, LIST, {"notices": rows, "seat": seat}, page=page)
