"""Notices: which of a person's own generations finished or failed since they last looked."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.utils.dateparse import parse_datetime

from generations.models import Event, Generation, State
from generations.models.states import IN_PROGRESS, states_where
from studio.clock import now
from studio.teams.access import Seat

MOST = 20
MOST_EVENTS = 1000
"""Events of a team that are searched, newest first."""


@dataclass(frozen=True)
class Notice:
    """One event of one generation. `fresh`: the person has not seen it yet."""

    generation: Generation
    state: State
    at: datetime
    fresh: bool

    @property
    def words(self) -> str:
        """What happened, in words."""
        return self.state.facts.notice


def notices(seat: Seat, seen: datetime) -> list[Notice]:
    """Return the person's last 20 notices in this team, newest first. One query."""
    recent = Event.objects.filter(team=seat.team).order_by("-id").values("id")[:MOST_EVENTS]
    rows = Event.objects.filter(
        id__in=recent,
        to_state__in=states_where(lambda facts: bool(facts.notice)),
        generation__author=seat.user,
        generation__trashed_at=None,
    ).select_related("generation__team")
    return [
        Notice(row.generation, State(row.to_state), row.at, row.at > seen)
        for row in rows.order_by("-id")[:MOST]
        if row.generation is not None
    ]


def busy(seat: Seat) -> bool:
    """Return whether a generation of the person is in progress. One query."""
    rows = Generation.objects.filter(team=seat.team, author=seat.user, state__in=IN_PROGRESS)
    return rows.exists()


def seen_until(session: SessionBase, seat: Seat) -> datetime:
    """Return when the person last looked. In a new session, the time of its first page."""
    said = parse_datetime(str(session.get(_name(seat), "")))
    if said is None:
        said = now()
        session[_name(seat)] = said.isoformat()
    return said


def mark_seen(session: SessionBase, seat: Seat) -> None:
    """Note that the person has looked now."""
    session[_name(seat)] = now().isoformat()


def _name(seat: Seat) -> str:
    return f"notices:{seat.team.slug}"
