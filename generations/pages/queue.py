"""The Queue page: what a team waits for, what needs a decision, and what failed lately."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from generations import access
from generations.lifecycle import api_key, fairness
from generations.models import Generation, State
from generations.models.states import TERMINAL, states_where
from generations.pages.generation import ShownGeneration
from generations.pages.live import Poller, how_often
from generations.pages.part import Part, digest_of
from generations.pages.usual_times import Shape, UsualTime, shape_of, usual_times
from generations.spending.queries import Balance
from studio.clock import now
from studio.teams.access import Seat

MOST_SHOWN = 100
FAILED_SHOWN = 10
LATELY = timedelta(hours=24)


@dataclass(frozen=True)
class QueueEntry:
    """One row of the queue: its place (n of m), its usual time, and what this person may do."""

    shown: ShownGeneration
    place: tuple[int, int] | None
    usual: UsualTime | None
    can_cancel: bool
    can_decide: bool

    @property
    def slow(self) -> bool:
        """Whether it takes longer than nine of ten."""
        if self.usual is None or not self.shown.state.facts.working:
            return False
        age = (now() - self.shown.generation.state_since).total_seconds()
        return age > self.usual.long


@dataclass(frozen=True)
class ShownQueue:
    """A team's queue as one person sees it. `more` counts the waiting ones that are not shown."""

    asking: list[QueueEntry]
    working: list[QueueEntry]
    waiting: list[QueueEntry]
    failed: list[ShownGeneration]
    more: int

    @property
    def unfinished(self) -> list[QueueEntry]:
        """Everything that is not finished."""
        return [*self.asking, *self.working, *self.waiting]

    @property
    def states(self) -> set[State]:
        """The states of what is not finished."""
        return {one.shown.state for one in self.unfinished}

    def version(self, *more: object) -> str:
        """Return a short digest of what it shows, for a page to compare with its own."""
        shown: list[Any] = [
            (one.shown.generation.pk, one.shown.generation.version, one.place, one.slow)
            for one in self.unfinished
        ]
        shown += [(one.generation.pk, one.generation.version) for one in self.failed]
        return digest_of(shown, self.more, more)


def queue_of(seat: Seat) -> ShownQueue:
    """Return what is not finished and what failed lately. At most five queries."""
    rows = list(_unfinished_rows(seat))
    places = fairness.queue_places()
    times = usual_times(seat.team)
    unfinished = [_entry(seat, row, places, times) for row in rows]
    waiting = [one for one in unfinished if one.shown.state.facts.before_sending]
    waiting.sort(key=lambda one: one.place or (len(places) + 1, 0))
    return ShownQueue(
        asking=[one for one in unfinished if one.shown.state.facts.needs_decision],
        working=[one for one in unfinished if one.shown.state.facts.working],
        waiting=waiting[:MOST_SHOWN],
        failed=[ShownGeneration(row) for row in failed_lately(seat)],
        more=max(0, len(waiting) - MOST_SHOWN),
    )


def _unfinished_rows(seat: Seat) -> Iterable[Generation]:
    rows = access.visible_generations(seat).filter(trashed_at=None).exclude(state__in=TERMINAL)
    return rows.order_by("id")


def _entry(
    seat: Seat,
    row: Generation,
    places: dict[int, tuple[int, int]],
    times: dict[Shape, UsualTime],
) -> QueueEntry:
    own = row.author_id == seat.user.pk
    return QueueEntry(
        shown=ShownGeneration(row),
        place=places.get(row.pk),
        usual=times.get(shape_of(row)),
        can_cancel=row.facts.before_sending and seat.can("cancel", own=own),
        can_decide=row.facts.needs_decision and seat.can("decide", own=own),
    )


def failed_lately(seat: Seat) -> QuerySet[Generation]:
    """Return what failed within a day and was not made again since. One query."""
    again = Generation.objects.filter(
        team=seat.team, fingerprint=OuterRef("fingerprint"), id__gt=OuterRef("id")
    )
    rows = access.visible_generations(seat).filter(
        trashed_at=None,
        state__in=states_where(lambda facts: facts.went_wrong),
        state_since__gt=now() - LATELY,
    )
    return rows.exclude(Exists(again)).order_by("-state_since", "-id")[:FAILED_SHOWN]


@dataclass(frozen=True)
class QueuePage(Part):
    """What queue/_queue.html reads. `failed` holds each with the key of its retry button."""

    line: ShownQueue
    failed: list[tuple[ShownGeneration, UUID]]
    paused: str
    can_retry: bool
    version: str
    poller: Poller


def queue_page(seat: Seat, balance: Balance | None) -> QueuePage:
    """Return the Queue page. At most six queries."""
    line = queue_of(seat)
    key = api_key.current_key()
    version = line.version(key.paused_reason, balance)
    url = reverse("generations:queue_changes", args=(seat.team.slug,))
    return QueuePage(
        line=line,
        failed=[(shown, uuid4()) for shown in line.failed],
        paused=key.paused_reason if key.paused_at else "",
        can_retry=seat.can("retry"),
        version=version,
        poller=Poller(f"{url}?version={version}", how_often(line.states)),
    )
