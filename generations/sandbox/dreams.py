"""A generation's life: queued, dreaming, completed or failed; also across restarts.

Three kinds of threads share the work through the store, so that a killed sandbox only has to
read it again: inputs are gathered by threads of their own, one lane renders (one order at a
time, in another process), and a finisher lets results become visible when they are due.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from .answers import generation_answer
from .callbacks import Callbacks
from .fetching import Unreadable, gather
from .orders import settled_cents
from .renderer import Renderer, RendererLost
from .shelf import Shelf
from .store import Row, Store, StoreClosed
from .tiers import RESOLUTION_SCALES, nearest_resolution

RENDERED: Final = "rendered"
FAIL_PREFIX: Final = "fail:"
FAILURE_REASONS: Final = (
    "Contains blacklisted words",
    "Failed to read user input frames",
    "Frame moderation failed",
    "Advanced prompt moderation failed",
    "Prompt processing failed",
    "Error dispatching job",
    "Job failed",
    "Error processing callback",
)
"""docs.lumalabs.ai/docs/errors."""

_GATHERING_AT_ONCE = 8
_WAITING = "state in ('queued', 'dreaming') and outcome is null and deleted_at is null"

log = logging.getLogger("sandbox")


class Bell:
    """Wakes everyone who waits for a change in the store."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rung = 0

    def ring(self) -> None:
        """Something changed."""
        with self._condition:
            self._rung += 1
            self._condition.notify_all()

    def seen(self) -> int:
        """How often it rang; take this before looking at the store, then `wait` with it."""
        with self._condition:
            return self._rung

    def wait(self, seen: int, timeout: float | None = None) -> None:
        """Return when it rang after `seen` was taken, or after `timeout` seconds."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung != seen, timeout)


class Dreams:
    """Brings every generation of the store to its end; `origin` begins its asset addresses."""

    def __init__(self, store: Store, shelf: Shelf, *, pace: float, origin: str) -> None:
        self._store = store
        self._shelf = shelf
        self._pace = pace
        self._origin = origin
        self._renderer = Renderer()
        self._callbacks = Callbacks(store)
        self._bell = Bell()
        self._gathering = threading.Semaphore(_GATHERING_AT_ONCE)
        self._closing = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the lane and the finisher, and take up what an earlier run left."""
        waiting = self._store.rows(f"{_WAITING} order by seq")
        self._shelf.keep_inputs_of({row.id for row in waiting})
        for row in waiting:
            if not row.inputs_ready:
                self.begin(row)
        for work in (self._lane, self._finisher):
            thread = threading.Thread(target=self._until_closed, args=(work,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def close(self) -> None:
        """Stop; kills a render that is under way, which a later start repeats."""
        self._closing = True
        self._callbacks.close()
        self._renderer.close()
        self._bell.ring()
        for thread in self._threads:
            thread.join(timeout=1)

    def begin(self, row: Row) -> None:
        """Take up a stored generation: gather its inputs, then let the lane have it."""
        if row.order["inputs"] and not _forced_failure(row):
            threading.Thread(target=self._gather, args=(row,), daemon=True).start()
        else:
            self._store.change(row.id, inputs_ready=1)
            self._bell.ring()

    def wait_for(self, generation_id: str, timeout: float) -> Row | None:
        """The generation once it is completed or failed, or as it is after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            seen = self._bell.seen()
            row = self._store.find(generation_id)
            left = deadline - time.monotonic()
            if row is None or not row.in_progress or left <= 0 or self._closing:
                return row
            self._bell.wait(seen, left)

    def forget(self, row: Row) -> None:
        """Delete a generation. What was charged stays charged: nothing documents a refund."""
        self._store.change(row.id, deleted_at=time.time())
        self._shelf.remove(row.id)
        self._bell.ring()

    def _until_closed(self, work: Callable[[], None]) -> None:
        with suppress(StoreClosed):
            while not self._closing:
                work()

    def _gather(self, row: Row) -> None:
        with self._gathering, suppress(StoreClosed):
            if self._closing:
                return
            try:
                gather(row.order["inputs"], self._shelf.inputs(row.id), self._shelf)
            except Unreadable as error:
                self._dream(row)
                self._decide(row, str(error), due_at=time.time())
            else:
                self._store.change(row.id, inputs_ready=1)
                self._bell.ring()

    def _lane(self) -> None:
        """One step of the lane: make the oldest generation that can be made, or wait for one."""
        with suppress(RendererLost):
            self._renderer.start()
        seen = self._bell.seen()
        waiting = self._store.rows(f"{_WAITING} and inputs_ready order by seq limit 1")
        if waiting:
            self._make(waiting[0])
        else:
            self._bell.wait(seen)

    def _make(self, row: Row) -> None:
        self._dream(row)
        forced = _forced_failure(row)
        if forced:
            self._decide(row, forced, due_at=self._due(row))
            return
        result = self._rendered(row)
        if result is None:
            return
        if "reason" in result:
            self._decide(row, result["reason"], due_at=time.time())
        else:
            self._keep(row, result)

    def _rendered(self, row: Row) -> dict[str, Any] | None:
        """The renderer's result; a second try when its process died; None when we are closing."""
        for _ in range(2):
            try:
                output = self._shelf.rendering(row.id)
                return self._renderer.make(row.order, self._shelf.inputs(row.id), output)
            except RendererLost:
                if self._closing:
                    return None
                log.warning("the rendering process ended while it made %s", row.id)
        return {"reason": "Job failed"}

    def _keep(self, row: Row, result: dict[str, Any]) -> None:
        """Publish what was rendered, and settle the price of a source that is now known."""
        if self._store.find(row.id) is None:
            self._shelf.clear(row.id)
            return
        self._shelf.publish(row.id)
        width, height = result["size"]
        foreign = row.operation == "modify_video"
        with self._store.transaction():
            cents = settled_cents(row, result["seconds"], (width, height))
            if cents is not None and abs(cents - self._store.paid(row.id)) > 0.0001:
                self._store.enter(row.id, "settle", self._store.paid(row.id) - cents)
            self._store.change(
                row.id,
                files=json.dumps(result["files"]),
                seconds=result["seconds"],
                width=width,
                height=height,
                resolution=nearest_resolution((width, height)) if foreign else row.resolution,
            )
            self._decide(row, RENDERED, due_at=self._due(row))

    def _dream(self, row: Row) -> None:
        """Begin to dream; one that dreamt before a restart goes on silently."""
        if row.state != "queued":
            return
        self._store.change(row.id, state="dreaming", dreaming_at=time.time())
        self._announce(row.id)

    def _decide(self, row: Row, outcome: str, *, due_at: float) -> None:
        self._store.change(row.id, outcome=outcome, due_at=due_at)
        self._shelf.clear(row.id)
        self._bell.ring()

    def _due(self, row: Row) -> float:
        """When the result may be seen: as long after it began to dream as the pace says."""
        found = self._store.rows("id = ?", row.id)[0]
        seconds = 1.0
        if row.generation_type == "video":
            seconds = 0.8 * found.seconds * RESOLUTION_SCALES[row.resolution]
        return (found.dreaming_at or time.time()) + self._pace * seconds

    def _finisher(self) -> None:
        """One step of the finisher: end what is due, then wait for the next to become due."""
        seen = self._bell.seen()
        decided = self._store.rows(
            "state = 'dreaming' and outcome is not null and deleted_at is null order by due_at"
        )
        now = time.time()
        due = [row for row in decided if (row.due_at or 0) <= now]
        for row in due:
            self._finish(row)
        if len(due) < len(decided):
            self._bell.wait(seen, (decided[len(due)].due_at or 0) - now)
        else:
            self._bell.wait(seen)

    def _finish(self, row: Row) -> None:
        """Let the result be seen: completed, or failed with everything paid back."""
        with self._store.transaction():
            if row.outcome == RENDERED:
                self._store.change(row.id, state="completed")
            else:
                self._store.change(row.id, state="failed", failure_reason=row.outcome)
                self._store.enter(row.id, "refund", self._store.paid(row.id))
        self._announce(row.id)
        self._bell.ring()

    def _announce(self, generation_id: str) -> None:
        row = self._store.find(generation_id)
        if row is not None and row.request.get("callback_url"):
            self._callbacks.tell(row.request["callback_url"], generation_answer(row, self._origin))


def _forced_failure(row: Row) -> str | None:
    """The failure that a prompt beginning with `fail:` asks for."""
    prompt = str(row.order.get("prompt", "")).strip()
    if not prompt.lower().startswith(FAIL_PREFIX):
        return None
    wish = prompt[len(FAIL_PREFIX) :].strip().lower()
    for known in FAILURE_REASONS:
        if wish and (wish in known.lower() or known.lower() in wish):
            return known
    return "Job failed"
