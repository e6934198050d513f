"""Views of the library: the page, its older pages, and what changed on it."""

from collections.abc import Iterable
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from generations import queries
from generations.cards import render_cards
from generations.composer import open_composer
from generations.forms import read_uuid
from generations.models import Generation, State
from generations.starters import STARTERS
from generations.states import IN_PROGRESS
from studio.accounts.access import login_required
from studio.errors import NotFound
from studio.http import StudioRequest
from studio.teams.access import Seat, current_team, open_seat, remember_team

EVERY = 2000
EVERY_WHEN_STORING = 1000


@login_required
@require_safe
def home(request: StudioRequest) -> HttpResponse:
    """Go to the library of the team last used."""
    team = current_team(request.user, request.session)
    if team is None:
        raise NotFound("You are not in a team yet. Ask somebody for an invitation.")
    return HttpResponseRedirect(reverse("generations:library", args=(team.slug,)))


@login_required
@require_safe
def library(request: StudioRequest, team: str) -> HttpResponse:
    """The team's library with the composer docked under it."""
    where = open_seat(request.user, team, "view_library")
    remember_team(request.session, where.team)
    before = read_uuid(request.GET.get("before"))
    rows, following = queries.library_page(where, before)
    shell = queries.shell(where, "library")
    balance = shell["balance"]
    composer = open_composer(where, QueryDict(), balance) if shell["can_create"] else None
    context = {
        **shell,
        **poller(where, rows),
        "cards": numbered(where, rows),
        "next": following,
        "composer": composer,
        "starters": STARTERS,
        "first_page": before is None,
    }
    return render(request, "library/library.html", context)


@login_required
@require_safe
def older(request: StudioRequest, team: str) -> HttpResponse:
    """The fragment of one further page of cards."""
    where = open_seat(request.user, team, "view_library")
    rows, following = queries.library_page(where, read_uuid(request.GET.get("before")))
    context = {"seat": where, "cards": numbered(where, rows), "next": following}
    return render(request, "generations/_cards.html", context)


@login_required
@require_safe
def changes(request: StudioRequest, team: str) -> HttpResponse:
    """What moved since the page last looked; 204 when nothing did. Membership is checked."""
    where = open_seat(request.user, team, "view_library")
    moves = queries.moves(where, read_seen(request.GET.get("seen", "")))
    added = queries.newer_rows(where, read_uuid(request.GET.get("newest")))
    if not (moves.moved or moves.gone or added):
        return HttpResponse(status=204)
    rows = [*added, *moves.moved]
    context = {
        **news(where, moves.moved, added),
        **poller(where, rows, still=moves.still.values()),
        "gone": moves.gone,
        "balance": queries.shell(where)["balance"],
    }
    return render(request, "generations/_changes.html", context)


def news(where: Seat, moved: list[Generation], added: list[Generation]) -> dict[str, object]:
    """The context of _changes.html. Wakes the page's poller where there is something to follow."""
    rows = [*added, *moved]
    awake = any(row.state in IN_PROGRESS for row in rows)
    return {
        "moved": numbered(where, moved),
        "added": numbered(where, added),
        "said": said_of(moved),
        "seat": where,
        **(poller(where, rows) if awake else {}),
    }


def poller(
    where: Seat, rows: list[Generation], *, still: Iterable[State] = ()
) -> dict[str, object]:
    """The context of _poller.html: what to follow and how often; nothing in progress, never."""
    states = {State(row.state) for row in rows} | set(still)
    every = EVERY_WHEN_STORING if State.STORING in states else EVERY
    return {
        "url": reverse("generations:changes", args=(where.team.slug,)),
        "followed": followed(rows),
        "every": every if states & IN_PROGRESS else None,
        "can_create": where.can("create"),
    }


def followed(rows: list[Generation]) -> str:
    """The query of the first poll: what is in progress with its version, and the newest row."""
    seen = ",".join(f"{row.uuid}.{row.version}" for row in rows if row.state in IN_PROGRESS)
    newest = str(max(rows, key=lambda row: row.pk).uuid) if rows else ""
    return urlencode({"seen": seen, "newest": newest}, safe=",")


def numbered(where: Seat, rows: list[Generation]) -> list[tuple[UUID, SafeString]]:
    """The cards of rows, each with its uuid."""
    return list(zip((row.uuid for row in rows), render_cards(where, rows), strict=True))


def read_seen(text: str) -> dict[UUID, int]:
    """Read uuid.version pairs; what cannot be read is left out."""
    seen = {}
    for part in text.split(",")[: queries.MOST_FOLLOWED]:
        name, _, version = part.partition(".")
        uuid = read_uuid(name)
        if uuid is not None and version.isdecimal():
            seen[uuid] = int(version[:9])
    return seen


def said_of(moved: list[Generation]) -> str:
    """One sentence for the live region: what is finished, what failed, what needs a person."""
    finished = [row for row in moved if row.state == State.COMPLETED]
    failed = [row for row in moved if row.state in (State.FAILED, State.REFUSED)]
    asking = [row for row in moved if row.state == State.NEEDS_DECISION]
    parts = []
    for media in ("video", "image"):
        count = sum(row.media_type == media for row in finished)
        if count:
            parts.append(f"{count} {media}{'s' if count > 1 else ''} finished.")
    if failed:
        parts.append(f"{len(failed)} failed.")
    if asking:
        parts.append(f"{len(asking)} needs your decision.")
    return " ".join(parts)
