"""The heartbeat of the cluster: an empty task, and when a task was last finished."""

import time
from datetime import datetime

from django.db import DatabaseError

from generations.models import Heartbeat
from studio.clock import now

CLUSTER = "cluster"
NOTE_EVERY = 1.0
"""Seconds between two writes, however many tasks are finished in them."""

_last_noted = [0.0]


def beat() -> None:
    """Do nothing. That the message was taken and acknowledged shows that the cluster works."""


def note_heartbeat(**_signal: object) -> None:
    """Write that a task was finished just now. A receiver of django-q2's `post_execute`.

    The cluster's monitor sends that signal after the broker, a worker and the result queue have
    done their part, so it shows that all of them work.
    """
    moment = time.monotonic()
    if moment - _last_noted[0] < NOTE_EVERY:
        return
    _last_noted[0] = moment
    try:
        Heartbeat.objects.update_or_create(name=CLUSTER, defaults={"at": now()})
    except DatabaseError:
        _last_noted[0] = 0.0


def last_heartbeat() -> datetime | None:
    """Return when a cluster last finished a task. One query."""
    return Heartbeat.objects.filter(name=CLUSTER).values_list("at", flat=True).first()
