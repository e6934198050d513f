"""The watcher: a process that finds rows that stand still, so that no hint has to arrive."""

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
from generations.tasks.inline import InlineCalls, inline_ids
from studio.clock import now
from studio.errors import Conflict, StudioError

log = structlog.get_logger(__name__)

WATCHER = "watcher"
TICK = 0.25
"""Seconds between two rounds in which due duties are done."""

GRACE = timedelta(seconds=1.5)
"""How long the hint of a new row has to be taken before the watcher gives another."""

HINT_AGAIN = 4.0
"""Seconds before the watcher repeats a hint."""

REQUEST_SECONDS = 10.0
"""Seconds that one request of the watcher may take, repetitions included."""

MOST_HINTS = 20
"""Hints of one task in one sweep."""

KEEP_HOLD = timedelta(hours=24)
"""How long money stays held for an attempt that nobody waits for."""


@dataclass
class Duty:
    """A method of the watcher that is called every `every` seconds."""

    every: float
    do: Callable[[], object]
    due: float = 0.0


@dataclass
class Watcher:
    """The one watcher of an installation. A lease keeps a second one idle until this one is gone.

    `hinted` is when a hint was last given, by task and row; `held_until` when the lease is written
    again. Both are readings of the monotonic clock.
    """

    hinted: dict[tuple[str, int], float] = field(default_factory=dict)
    inline: InlineCalls = field(default_factory=InlineCalls)
    stopping: bool = False
    held_until: float = 0.0

    def duties(self) -> list[Duty]:
        """Return what the watcher does, with the intervals of the settings."""
        return [
            Duty(settings.SWEEP_INTERVAL, self.sweep),
            Duty(1.0, self.sweep_callbacks),
            Duty(settings.WATCH_INTERVAL, self.watch),
            Duty(60.0, self.refresh_account),
            Duty(3600.0, self.refresh_camera_moves),
            Duty(3600.0, self.clean_up),
        ]

    def run(self) -> None:
        """Work until `stopping` is set. A duty that fails is logged and tried again later."""
        duties = self.duties()
        while not self.stopping:
            if self.take_lease():
                for duty in duties:
                    self._perform(duty)
            time.sleep(TICK)

    def take_lease(self) -> bool:
        """Renew the lease, or take it over. Return whether it is held. Two queries, mostly none."""
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
        """Run a list pass, and ask people about attempts that it cannot find."""
        key = current_key()
        try:
            with luma.open_client(read_deadline=REQUEST_SECONDS) as client:
                run_list_pass(client, key)
        finally:
            require_decisions(key)
            stall_elsewhere(key)

    def sweep(self) -> None:
        """Find rows that stand still and give hints for them. A handful of queries."""
        doubt_expired_sends()
        advance_waiting()
        release_old_holds()
        for media_type in fairness.LANES:
            ids = next_to_send(media_type)
            inline = inline_ids(ids) if ids else []
            self.inline.start(inline)
            rest = [one for one in ids if one not in inline]
            self._hint("submit_generation", rest, most=MOST_HINTS)
        self._hint("store_assets", unclaimed(State.STORING), most=MOST_HINTS)
        self.sweep_account()

    def sweep_account(self) -> None:
        """Give hints for connection checks and imports that nobody has begun. Two queries."""
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
        """Give hints for callbacks that were not processed within a second. One query."""
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
        """Read the balance, try a paused key, and give hints for deleting at the API."""
        asked = Attempt.objects.filter(delete_asked_at__isnull=False, deleted_at__isnull=True)
        ids = asked.values_list("generation_id", flat=True).distinct()[:MOST_HINTS]
        self._hint("delete_remotely", list(ids), most=MOST_HINTS)
        key = current_key()
        with luma.open_client(read_deadline=REQUEST_SECONDS) as client:
            if key.paused_at is not None:
                resume_paused(client, key)
            luma.refresh_balance(client)

    def refresh_camera_moves(self) -> None:
        """Read which camera moves the API offers."""
        with luma.open_client(read_deadline=REQUEST_SECONDS) as client:
            luma.refresh_concepts(client)

    def clean_up(self) -> None:
        """Delete what is old enough: trash, removed presets and prompts, and unused files.

        Also give hints for previews that videos of the last day still lack.
        """
        empty_trash()
        store.sweep()
        delete_removed()
        uploads.purge_unused(keep=uploads_in_use_later())
        recent = now() - timedelta(days=1)
        without_preview = Generation.objects.filter(
            state=State.COMPLETED,
            media_type="video",
            original__isnull=False,
            preview__isnull=True,
            completed_at__gt=recent,
        )
        ids = list(without_preview.values_list("id", flat=True)[:MOST_HINTS])
        self._hint("make_preview", ids, most=MOST_HINTS)


def next_to_send(media_type: str) -> list[int]:
    """Return the ids of the generations that are sent next and that no worker has claimed.

    No more than the API has places for.
    """
    since = now() - GRACE
    rows = fairness.lane(media_type).next
    return [row.id for row in rows if not row.claimed and row.since < since]


def unclaimed(state: State, **more: str) -> list[int]:
    """Return at most MOST_HINTS ids of rows in a state that no worker has claimed, oldest first."""
    moment = now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=moment)
    rows = Generation.objects.filter(
        free, state=state, not_before__lte=moment, state_since__lt=moment - GRACE, **more
    )
    return list(rows.order_by("id").values_list("id", flat=True)[:MOST_HINTS])


def doubt_expired_sends() -> None:
    """Mark attempts as in doubt whose sender is gone: its lease has expired."""
    moment = now()
    expired = Q(generation__state=State.SENDING, generation__lease_until__lt=moment)
    # The generation may have left "sending", because another attempt of it arrived meanwhile.
    beside = ~Q(generation__state=State.SENDING) & Q(
        marked_at__lt=moment - timedelta(seconds=settings.CLAIM_LEASE)
    )
    for attempt in Attempt.objects.filter(expired | beside, outcome=Attempt.Outcome.SENDING):
        progress.put_in_doubt(attempt, Actor.TIMER)


def release_old_holds() -> None:
    """Release the hold of each attempt in doubt that nobody has waited for since KEEP_HOLD.

    Nobody waits for it after "Stop waiting", or once another attempt has decided the generation.
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
    """Purge generations trashed TRASH_DAYS ago, at most 200. One that is in use stays for now."""
    old = now() - timedelta(days=settings.TRASH_DAYS)
    rows = Generation.objects.filter(trashed_at__lt=old, purged_at__isnull=True, state__in=TERMINAL)
    for generation in rows.select_related(*FILES)[:200]:
        try:
            purge_generation(generation, acting_user=None)
        except Conflict as reason:
            log.info("kept in the trash", generation=generation.pk, reason=str(reason))
