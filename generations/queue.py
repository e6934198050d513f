"""How a hint reaches a worker at once: django-q2's ORM broker, woken by the database.

The stock broker looks every 0.2 s. This one waits until another connection commits: on SQLite
`PRAGMA data_version` says so (sqlite.org/pragma.html#pragma_data_version), on PostgreSQL NOTIFY.
"""

import time
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django_q.brokers.orm import ORM
from django_q.conf import Conf

CHANNEL = "dailies_queue"
LONGEST_WAIT = 1.0
"""Seconds after which the queue is looked at anyway: for locks that ran out, and to end."""

STEP = 0.005


class WakingBroker(ORM):  # type: ignore[misc]
    """The ORM broker with `poll` 0, which waits for a commit instead of sleeping."""

    _listening: Any = None

    def enqueue(self, task: str) -> int:
        """Put one hint in; on PostgreSQL tell the listeners, at the commit if there is one."""
        key: int = super().enqueue(task)
        connection = connections[Conf.ORM]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"NOTIFY {CHANNEL}")
        return key

    def dequeue(self) -> list[tuple[int, str]] | None:
        """Return locked hints, or None after a commit by somebody else or LONGEST_WAIT."""
        connection = connections[Conf.ORM]
        self.get_connection()
        if connection.vendor == "sqlite":
            return self._dequeue_sqlite(connection)
        if connection.vendor == "postgresql":
            return self._dequeue_postgresql(connection)
        found: list[tuple[int, str]] | None = super().dequeue()
        if not found:
            time.sleep(LONGEST_WAIT / 5)
        return found

    def _dequeue_sqlite(self, connection: BaseDatabaseWrapper) -> list[tuple[int, str]] | None:
        connection.ensure_connection()
        raw = connection.connection
        before = raw.execute("PRAGMA data_version").fetchone()
        found: list[tuple[int, str]] | None = super().dequeue()
        if found:
            return found
        until = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < until:
            time.sleep(STEP)
            if raw.execute("PRAGMA data_version").fetchone() != before:
                break
        return None

    def _dequeue_postgresql(self, connection: BaseDatabaseWrapper) -> list[tuple[int, str]] | None:
        connection.ensure_connection()
        raw = connection.connection
        if self._listening is not raw:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self._listening = raw
        found: list[tuple[int, str]] | None = super().dequeue()
        if not found:
            for _ in raw.notifies(timeout=LONGEST_WAIT, stop_after=1):
                break
        return found
