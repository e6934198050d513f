"""What keeps a page up to date: its poller, and the cards that changed."""

from collections.abc import Iterable
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString

from generations.models import Generation, State
from generations.models.states import IN_PROGRESS
from generations.pages.cards import render_cards
from generations.queries.library import MOST_FOLLOWED
from studio.forms import read_uuid
from studio.teams.access import Seat

EVERY = 2000


EVERY_WHEN_STORING = 1000


def news(seat: Seat, moved: list[Generation], added: list[Generation]) -> dict[str, object]:
    """The context of _changes.html. Wakes the page's poller where there is something to follow."""
    rows = [*added, *moved]
    awake = any(row.state in IN_PROGRESS for row in rows)
    return {
        "moved": numbered(seat, moved),
        "added": numbered(seat, added),
        "said": said_of(moved),
        "seat": seat,
        **(poller(seat, rows) if awake else {}),
    }


def poller(seat: Seat, rows: list[Generation], *, still: Iterable[State] = ()) -> dict[str, object]:
    """The context of _poller.html: what to follow and how often; nothing in progress, never."""
    states = {State(row.state) for row in rows} | set(still)
    every = EVERY_WHEN_STORING if State.STORING in states else EVERY
    return {
        "url": reverse("generations:changes", args=(seat.team.slug,)),
        "followed": followed(rows),
        "every": every if states & IN_PROGRESS else None,
        "can_create": seat.can("create"),
    }


def followed(rows: list[Generation]) -> str:
    """The query of the first poll: what is in progress with its version, and the newest row."""
    seen = ",".join(f"{row.uuid}.{row.version}" for row in rows if row.state in IN_PROGRESS)
    newest = str(max(rows, key=lambda row: row.pk).uuid) if rows else ""
    return urlencode({"seen": seen, "newest": newest}, safe=",")


def numbered(seat: Seat, rows: list[Generation]) -> list[tuple[UUID, SafeString]]:
    """The cards of rows, each with its uuid."""
    return list(zip((row.uuid for row in rows), render_cards(seat, rows), strict=True))


def read_seen(text: str) -> dict[UUID, int]:
    """Read uuid.version pairs; what cannot be read is left out."""
    seen = {}
    for part in text.split(",")[:MOST_FOLLOWED]:
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
