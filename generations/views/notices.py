"""Views of notices: how many are new, and the list that the bell opens."""

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from generations import notices as told
from generations.views.doors import takes_forms
from studio.accounts.access import login_required
from studio.clock import now
from studio.http import StudioRequest, respond
from studio.teams.access import open_seat

LIST = "queue/_notices.html"


@login_required
@require_safe
def notices(request: StudioRequest, team: str) -> HttpResponse:
    """How many are unseen, what came after `since`, and whether more may come; as JSON."""
    where = open_seat(request.user, team, "view_queue")
    rows = told.notices(where, told.seen_until(request.session, where))
    since = parse_datetime(request.GET.get("since", "")) or now()
    came = [f"{row.generation.title}: {row.words}" for row in rows if row.at > since]
    return JsonResponse(
        {
            "unseen": sum(row.fresh for row in rows),
            "came": came,
            "busy": told.busy(where),
            "now": (rows[0].at if rows else since).isoformat(),
        }
    )


@login_required
@takes_forms
@require_POST
def notices_seen(request: StudioRequest, team: str) -> HttpResponse:
    """The list, with what is new marked as such; from now on it is not new any more."""
    where = open_seat(request.user, team, "view_queue")
    rows = told.notices(where, told.seen_until(request.session, where))
    told.mark_seen(request.session, where)
    page = reverse("generations:queue", args=(team,))
    return respond(request, LIST, {"notices": rows, "seat": where}, page=page)
