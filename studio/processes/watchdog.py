"""The watchdog: has the queue's cluster restarted when it no longer finishes any work.

django-q2's cluster takes no more messages when the worker that waits at its queue is killed
(django-q2 #23), and acknowledges none when its monitor is killed. All other processes stay alive,
so only a message that has gone all the way through proves that the cluster works:
`tasks.heartbeat`.
"""

import os
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from generations.lifecycle import hints
from generations.tasks.heartbeat import last_heartbeat
from studio.processes.supervisor import RESTART_CLUSTER, SUPERVISED

log = structlog.get_logger(__name__)


class Watchdog:
    """Sends heartbeat messages through the queue; when none is finished, restarts the cluster.

    Every finished task counts as an answer, so that a queue which is only slow, with long downloads
    before the heartbeat, is left alone.
    """

    def __init__(self, restart_cluster: Callable[[], None]) -> None:
        self.restart_cluster = restart_cluster
        self.last_finished: object = None
        self.heartbeat_due = 0.0
        self.unanswered_since: float | None = None

    def run(self) -> None:
        """Watch without end. For a thread of its own."""
        while True:
            self.tick(time.monotonic())
            time.sleep(min(5.0, settings.HEARTBEAT_INTERVAL / 2))

    def tick(self, moment: float) -> None:
        """Do what is due at `moment`, a reading of the monotonic clock. One or two queries."""
        try:
            close_old_connections()
            last_finished = last_heartbeat()
        except DatabaseError:
            self.unanswered_since = None  # without a database no task can be finished
            return
        if last_finished != self.last_finished:
            self.last_finished, self.unanswered_since = last_finished, None
        if moment >= self.heartbeat_due and hints.give("beat"):
            self.heartbeat_due = moment + settings.HEARTBEAT_INTERVAL
            if self.unanswered_since is None:
                self.unanswered_since = moment
        waited = 0.0 if self.unanswered_since is None else moment - self.unanswered_since
        if waited > settings.WATCHDOG_AFTER:
            self.unanswered_since = None
            self.restart_cluster()


def request_cluster_restart() -> None:
    """Signal the supervisor, if this process has one, and write an error to the log."""
    log.error("the queue went deaf")
    if os.environ.get(SUPERVISED) == str(os.getppid()):
        os.kill(os.getppid(), RESTART_CLUSTER)
