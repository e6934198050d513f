"""Pictures that Luma answers with at once: sent in slots of their own, beside the cluster.

Such a call may last two minutes, longer than a worker of the cluster may be at one task.
"""

import threading
from collections.abc import Iterable

import structlog
from django.db import connections

from generations.models import Generation
from generations.tasks.submitting import send_generation

log = structlog.get_logger(__name__)

SLOTS = 4


def inline_ids(ids: Iterable[int]) -> list[int]:
    """Those of these rows whose answer is the finished picture, in their order. One query."""
    wanted = list(ids)
    found = set(
        Generation.objects.filter(pk__in=wanted, recipe__sync=True).values_list("pk", flat=True)
    )
    return [one for one in wanted if one in found]


class InlineSlots:
    """At most `SLOTS` calls at a time, each in a thread that ends with the process.

    What is cut off by the end of the process is in doubt, as any call is, and looked for later.
    """

    def __init__(self) -> None:
        self._busy: dict[int, threading.Thread] = {}

    def take(self, ids: Iterable[int]) -> None:
        """Send these as far as there is room; the others are offered again by the next sweep."""
        self._busy = {pk: thread for pk, thread in self._busy.items() if thread.is_alive()}
        for pk in ids:
            if pk not in self._busy and len(self._busy) < SLOTS:
                thread = threading.Thread(target=_send, args=(pk,), name=f"inline-{pk}")
                thread.daemon = True
                self._busy[pk] = thread
                thread.start()

    def wait(self, seconds: float) -> None:
        """Wait until the calls that are under way have ended, so many seconds for each."""
        for thread in self._busy.values():
            thread.join(seconds)


def _send(generation_id: int) -> None:
    log.info("sent in a slot of its own", generation=generation_id)
    try:
        send_generation(generation_id)
    finally:
        connections.close_all()
