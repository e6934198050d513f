"""Notices: what finished or failed of a person's own work since they last looked."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.utils.dateparse import parse_datetime

from generations.models import Event, Generation, State
from generations.models.states import IN_PROGRESS, states_where
from studio.clock import now
from studio.teams.access import Seat

MOST = 20
LOOKED_AT = 1000
"""Events of a team that are looked through, newest first; what is older is no news."""


@dataclass(frozen=True)
class Notice:
    """One thing that happened to one generation; `fresh` when it came since the last shown."""

    generation: Generation
    state: State
    at: datetime
    fresh: bool

    @property
    def words(self) -> str:
        """What happened, in words."""
        return self.state.facts.notice


def notices(seat: Seat, seen: datetime) -> list[Notice]:
    """The person's last 20 notices in this team, newest first. One query."""
    recent = Event.objects.filter(team=seat.team).order_by("-id").values("id")[:LOOKED_AT]
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
    """Whether something of the person's is in progress. One query."""
    rows = Generation.objects.filter(team=seat.team, author=seat.user, state__in=IN_PROGRESS)
    return rows.exists()


def seen_until(session: SessionBase, seat: Seat) -> datetime:
    """When the person last looked; from their first page of a session on it is news."""
    said = parse_datetime(str(session.get(_name(seat), "")))
    if said is None:
        said = now()
        session[_name(seat)] = said.isoformat()
    return said


def mark_seen(session: SessionBase, seat: Seat) -> None:
    """They looked just now."""
    session[_name(seat)] = now().isoformat()


def _name(seat: Seat) -> str:
    return f"notices:{seat.team.slug}"
