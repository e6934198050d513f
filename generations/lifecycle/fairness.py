"""The fair order of what is queued, and how much the API takes at once.

A lane is the queue of one media type: the API has separate limits for images and for videos.
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
"""A minute and a margin: the API counts when a request arrives, the studio when it leaves."""

UNLIMITED = 1_000_000


@dataclass(frozen=True)
class QueuedRow:
    """A queued generation: its author, since when, and whether a worker has claimed it."""

    id: int
    author: int
    since: datetime
    claimed: bool = False


@dataclass(frozen=True)
class Lane:
    """What is queued, in the order of sending, and how many the API takes now (`places`)."""

    entries: list[QueuedRow]
    places: int

    @property
    def next(self) -> list[QueuedRow]:
        """The generations that may be sent now."""
        return self.entries[: self.places]

    def admits(self, generation_id: int) -> bool:
        """Return whether this generation may be sent now."""
        return any(row.id == generation_id for row in self.next)


def in_fair_order(queued: Iterable[QueuedRow], in_flight: Mapping[int, int]) -> list[QueuedRow]:
    """Return queued generations in the order of sending.

    The next is from the person with the fewest generations in flight (`in_flight`, by person), and
    among equals from the person whose first one is the oldest. Each one that is placed counts as in
    flight from then on.
    """
    queues: defaultdict[int, deque[QueuedRow]] = defaultdict(deque)
    for row in sorted(queued, key=lambda one: one.id):
        queues[row.author].append(row)
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
    """Return the lane of a media type, without what backs off (`not_before`). Two queries."""
    moment = now()
    # One query reads both groups: two could miss a row that moves between them, or count it twice.
    ready = Q(state=State.QUEUED, not_before__lte=moment) | Q(state__in=HOLDING_PLACE)
    rows = Generation.objects.filter(ready, media_type=media_type).values_list(
        "id", "author_id", "state", "state_since", "lease_until"
    )
    queued, in_flight = [], Counter[int]()
    for pk, author, state, since, lease in rows:
        if state == State.QUEUED:
            claimed = lease is not None and lease > moment
            queued.append(QueuedRow(pk, author, since, claimed))
        else:
            in_flight[author] += 1
    return Lane(in_fair_order(queued, in_flight), _free_places(media_type, in_flight.total()))


def places_left(media_type: str) -> int:
    """Return how many requests for this media type the API takes now. Two queries at most."""
    in_flight = Generation.objects.filter(media_type=media_type, state__in=HOLDING_PLACE)
    return _free_places(media_type, in_flight.count())


def queue_places() -> dict[int, tuple[int, int]]:
    """Return the places of all queued generations of all teams: id to (n, m). One query.

    n is the place in its lane, m the length of the lane. What backs off keeps its place here: it
    will be sent from there.
    """
    rows = Generation.objects.filter(state__in=(State.QUEUED, *HOLDING_PLACE)).values_list(
        "id", "author_id", "state", "state_since", "media_type"
    )
    lanes: defaultdict[str, list[QueuedRow]] = defaultdict(list)
    in_flight: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for pk, author, state, since, media_type in rows:
        if state == State.QUEUED:
            lanes[media_type].append(QueuedRow(pk, author, since))
        else:
            in_flight[media_type][author] += 1
    places = {}
    for media_type, queued in lanes.items():
        for place, row in enumerate(in_fair_order(queued, in_flight[media_type]), start=1):
            places[row.id] = (place, len(queued))
    return places


def tier(media_type: str) -> Tier | None:
    """Return the account's limits for a media type; None if the limits are off."""
    limits: Mapping[str, tuple[int, int]] | None = settings.LUMA_LIMITS
    if limits is None:
        return None
    configured = limits.get(media_type)
    return Tier(*configured) if configured else BUILD_TIER[GenerationType(media_type)]


def _free_places(media_type: str, in_flight: int) -> int:
    limits = tier(media_type)
    if limits is None:
        return UNLIMITED
    free = limits.concurrent - in_flight
    if free <= 0:
        return 0
    return max(0, min(free, limits.creates_per_minute - _recent_creates(media_type)))


def _recent_creates(media_type: str) -> int:
    """Return how many attempts were marked within WINDOW, whatever their result. One query."""
    recent = Attempt.objects.filter(marked_at__gt=now() - WINDOW)
    return recent.filter(generation__media_type=media_type).count()
