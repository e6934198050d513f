"""Whose turn it is: the fair order of what waits, and how much the API takes at once.

Pictures and videos have limits of their own at the API, and so a lane each.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heapreplace

from django.conf import settings
from django.db.models import Q

from generations.luma.capabilities import BUILD_TIER, Tier
from generations.luma.schema import GenerationType
from generations.models import Attempt, Generation, State
from generations.models.states import HOLDING_PLACE
from studio.clock import now

LANES = tuple(str(media_type) for media_type in BUILD_TIER)
WINDOW = timedelta(seconds=62)
"""A minute and a margin: the API counts from when a create arrives, we from when it leaves."""

UNLIMITED = 1_000_000


@dataclass(frozen=True)
class QueuedRow:
    """One that waits to be sent: whose it is, since when, and whether a worker is at it."""

    id: int
    author: int
    since: datetime
    claimed: bool = False


@dataclass(frozen=True)
class Lane:
    """What waits in the order in which it goes, and how many the API takes right now."""

    entries: list[QueuedRow]
    places: int

    @property
    def next(self) -> list[QueuedRow]:
        """Those whose turn it is."""
        return self.entries[: self.places]

    def admits(self, generation_id: int) -> bool:
        """Whether it is this one's turn."""
        return any(turn.id == generation_id for turn in self.next)


def in_fair_order(waiting: Iterable[QueuedRow], in_flight: Mapping[int, int]) -> list[QueuedRow]:
    """Put what waits into the order in which it goes.

    The person with the fewest in flight (`in_flight`, by person) comes next, and of several the one
    whose oldest has waited longest; what is sent counts as in flight for the next choice.
    """
    queues: defaultdict[int, deque[QueuedRow]] = defaultdict(deque)
    for turn in sorted(waiting, key=lambda one: one.id):
        queues[turn.author].append(turn)
    heap = [(in_flight.get(author, 0), queue[0].id, author) for author, queue in queues.items()]
    heapify(heap)
    found: list[QueuedRow] = []
    while heap:
        count, _, author = heap[0]
        found.append(queues[author].popleft())
        if queues[author]:
            heapreplace(heap, (count + 1, queues[author][0].id, author))
        else:
            heappop(heap)
    return found


def lane(media_type: str) -> Lane:
    """What may be sent now of one media type; what backs off stands aside. Two queries.

    One query reads what waits and what flies, so that a row is never in both or in neither.
    """
    moment = now()
    ready = Q(state=State.QUEUED, not_before__lte=moment) | Q(state__in=HOLDING_PLACE)
    rows = Generation.objects.filter(ready, media_type=media_type).values_list(
        "id", "author_id", "state", "state_since", "lease_until"
    )
    waiting, in_flight = [], Counter[int]()
    for row, author, state, since, lease in rows:
        if state == State.QUEUED:
            waiting.append(
                QueuedRow(row, author, since, claimed=lease is not None and lease > moment)
            )
        else:
            in_flight[author] += 1
    return Lane(in_fair_order(waiting, in_flight), _free_places(media_type, in_flight.total()))


def places_left(media_type: str) -> int:
    """How many creates of this media type the API takes right now. At most two queries."""
    in_flight = Generation.objects.filter(media_type=media_type, state__in=HOLDING_PLACE)
    return _free_places(media_type, in_flight.count())


def queue_places() -> dict[int, tuple[int, int]]:
    """The place of everything queued, of every team: id to (n, m) in its lane. One query.

    What backs off keeps its place here, for it will go out where it stands.
    """
    rows = Generation.objects.filter(state__in=(State.QUEUED, *HOLDING_PLACE)).values_list(
        "id", "author_id", "state", "state_since", "media_type"
    )
    waiting: defaultdict[str, list[QueuedRow]] = defaultdict(list)
    in_flight: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for row, author, state, since, media_type in rows:
        if state == State.QUEUED:
            waiting[media_type].append(QueuedRow(row, author, since))
        else:
            in_flight[media_type][author] += 1
    places = {}
    for media_type, turns in waiting.items():
        for place, turn in enumerate(in_fair_order(turns, in_flight[media_type]), start=1):
            places[turn.id] = (place, len(turns))
    return places


def tier(media_type: str) -> Tier | None:
    """The account's limits for a media type; none where the limits are off."""
    limits: Mapping[str, tuple[int, int]] | None = settings.LUMA_LIMITS
    if limits is None:
        return None
    said = limits.get(media_type)
    return Tier(*said) if said else BUILD_TIER[GenerationType(media_type)]


def _free_places(media_type: str, in_flight: int) -> int:
    limits = tier(media_type)
    if limits is None:
        return UNLIMITED
    free = limits.concurrent - in_flight
    return (
        max(0, min(free, limits.creates_per_minute - _recent_creates(media_type)))
        if free > 0
        else 0
    )


def _recent_creates(media_type: str) -> int:
    """Creates that left within the last minute, whatever came of them. One query."""
    recent = Attempt.objects.filter(marked_at__gt=now() - WINDOW)
    return recent.filter(generation__media_type=media_type).count()
