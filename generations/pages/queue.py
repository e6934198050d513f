"""What a team waits for: where it stands in line, and how long such things usually take."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median, quantiles
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet

from generations import access
from generations.lifecycle import fairness
from generations.models import Attempt, Generation, Kind, State
from generations.models.states import TERMINAL, states_where
from generations.pages.generation import ShownGeneration
from studio.clock import now
from studio.teams.access import Seat
from studio.teams.models import Team

MOST_SHOWN = 100
FAILED_SHOWN = 10
LATELY = timedelta(hours=24)
SAMPLES, FEWEST_SAMPLES = 50, 5
LOOKED_AT = 2000
KEPT_SECONDS = 60

OWN_PACE = frozenset({Kind.MODIFY_VIDEO, Kind.REFRAME_VIDEO, Kind.REFRAME_IMAGE, Kind.UPSCALE})
"""Kinds that take another time than a new video or picture of the same size; so does sound."""

Shape = tuple[str, str, str, int | None]
"""What takes about the same time: kind or media type, model, resolution, seconds."""


@dataclass(frozen=True)
class UsualTime:
    """Seconds from sending to the library: the middle one, and what nine of ten stay below."""

    seconds: float
    long: float

    def __str__(self) -> str:
        return clock_words(self.seconds)


def usual(generation: Generation) -> UsualTime | None:
    """How long such a one usually takes in this team; None below five samples.

    Reads self.team. One query a minute and team, none in between.
    """
    return usual_times(generation.team).get(_shape(generation))


def usual_times(team: Team) -> dict[Shape, UsualTime]:
    """The middle of the last 50 of each shape. One query, kept for a minute."""
    name = f"usual:{team.uuid}"
    found: dict[Shape, UsualTime] | None = cache.get(name)
    if found is None:
        found = _measure(team)
        cache.set(name, found, KEPT_SECONDS)
    return found


def _measure(team: Team) -> dict[Shape, UsualTime]:
    rows = (
        Attempt.objects.filter(
            generation__team=team,
            generation__state=State.COMPLETED,
            generation__completed_at__isnull=False,
            outcome=Attempt.Outcome.ACCEPTED,
            marked_at__isnull=False,
        )
        .select_related("generation")
        .only(
            *("marked_at", "generation__kind", "generation__media_type", "generation__model"),
            *("generation__resolution", "generation__seconds", "generation__completed_at"),
        )
        .order_by("-id")[:LOOKED_AT]
    )
    samples: defaultdict[Shape, list[float]] = defaultdict(list)
    for row in rows:
        kept = samples[_shape(row.generation)]
        if row.generation.completed_at and row.marked_at and len(kept) < SAMPLES:
            kept.append((row.generation.completed_at - row.marked_at).total_seconds())
    return {
        shape: UsualTime(median(taken), quantiles(taken, n=10)[-1])
        for shape, taken in samples.items()
        if len(taken) >= FEWEST_SAMPLES
    }


def _shape(generation: Generation) -> Shape:
    own_pace = generation.kind in OWN_PACE or generation.kind == Kind.ADD_AUDIO
    kind = generation.kind if own_pace else generation.media_type
    return kind, generation.model, generation.resolution, generation.seconds


def clock_words(seconds: float) -> str:
    """A length of time as a clock shows it: 0:07, 1:40, 1:02:03."""
    whole = round(seconds)
    minutes = f"{whole // 60 % 60:02d}" if whole >= 3600 else str(whole // 60)
    hours = f"{whole // 3600}:" if whole >= 3600 else ""
    return f"{hours}{minutes}:{whole % 60:02d}"


@dataclass(frozen=True)
class QueueEntry:
    """One line of the queue: how it looks, its place (n of m), what this person may do."""

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
class TeamQueue:
    """A team's queue as one person sees it; `more` are waiting ones that are not shown."""

    asking: list[QueueEntry]
    working: list[QueueEntry]
    waiting: list[QueueEntry]
    failed: list[ShownGeneration]
    more: int

    @property
    def standing(self) -> list[QueueEntry]:
        """Everything that is not finished."""
        return [*self.asking, *self.working, *self.waiting]

    @property
    def states(self) -> set[State]:
        """The states of what is not finished."""
        return {one.shown.state for one in self.standing}

    def version(self, *more: object) -> str:
        """A name for what it shows, to compare with what a page has."""
        shown: list[Any] = [
            (one.shown.generation.pk, one.shown.generation.version, one.place, one.slow)
            for one in self.standing
        ]
        shown += [(one.generation.pk, one.generation.version) for one in self.failed]
        return hashlib.sha256(repr((shown, self.more, more)).encode()).hexdigest()[:16]


def queue_of(seat: Seat) -> TeamQueue:
    """Everything of a team that is not finished, and what failed lately. At most five queries."""
    rows = list(_standing_rows(seat))
    places = fairness.queue_places()
    pace = usual_times(seat.team)
    standing = [_standing(seat, row, places, pace) for row in rows]
    waiting = [one for one in standing if one.shown.state.facts.before_sending]
    waiting.sort(key=lambda one: one.place or (len(places) + 1, 0))
    return TeamQueue(
        asking=[one for one in standing if one.shown.state.facts.needs_decision],
        working=[one for one in standing if one.shown.state.facts.working],
        waiting=waiting[:MOST_SHOWN],
        failed=[ShownGeneration(row) for row in failed_lately(seat)],
        more=max(0, len(waiting) - MOST_SHOWN),
    )


def _standing_rows(seat: Seat) -> Iterable[Generation]:
    rows = access.visible_to(seat).filter(trashed_at=None).exclude(state__in=TERMINAL)
    return rows.order_by("id")


def _standing(
    seat: Seat,
    row: Generation,
    places: dict[int, tuple[int, int]],
    pace: dict[Shape, UsualTime],
) -> QueueEntry:
    own = row.author_id == seat.user.pk
    return QueueEntry(
        shown=ShownGeneration(row),
        place=places.get(row.pk),
        usual=pace.get(_shape(row)),
        can_cancel=row.facts.before_sending and seat.can("cancel", own=own),
        can_decide=row.facts.needs_decision and seat.can("decide", own=own),
    )


def failed_lately(seat: Seat) -> QuerySet[Generation]:
    """What came to nothing within a day and was not made again since. One query."""
    again = Generation.objects.filter(
        team=seat.team, fingerprint=OuterRef("fingerprint"), id__gt=OuterRef("id")
    )
    rows = access.visible_to(seat).filter(
        trashed_at=None,
        state__in=states_where(lambda facts: facts.went_wrong),
        state_since__gt=now() - LATELY,
    )
    return rows.exclude(Exists(again)).order_by("-state_since", "-id")[:FAILED_SHOWN]
