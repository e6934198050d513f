"""The watchdog of the queue: a cluster that stops finishing work is started again.

django-q2's cluster stays deaf for ever when the worker that waits at its queue is killed
(django-q2 #23), and never acknowledges anything again when its monitor is, with every process
alive. Only a message that went all the way through proves that it works: see `tasks.heart`.
"""

import os
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from generations.lifecycle import hints
from generations.tasks.heartbeat import last_heartbeat
from studio.supervisor import DEAF, SUPERVISED

log = structlog.get_logger(__name__)


class Watchdog:
    """Sends a beat through the queue now and then, and bites when nothing at all comes out.

    Any finished task counts: a queue that is only slow, with long downloads before the beat, is
    left alone.
    """

    def __init__(self, bite: Callable[[], None]) -> None:
        self.bite = bite
        self.pulse: object = None
        self.beat_due = 0.0
        self.unanswered_since: float | None = None

    def run(self) -> None:
        """Watch for ever. For a thread of its own."""
        while True:
            self.tick(time.monotonic())
            time.sleep(min(5.0, settings.HEARTBEAT_INTERVAL / 2))

    def tick(self, moment: float) -> None:
        """Do what is due at a reading of the monotonic clock. One or two queries."""
        try:
            close_old_connections()
            pulse = last_heartbeat()
        except DatabaseError:
            self.unanswered_since = None  # nobody can hear or answer without a database
            return
        if pulse != self.pulse:
            self.pulse, self.unanswered_since = pulse, None
        if moment >= self.beat_due and hints.give("beat"):
            self.beat_due = moment + settings.HEARTBEAT_INTERVAL
            if self.unanswered_since is None:
                self.unanswered_since = moment
        waited = 0.0 if self.unanswered_since is None else moment - self.unanswered_since
        if waited > settings.WATCHDOG_AFTER:
            self.unanswered_since = None
            self.bite()


def ask_for_a_new_cluster() -> None:
    """Tell the supervisor that the queue is deaf; without one, only the log can say it."""
    log.error("the queue went deaf")
    if os.environ.get(SUPERVISED) == str(os.getppid()):
        os.kill(os.getppid(), DEAF)
