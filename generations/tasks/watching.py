"""The watcher: a process that looks at the rows, so that nothing depends on a hint arriving."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import F, Q

from generations.actions import purge_generation
from generations.actions.trash import delete_removed
from generations.lifecycle import fairness, hints, progress
from generations.lifecycle.api_key import CHECK_TIME, current_key
from generations.lifecycle.transitions import Actor, lock
from generations.lifecycle.waiting import advance_waiting
from generations.luma.errors import LumaError
from generations.media import store, uploads
from generations.models import (
    FILES,
    AccountImport,
    ApiKey,
    Attempt,
    CallbackDelivery,
    Generation,
    Heartbeat,
    State,
)
from generations.models.states import IN_DOUBT, TERMINAL
from generations.queries.uploads import uploads_in_use_later
from generations.spending.actions import void_hold
from generations.tasks import luma
from generations.tasks.doubting import require_decisions
from generations.tasks.following import resume_paused, run_list_pass, stall_elsewhere
from generations.tasks.inline import InlineSlots, inline_ids
from studio.clock import now
from studio.errors import Conflict, StudioError

log = structlog.get_logger(__name__)

WATCHER = "watcher"
TICK = 0.25
GRACE = timedelta(seconds=1.5)
HINT_AGAIN = 4.0
PATIENCE = 10.0
"""Seconds that one request of the watcher may take, repetitions included."""

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
    inline: InlineSlots = field(default_factory=InlineSlots)
    stopping: bool = False
    held_until: float = 0.0

    def duties(self) -> list[Duty]:
        """What is done, and how often; intervals are settings."""
        return [
            Duty(settings.SWEEP_INTERVAL, self.sweep),
            Duty(1.0, self.sweep_callbacks),
            Duty(settings.WATCH_INTERVAL, self.watch),
            Duty(60.0, self.refresh_account),
            Duty(3600.0, self.refresh_camera_moves),
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
        """Hold, or take over, the one lease there is. At most two queries, mostly none."""
        if time.monotonic() < self.held_until:
            return True
        taken = self._claim_lease()
        if taken:
            self.held_until = time.monotonic() + settings.WATCHER_LEASE / 3
        return taken

    def _claim_lease(self) -> bool:
        moment = now()
        free = Q(owner=luma.owner()) | Q(at__lt=moment - timedelta(seconds=settings.WATCHER_LEASE))
        try:
            close_old_connections()
            if Heartbeat.objects.filter(free, name=WATCHER).update(owner=luma.owner(), at=moment):
                return True
            _, made = Heartbeat.objects.get_or_create(
                name=WATCHER, defaults={"owner": luma.owner(), "at": moment}
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
        except (LumaError, DatabaseError, StudioError, OSError) as error:
            log.warning("watcher duty failed", duty=str(duty.do), reason=str(error)[:200])
        duty.due = time.monotonic() + duty.every

    def watch(self) -> None:
        """Look at everything that is at Luma or in doubt; one list request."""
        key = current_key()
        try:
            with luma.open_client(read_deadline=PATIENCE) as client:
                run_list_pass(client, key)
        finally:
            require_decisions(key)
            stall_elsewhere(key)

    def sweep(self) -> None:
        """Find rows that stand still and say so to the queue. A handful of queries."""
        doubt_expired()
        advance_waiting()
        release_given_up()
        for media_type in fairness.LANES:
            ids = whose_turn(media_type)
            inline = inline_ids(ids) if ids else []
            self.inline.take(inline)
            rest = [one for one in ids if one not in inline]
            self._hint("submit_generation", rest, most=MOST_HINTS)
        self._hint("store_assets", standing(State.STORING), most=MOST_HINTS)

        self.sweep_account()

    def sweep_account(self) -> None:
        """What was asked of the account itself and whose hint was lost. Two queries."""
        moment = now()
        asked = ApiKey.objects.filter(
            Q(checked_at__isnull=True) | Q(checked_at__lt=F("check_asked_at")),
            check_asked_at__gt=moment - CHECK_TIME,
            check_asked_at__lt=moment - GRACE,
        )
        self._hint("check_connection", list(asked.values_list("id", flat=True)), most=1)
        idle = Q(lease_until__isnull=True) | Q(lease_until__lt=moment)
        running = AccountImport.objects.filter(
            idle, state=AccountImport.State.RUNNING, created_at__lt=moment - GRACE
        )
        self._hint("import_account", list(running.values_list("id", flat=True)), most=1)

    def sweep_callbacks(self) -> None:
        """Callbacks whose hint was lost, or that came too soon after a look. One query."""
        callbacks = CallbackDelivery.objects.filter(
            processed_at__isnull=True, received_at__lt=now() - timedelta(seconds=1)
        )
        waiting = list(callbacks.values_list("attempt_id", flat=True).distinct()[:MOST_HINTS])
        self._hint("follow_attempt", waiting, most=MOST_HINTS)

    def _hint(self, task: str, ids: list[int], *, most: int, again: float = HINT_AGAIN) -> None:
        moment = time.monotonic()
        fresh = [row for row in ids if moment - self.hinted.get((task, row), -again) >= again]
        for row_id in fresh[:most]:
            hints.give(task, row_id)
            self.hinted[(task, row_id)] = moment
        if len(self.hinted) > 10_000:
            self.hinted.clear()

    def refresh_account(self) -> None:
        """Refresh the balance; see whether a paused key works again; delete what was asked."""
        asked = Attempt.objects.filter(delete_asked_at__isnull=False, deleted_at__isnull=True)
        ids = asked.values_list("generation_id", flat=True).distinct()[:MOST_HINTS]
        self._hint("delete_remotely", list(ids), most=MOST_HINTS)
        key = current_key()
        with luma.open_client(read_deadline=PATIENCE) as client:
            if key.paused_at is not None:
                resume_paused(client, key)
            luma.refresh_balance(client)

    def refresh_camera_moves(self) -> None:
        """Which camera moves Luma offers now."""
        with luma.open_client(read_deadline=PATIENCE) as client:
            luma.refresh_concepts(client)

    def clean_up(self) -> None:
        """Empty the trash of what has lain there long enough, and the store of leftovers."""
        empty_trash()
        store.sweep()
        delete_removed()
        uploads.purge_unused(keep=uploads_in_use_later())
        recent = now() - timedelta(days=1)
        pictureless = Generation.objects.filter(
            state=State.COMPLETED,
            media_type="video",
            original__isnull=False,
            preview__isnull=True,
            completed_at__gt=recent,
        )
        ids = list(pictureless.values_list("id", flat=True)[:MOST_HINTS])
        self._hint("make_preview", ids, most=MOST_HINTS)


def whose_turn(media_type: str) -> list[int]:
    """Ids of those that go next and that nobody is at; no more than the API takes."""
    since = now() - GRACE
    rows = fairness.lane(media_type).next
    return [row.id for row in rows if not row.claimed and row.since < since]


def standing(state: State, **more: str) -> list[int]:
    """Ids of rows that wait in a state with nobody at them, oldest first."""
    moment = now()
    nobody = Q(lease_until__isnull=True) | Q(lease_until__lt=moment)
    rows = Generation.objects.filter(
        nobody, state=state, not_before__lte=moment, state_since__lt=moment - GRACE, **more
    )
    return list(rows.order_by("id").values_list("id", flat=True)[:MOST_HINTS])


def doubt_expired() -> None:
    """What was being sent by a process that is gone is in doubt.

    Also beside a row that went on, because another attempt of it arrived meanwhile.
    """
    moment = now()
    gone = Q(generation__state=State.SENDING, generation__lease_until__lt=moment)
    beside = ~Q(generation__state=State.SENDING) & Q(
        marked_at__lt=moment - timedelta(seconds=settings.CLAIM_LEASE)
    )
    for attempt in Attempt.objects.filter(gone | beside, outcome=Attempt.Outcome.SENDING):
        progress.put_in_doubt(attempt, Actor.TIMER)


def release_given_up() -> None:
    """A day after nobody waits for an attempt any more, the money set aside is free again.

    Nobody waits after "Stop waiting", or once another attempt of the row settled the matter.
    """
    rows = Attempt.objects.filter(
        outcome=Attempt.Outcome.IN_DOUBT,
        marked_at__lt=now() - KEEP_HOLD,
        generation__state_since__lt=now() - KEEP_HOLD,
    ).exclude(generation__state__in=IN_DOUBT | {State.QUEUED})
    for attempt in rows:
        with transaction.atomic():
            lock(attempt.generation_id)
            if Attempt.objects.filter(pk=attempt.pk, outcome=Attempt.Outcome.IN_DOUBT).update(
                outcome=Attempt.Outcome.GIVEN_UP
            ):
                void_hold(attempt.uuid)


def empty_trash() -> None:
    """Delete for good what has lain in the trash long enough; what is in use stays for now."""
    old = now() - timedelta(days=settings.TRASH_DAYS)
    rows = Generation.objects.filter(trashed_at__lt=old, purged_at__isnull=True, state__in=TERMINAL)
    for generation in rows.select_related(*FILES)[:200]:
        try:
            purge_generation(generation, acting_user=None)
        except Conflict as reason:
            log.info("kept in the trash", generation=generation.pk, reason=str(reason))
