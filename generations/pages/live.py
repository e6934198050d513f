"""What keeps a page up to date: its poller, and the cards that changed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString

from generations.luma.pricing import format_price
from generations.models import Generation, State
from generations.models.states import IN_PROGRESS
from generations.pages.cards import render_cards
from generations.pages.part import Part
from generations.queries.library import MOST_FOLLOWED
from generations.recipes.again import total_of
from studio.forms import read_uuid
from studio.teams.access import Seat

EVERY = 2000  # milliseconds between two polls
EVERY_WHEN_STORING = 1000


@dataclass(frozen=True)
class Poller(Part):
    """What _poller.html reads: the address, its first query, and the milliseconds between polls.

    `every` is None while nothing is in progress: the poller rests. `beside_composer`: a press of
    Generate on the same page ends the poll that is under way.
    """

    url: str
    every: int | None
    followed: str = ""
    beside_composer: bool = False


@dataclass(frozen=True)
class Changes(Part):
    """What _changes.html reads. `poller` is there when something is in progress."""

    seat: Seat
    moved: list[tuple[UUID, SafeString]]
    added: list[tuple[UUID, SafeString]]
    said: str
    poller: Poller | None


def changes_of(
    seat: Seat,
    moved: list[Generation],
    added: list[Generation],
    *,
    still: Iterable[State] | None = None,
) -> Changes:
    """Return the cards that changed and the new ones. Two cache reads for each, no query.

    The poller of the page is only woken, because the page may follow more than these rows. With
    `still`, the states of all else that it follows, the poller may come to rest too.
    """
    poller = library_poller(seat, [*added, *moved], still=still or ())
    return Changes(
        seat=seat,
        moved=numbered(seat, moved),
        added=numbered(seat, added),
        said=said_of(moved),
        poller=None if still is None and poller.every is None else poller,
    )


def changes_after_press(seat: Seat, made: list[Generation], *, repeated: bool) -> Changes:
    """Return the new cards and a sentence for the live region; a repeated press adds no card."""
    if repeated:
        return changes_of(seat, made, [])
    media, several = made[0].media_type, "s" if len(made) > 1 else ""
    about = format_price(total_of([row.quote_micros for row in made])).removeprefix("≈ ")
    said = f"Sent to queue: {len(made)} {media}{several}, about {about}."
    return replace(changes_of(seat, [], made[::-1]), said=said)


def library_poller(seat: Seat, rows: list[Generation], *, still: Iterable[State] = ()) -> Poller:
    """Return the poller of a page with cards. `still`: states that the page follows besides."""
    return Poller(
        url=reverse("generations:changes", args=(seat.team.slug,)),
        every=how_often({State(row.state) for row in rows} | set(still)),
        followed=followed(rows),
        beside_composer=seat.can("create"),
    )


def how_often(states: set[State]) -> int | None:
    """Return the milliseconds between two polls; None when nothing is in progress."""
    if State.STORING in states:
        return EVERY_WHEN_STORING
    return EVERY if states & IN_PROGRESS else None


def followed(rows: list[Generation]) -> str:
    """Return the query of the first poll: each version in progress, and the newest row."""
    seen = ",".join(f"{row.uuid}.{row.version}" for row in rows if row.state in IN_PROGRESS)
    newest = str(max(rows, key=lambda row: row.pk).uuid) if rows else ""
    return urlencode({"seen": seen, "newest": newest}, safe=",")


def numbered(seat: Seat, rows: list[Generation]) -> list[tuple[UUID, SafeString]]:
    """Return the cards of rows, each with its uuid."""
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
    """Return a sentence for the live region: what finished, what failed, what needs a person."""
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
