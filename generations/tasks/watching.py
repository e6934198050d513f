"""The watcher: a process that looks at the rows, so that nothing depends on a hint arriving."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import Q

from generations import hints
from generations.actions import progress, purge_generation
from generations.keys import current_key
from generations.luma.errors import LumaError
from generations.media import store
from generations.models import Attempt, Beat, CallbackDelivery, Generation, State
from generations.spending.actions import void_hold
from generations.states import Actor
from generations.tasks.following import ask_people, follow, probe_paused
from generations.tasks.luma import open_client, owner, refresh_balance
from generations.tasks.submitting import IN_FLIGHT
from studio.clock import now

log = structlog.get_logger(__name__)

WATCHER = "watcher"
TICK = 0.25
GRACE = timedelta(seconds=1.5)
HINT_AGAIN = 10.0
MOST_HINTS = 20
KEEP_HOLD = timedelta(hours=24)


@dataclass
class Duty:
    """Something done every so many seconds."""

    every: float
    do: Callable[[], object]
    due: float = 0.0


@dataclass
class Watcher:
    """One installation's watcher; a lease keeps a second one idle until this one is gone."""

    hinted: dict[tuple[str, int], float] = field(default_factory=dict)
    stopping: bool = False

    def duties(self) -> list[Duty]:
        """What is done, and how often; intervals are settings."""
        return [
            Duty(settings.SWEEP_INTERVAL, self.sweep),
            Duty(1.0, self.sweep_callbacks),
            Duty(settings.WATCH_INTERVAL, self.watch),
            Duty(60.0, self.look_at_account),
            Duty(3600.0, self.clean_up),
        ]

    def run(self) -> None:
        """Watch until stopped. A duty that fails is logged and comes again."""
        duties = self.duties()
        while not self.stopping:
            if self.take_lease():
                for duty in duties:
                    self._perform(duty)
            time.sleep(TICK)

    def take_lease(self) -> bool:
        """Hold, or take over, the one lease there is. One or two queries."""
        moment = now()
        free = Q(owner=owner()) | Q(at__lt=moment - timedelta(seconds=settings.WATCHER_LEASE))
        try:
            close_old_connections()
            if Beat.objects.filter(free, name=WATCHER).update(owner=owner(), at=moment):
                return True
            _, made = Beat.objects.get_or_create(
                name=WATCHER, defaults={"owner": owner(), "at": moment}
            )
        except DatabaseError:
            log.exception("watcher cannot reach the database")
            return False
        return made

    def _perform(self, duty: Duty) -> None:
        if time.monotonic() < duty.due:
            return
        try:
            duty.do()
        except (LumaError, DatabaseError) as error:
            log.warning("watcher duty failed", duty=str(duty.do), reason=str(error)[:200])
        duty.due = time.monotonic() + duty.every

    def watch(self) -> None:
        """Look at everything that is at Luma or in doubt; one list request."""
        key = current_key()
        with open_client() as client:
            follow(client, key)
        ask_people(key)

    def sweep(self) -> None:
        """Find rows that stand still and say so to the queue. A handful of queries."""
        doubt_expired()
        release_given_up()
        for media_type, places in IN_FLIGHT.items():
            flying = Generation.objects.filter(
                media_type=media_type, state__in=(State.SENDING, State.DREAMING)
            ).count()
            ids = standing(State.QUEUED, media_type=media_type)
            self._hint("submit_generation", ids, most=max(1, places - flying))
        self._hint("store_assets", standing(State.STORING), most=MOST_HINTS)

    def sweep_callbacks(self) -> None:
        """Callbacks whose hint was lost, or that came too soon after a look. One query."""
        callbacks = CallbackDelivery.objects.filter(
            processed_at__isnull=True, received_at__lt=now() - timedelta(seconds=1)
        )
        waiting = list(callbacks.values_list("attempt_id", flat=True).distinct()[:MOST_HINTS])
        self._hint("look_at_attempt", waiting, most=MOST_HINTS, again=1.0)

    def _hint(self, task: str, ids: list[int], *, most: int, again: float = HINT_AGAIN) -> None:
        moment = time.monotonic()
        for row_id in ids[: max(most, 0)]:
            if moment - self.hinted.get((task, row_id), -again) < again:
                continue
            hints.give(task, row_id)
            self.hinted[(task, row_id)] = moment
        if len(self.hinted) > 10_000:
            self.hinted.clear()

    def look_at_account(self) -> None:
        """Refresh the balance; see whether a paused key works again."""
        key = current_key()
        with open_client() as client:
            if key.paused_at is not None:
                probe_paused(client, key)
            refresh_balance(client)

    def clean_up(self) -> None:
        """Empty the trash of what has lain there long enough, and the store of leftovers."""
        old = now() - timedelta(days=settings.TRASH_DAYS)
        rows = Generation.objects.filter(trashed_at__lt=old, purged_at__isnull=True)
        for generation in rows.select_related("original", "poster", "preview")[:200]:
            purge_generation(generation, acting_user=None)
        store.sweep()


def standing(state: State, **where: str) -> list[int]:
    """Ids of rows that wait in a state with nobody at them, oldest first."""
    moment = now()
    nobody = Q(lease_until__isnull=True) | Q(lease_until__lt=moment)
    rows = Generation.objects.filter(
        nobody, state=state, not_before__lte=moment, state_since__lt=moment - GRACE, **where
    )
    return list(rows.order_by("id").values_list("id", flat=True)[:MOST_HINTS])


def doubt_expired() -> None:
    """What was being sent by a process that is gone is in doubt."""
    rows = Attempt.objects.filter(
        outcome=Attempt.Outcome.SENDING,
        generation__state=State.SENDING,
        generation__lease_until__lt=now(),
    )
    for attempt in rows:
        progress.doubt(attempt, Actor.TIMER)


def release_given_up() -> None:
    """A day after somebody stopped waiting, the money set aside is free again."""
    rows = Attempt.objects.filter(
        outcome=Attempt.Outcome.IN_DOUBT,
        generation__state=State.GIVEN_UP,
        generation__state_since__lt=now() - KEEP_HOLD,
    )
    for attempt in rows:
        with transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).update(outcome=Attempt.Outcome.GIVEN_UP)
            void_hold(attempt.uuid)
