"""The studio with a live sandbox: its worker and watcher run by a test, and the API's ledger."""

import time
from collections.abc import Callable, Iterable

from generations.models import Generation
from generations.models.states import IN_PROGRESS
from generations.tasks.watching import Watcher
from tests.generations.core.conftest import Queue, run
from tests.sandbox.conftest import Live

MOVING = Generation.objects.filter(state__in=IN_PROGRESS)


def work(
    queue: Queue,
    done: Callable[[], bool],
    *,
    seconds: float = 60,
    watcher: Watcher | None = None,
    sweep: bool = False,
) -> None:
    """Work like worker and watcher until `done()`; with `sweep` also find rows that stand still."""
    watcher, until = watcher or Watcher(), time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, list(MOVING.values_list("kind", "state", "note"))
        run(queue)
        watcher.watch()
        watcher.sweep_callbacks()
        if sweep:
            watcher.sweep()
        time.sleep(0.05)


def settle(queue: Queue, rows: Iterable[Generation], seconds: float = 60) -> None:
    """Work until none of the rows is in progress."""
    moving = MOVING.filter(pk__in=[row.pk for row in rows])
    work(queue, lambda: not moving.exists(), seconds=seconds)


def charged(alive: Live) -> int:
    """Return the number of charges in the API's own ledger, less refunds."""
    with alive.api() as api:
        entries = [row["entry"] for row in api.truth()["ledger"]]
    return entries.count("charge") - entries.count("refund")
