"""A pulse through the queue: it shows that the cluster still takes work up and finishes it."""

import time
from datetime import datetime

from django.db import DatabaseError

from generations.models import Heartbeat
from studio.clock import now

CLUSTER = "cluster"
SPACING = 1.0
"""Seconds between two notes of the pulse, however many tasks are finished in them."""

_noted = [0.0]


def beat() -> None:
    """Do nothing: that the message was taken, done and acknowledged is the whole point."""


def note_heartbeat(**_signal: object) -> None:
    """Write that a task was acknowledged just now. For django-q2's `post_execute`.

    That signal is sent by the cluster's last link, the monitor, so a pulse proves every link.
    """
    moment = time.monotonic()
    if moment - _noted[0] < SPACING:
        return
    _noted[0] = moment
    try:
        Heartbeat.objects.update_or_create(name=CLUSTER, defaults={"at": now()})
    except DatabaseError:
        _noted[0] = 0.0


def last_heartbeat() -> datetime | None:
    """When a cluster last finished something. One query."""
    return Heartbeat.objects.filter(name=CLUSTER).values_list("at", flat=True).first()
