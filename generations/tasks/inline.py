"""Inline calls: creates that the API answers with the finished picture."""

import threading
from collections.abc import Iterable

import structlog
from django.db import connections

from generations.models import Generation
from generations.tasks.submitting import send_generation

log = structlog.get_logger(__name__)

MOST_CALLS = 4
"""Calls at a time.

They run in threads of the watcher: a call may last two minutes, longer than a worker of the
cluster may take for one task.
"""


def inline_ids(ids: Iterable[int]) -> list[int]:
    """Return the ids of those generations that are inline calls, in order. One query."""
    wanted = list(ids)
    found = set(
        Generation.objects.filter(pk__in=wanted, recipe__sync=True).values_list("pk", flat=True)
    )
    return [one for one in wanted if one in found]


class InlineCalls:
    """The inline calls under way, each in a thread that ends with the process.

    A call that the end of the process cuts off is in doubt, as any other.
    """

    def __init__(self) -> None:
        self._busy: dict[int, threading.Thread] = {}

    def start(self, ids: Iterable[int]) -> None:
        """Start calls up to MOST_CALLS. The next sweep names the others again."""
        self._busy = {pk: thread for pk, thread in self._busy.items() if thread.is_alive()}
        for pk in ids:
            if pk not in self._busy and len(self._busy) < MOST_CALLS:
                thread = threading.Thread(target=_send, args=(pk,), name=f"inline-{pk}")
                thread.daemon = True
                self._busy[pk] = thread
                thread.start()

    def wait(self, seconds: float) -> None:
        """Wait for the calls that are under way, at most so many seconds for each."""
        for thread in self._busy.values():
            thread.join(seconds)


def _send(generation_id: int) -> None:
    log.info("sending inline", generation=generation_id)
    try:
        send_generation(generation_id)
    finally:
        connections.close_all()
