"""The states of a generation: queued, dreaming, completed or failed; also across restarts.

The threads share the work through the store, so a sandbox that was killed reads it again and goes
on. A thread per generation fetches its inputs, one thread renders (one generation at a time, in
another process), and one makes results visible when they are due.
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
from .creates import settled_cents
from .directories import Directories
from .fetching import Unreadable, fetch_inputs
from .renderer import Renderer, RendererLost
from .sizes import RESOLUTION_SCALES, nearest_resolution
from .store import Row, Store, StoreClosed

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

_FETCHING_AT_ONCE = 8
_WAITING = "state in ('queued', 'dreaming') and outcome is null and deleted_at is null"

log = logging.getLogger("sandbox")


class ChangeSignal:
    """Wakes all threads that wait for a change in the store."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._changes = 0

    def notify(self) -> None:
        """Wake the waiting threads, because the store has changed."""
        with self._condition:
            self._changes += 1
            self._condition.notify_all()

    def count(self) -> int:
        """Return the number of changes so far: to be asked before the store is read."""
        with self._condition:
            return self._changes

    def wait(self, count: int, timeout: float | None = None) -> None:
        """Return once there were more than `count` changes, or after `timeout` seconds."""
        with self._condition:
            self._condition.wait_for(lambda: self._changes != count, timeout)


class Lifecycle:
    """Moves every generation of the store to completed or failed.

    `pace` scales how long dreaming lasts; asset addresses begin with `origin`.
    """

    def __init__(self, store: Store, directories: Directories, *, pace: float, origin: str) -> None:
        self._store = store
        self._directories = directories
        self._pace = pace
        self._origin = origin
        self._renderer = Renderer()
        self._callbacks = Callbacks(store)
        self._signal = ChangeSignal()
        self._fetching = threading.Semaphore(_FETCHING_AT_ONCE)
        self._closing = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads, and continue the generations that an earlier run left unfinished."""
        waiting = self._store.rows(f"{_WAITING} order by seq")
        self._directories.keep_inputs_of({row.id for row in waiting})
        for row in waiting:
            if not row.inputs_ready:
                self.begin(row)
        for work in (self._render_next, self._finish_due):
            thread = threading.Thread(target=self._until_closed, args=(work,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def close(self) -> None:
        """Stop all threads. A running render is killed; the next start repeats it."""
        self._closing = True
        self._callbacks.close()
        self._renderer.close()
        self._signal.notify()
        for thread in self._threads:
            thread.join(timeout=1)

    def begin(self, row: Row) -> None:
        """Start work on a stored generation: fetch its inputs, then let it be rendered."""
        if row.spec["inputs"] and not _forced_failure(row):
            threading.Thread(target=self._fetch_inputs, args=(row,), daemon=True).start()
        else:
            self._store.change(row.id, inputs_ready=1)
            self._signal.notify()

    def wait_for(self, generation_id: str, timeout: float) -> Row | None:
        """Return the generation when it is completed or failed, at the latest after `timeout` s."""
        deadline = time.monotonic() + timeout
        while True:
            count = self._signal.count()
            row = self._store.find(generation_id)
            left = deadline - time.monotonic()
            if row is None or not row.in_progress or left <= 0 or self._closing:
                return row
            self._signal.wait(count, left)

    def delete(self, row: Row) -> None:
        """Delete a generation. What was charged stays charged: nothing documents a refund."""
        self._store.change(row.id, deleted_at=time.time())
        self._directories.remove_assets(row.id)
        self._signal.notify()

    def _until_closed(self, work: Callable[[], None]) -> None:
        with suppress(StoreClosed):
            while not self._closing:
                work()

    def _fetch_inputs(self, row: Row) -> None:
        with self._fetching, suppress(StoreClosed):
            if self._closing:
                return
            try:
                fetch_inputs(
                    row.spec["inputs"], self._directories.inputs(row.id), self._directories
                )
            except Unreadable as error:
                self._start_dreaming(row)
                self._set_outcome(row, str(error), due_at=time.time())
            else:
                self._store.change(row.id, inputs_ready=1)
                self._signal.notify()

    def _render_next(self) -> None:
        """Render the oldest generation whose inputs are there, or wait for a change."""
        with suppress(RendererLost):
            self._renderer.start()
        count = self._signal.count()
        waiting = self._store.rows(f"{_WAITING} and inputs_ready order by seq limit 1")
        if waiting:
            self._render(waiting[0])
        else:
            self._signal.wait(count)

    def _render(self, row: Row) -> None:
        self._start_dreaming(row)
        forced = _forced_failure(row)
        if forced:
            self._set_outcome(row, forced, due_at=self._due(row))
            return
        result = self._rendered(row)
        if result is None:
            return
        if "reason" in result:
            self._set_outcome(row, result["reason"], due_at=time.time())
        else:
            self._save(row, result)

    def _rendered(self, row: Row) -> dict[str, Any] | None:
        """Return the renderer's result, or None while closing. Tries twice if its process dies."""
        for _ in range(2):
            try:
                output = self._directories.new_output(row.id)
                return self._renderer.make(row.spec, self._directories.inputs(row.id), output)
            except RendererLost:
                if self._closing:
                    return None
                log.warning("the rendering process ended while it made %s", row.id)
        return {"reason": "Job failed"}

    def _save(self, row: Row, result: dict[str, Any]) -> None:
        """Publish the files. Correct the charge, now that the length of a source is known."""
        if self._store.find(row.id) is None:
            self._directories.remove_work(row.id)
            return
        self._directories.publish(row.id)
        width, height = result["size"]
        by_source = row.operation == "modify_video"
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
                resolution=nearest_resolution((width, height)) if by_source else row.resolution,
            )
            self._set_outcome(row, RENDERED, due_at=self._due(row))

    def _start_dreaming(self, row: Row) -> None:
        """Set the state to dreaming. Sends no second callback after a restart."""
        if row.state != "queued":
            return
        self._store.change(row.id, state="dreaming", dreaming_at=time.time())
        self._send_callback(row.id)

    def _set_outcome(self, row: Row, outcome: str, *, due_at: float) -> None:
        """Write how it ends: it becomes visible at `due_at`, in seconds since the epoch."""
        self._store.change(row.id, outcome=outcome, due_at=due_at)
        self._directories.remove_work(row.id)
        self._signal.notify()

    def _due(self, row: Row) -> float:
        """Return when the result becomes visible: the longer and larger a video, the later."""
        found = self._store.rows("id = ?", row.id)[0]
        seconds = 1.0
        if row.generation_type == "video":
            seconds = 0.8 * found.seconds * RESOLUTION_SCALES[row.resolution]
        return (found.dreaming_at or time.time()) + self._pace * seconds

    def _finish_due(self) -> None:
        """Make visible what is due, then wait until the next result is due or a change comes."""
        count = self._signal.count()
        decided = self._store.rows(
            "state = 'dreaming' and outcome is not null and deleted_at is null order by due_at"
        )
        now = time.time()
        due = [row for row in decided if (row.due_at or 0) <= now]
        for row in due:
            self._finish(row)
        if len(due) < len(decided):
            self._signal.wait(count, (decided[len(due)].due_at or 0) - now)
        else:
            self._signal.wait(count)

    def _finish(self, row: Row) -> None:
        """Set the final state: completed, or failed with a full refund."""
        with self._store.transaction():
            if row.outcome == RENDERED:
                self._store.change(row.id, state="completed")
            else:
                self._store.change(row.id, state="failed", failure_reason=row.outcome)
                self._store.enter(row.id, "refund", self._store.paid(row.id))
        self._send_callback(row.id)
        self._signal.notify()

    def _send_callback(self, generation_id: str) -> None:
        row = self._store.find(generation_id)
        if row is not None and row.request.get("callback_url"):
            self._callbacks.send(row.request["callback_url"], generation_answer(row, self._origin))


def _forced_failure(row: Row) -> str | None:
    """Return the failure reason that a prompt beginning with `fail:` asks for, or None."""
    prompt = str(row.spec.get("prompt", "")).strip()
    if not prompt.lower().startswith(FAIL_PREFIX):
        return None
    asked = prompt[len(FAIL_PREFIX) :].strip().lower()
    for known in FAILURE_REASONS:
        if asked and (asked in known.lower() or known.lower() in asked):
            return known
    return "Job failed"
