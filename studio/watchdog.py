"""The watchdog of the queue: a cluster that stops picking work up is restarted.

django-q2's cluster stays deaf for ever when the worker that waits at its queue is killed
(django-q2 #23), with every process alive. Only work that is really done proves that it hears.
"""

import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from generations import hints
from generations.models import Beat
from generations.tasks.heart import CLUSTER
from studio.clock import now


class Watchdog:
    """Sends a heartbeat through the queue now and then, and bites when none comes back."""

    def __init__(self, bite: Callable[[], None]) -> None:
        self.bite = bite
        self.patient_until = time.monotonic() + settings.WATCHDOG_AFTER
        self.beat_due = 0.0
        self.look_due = 0.0

    def tick(self) -> None:
        """Do what is due; cheap to call often."""
        moment = time.monotonic()
        if moment >= self.beat_due:
            self.beat_due = moment + settings.HEARTBEAT_INTERVAL
            close_old_connections()
            hints.give("beat")
        if moment >= self.look_due:
            self.look_due = moment + min(5.0, settings.HEARTBEAT_INTERVAL)
            if moment >= self.patient_until and self.deaf():
                self.patient_until = moment + settings.WATCHDOG_AFTER
                self.bite()

    def deaf(self) -> bool:
        """Whether no heartbeat has come through for too long. One query."""
        since = now() - timedelta(seconds=settings.WATCHDOG_AFTER)
        try:
            close_old_connections()
            return not Beat.objects.filter(name=CLUSTER, at__gt=since).exists()
        except DatabaseError:
            return False
