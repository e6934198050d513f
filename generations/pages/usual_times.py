"""How long generations of a shape usually take, measured from what the team made."""

from collections import defaultdict
from dataclasses import dataclass
from statistics import median, quantiles

from django.core.cache import cache

from generations.models import Attempt, Generation, Kind, State
from studio.teams.models import Team

SAMPLES, FEWEST_SAMPLES = 50, 5
MOST_ATTEMPTS = 2000
"""Attempts that are read, newest first, to find the samples."""
CACHE_SECONDS = 60

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


def usual_time(generation: Generation) -> UsualTime | None:
    """Return how long such a generation takes in its team; None below five samples.

    Reads generation.team. One query a minute and team, none in between.
    """
    return usual_times(generation.team).get(shape_of(generation))


def usual_times(team: Team) -> dict[Shape, UsualTime]:
    """Return the usual time of each shape, from its last 50. One query, cached for a minute."""
    # Numbers only: another release can read them, whatever its classes are called.
    name = f"usual-times:{team.uuid}"
    times: dict[Shape, tuple[float, float]] | None = cache.get(name)
    if times is None:
        times = {shape: (one.seconds, one.long) for shape, one in _measured(team).items()}
        cache.set(name, times, CACHE_SECONDS)
    return {shape: UsualTime(*one) for shape, one in times.items()}


def _measured(team: Team) -> dict[Shape, UsualTime]:
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
        .order_by("-id")[:MOST_ATTEMPTS]
    )
    samples: defaultdict[Shape, list[float]] = defaultdict(list)
    for row in rows:
        taken = samples[shape_of(row.generation)]
        if row.generation.completed_at and row.marked_at and len(taken) < SAMPLES:
            taken.append((row.generation.completed_at - row.marked_at).total_seconds())
    return {
        shape: UsualTime(median(taken), quantiles(taken, n=10)[-1])
        for shape, taken in samples.items()
        if len(taken) >= FEWEST_SAMPLES
    }


def shape_of(generation: Generation) -> Shape:
    """Return the shape of a generation."""
    own_pace = generation.kind in OWN_PACE or generation.kind == Kind.ADD_AUDIO
    kind = generation.kind if own_pace else generation.media_type
    return kind, generation.model, generation.resolution, generation.seconds


def clock_words(seconds: float) -> str:
    """Return a length of time as a clock shows it: 0:07, 1:40, 1:02:03."""
    whole = round(seconds)
    minutes = f"{whole // 60 % 60:02d}" if whole >= 3600 else str(whole // 60)
    hours = f"{whole // 3600}:" if whole >= 3600 else ""
    return f"{hours}{minutes}:{whole % 60:02d}"
