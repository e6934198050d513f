"""The queue's broker: django-q2's ORM broker, which waits for a commit so that hints come at once.

The broker of django-q2 asks the database every 0.2 s. This one waits until another connection
commits. On SQLite `PRAGMA data_version` tells (sqlite.org/pragma.html#pragma_data_version); it is
asked only after the kernel has reported a write to the database's folder (inotify(7)). On
PostgreSQL a NOTIFY tells.
"""

import ctypes
import os
import select
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django_q.brokers.orm import ORM
from django_q.conf import Conf

from studio.clock import now

SELECT_FREE = (
    "SELECT id, payload, lock FROM django_q_ormq WHERE key = %s AND lock < %s ORDER BY id LIMIT 1"
)
UPDATE_LOCK = "UPDATE django_q_ormq SET lock = %s WHERE id = %s AND lock = %s"
CHANNEL = "dailies_queue"
LONGEST_WAIT = 1.0
"""Seconds after which the queue is read anyway: a lock may have expired, or the worker may end."""

STEP = 0.005
QUICK_STEP = 0.0005
QUICK_STEPS = 40
ACTIVE_SECONDS = 0.25
"""Seconds after a reported write in which data_version is asked. A commit becomes visible only when
it is safe on the disk, and the kernel does not report that."""

_IN_MODIFY, _IN_CREATE = 0x2, 0x100
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class FolderWatch:
    """Reports when this machine writes files of one folder. Keeps one file descriptor open."""

    def __init__(self, folder: Path) -> None:
        self._handle = -1
        self._written = time.monotonic()
        if _libc is None:
            return
        self._handle = _libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        wanted = _IN_MODIFY | _IN_CREATE
        added = self._handle >= 0 and _libc.inotify_add_watch(
            self._handle, os.fsencode(folder), wanted
        )
        if self._handle >= 0 and added < 0:
            os.close(self._handle)
            self._handle = -1

    @property
    def works(self) -> bool:
        """Whether the kernel reports writes; otherwise the caller has to poll."""
        return self._handle >= 0

    def wait(self, seconds: float) -> bool:
        """Wait for a reported write, `seconds` at most. Return whether there was one."""
        ready, _, _ = select.select([self._handle], [], [], max(0.0, seconds))
        if ready:
            self._written = time.monotonic()
            self._forget()
        return bool(ready)

    @property
    def quiet(self) -> bool:
        """Whether nothing was written in the last ACTIVE_SECONDS."""
        return self.works and time.monotonic() > self._written + ACTIVE_SECONDS

    def _forget(self) -> None:
        try:
            while os.read(self._handle, 65536):
                pass
        except BlockingIOError:
            return


class WakingBroker(ORM):  # type: ignore[misc]
    """The ORM broker with `poll` 0, which waits for a commit instead of sleeping."""

    _listening: Any = None
    _watching: tuple[int, FolderWatch] | None = None

    def enqueue(self, task: str) -> int:
        """Add a hint. On PostgreSQL the listeners are notified when the transaction commits."""
        connection = connections[Conf.ORM]
        with _without_disk_sync(connection):
            key: int = super().enqueue(task)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"NOTIFY {CHANNEL}")
        return key

    def dequeue(self) -> list[tuple[int, str]] | None:
        """Return locked hints, or None after another connection's commit or LONGEST_WAIT."""
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
        watch = self._watch(connection)
        before = _data_version(raw)
        found = self._take(connection)
        if not found and connection.connection is raw:
            _wait_for_commit(raw, before, watch)
        return found or None

    def _take(self, connection: BaseDatabaseWrapper) -> list[tuple[int, str]]:
        """Lock the oldest free hint, as django-q2's broker does, in two statements."""
        as_stored = connection.ops.adapt_datetimefield_value
        with connection.cursor() as cursor:
            cursor.execute(SELECT_FREE, (self.list_key, as_stored(now())))
            row = cursor.fetchone()
            if row is None:
                return []
            with _without_disk_sync(connection):
                cursor.execute(UPDATE_LOCK, (as_stored(self.timeout(None)), row[0], row[2]))
                taken = cursor.rowcount
        return [(row[0], row[1])] if taken else []

    def _watch(self, connection: BaseDatabaseWrapper) -> FolderWatch:
        """Return the watch of this process; one made before a fork would be shared."""
        if self._watching is None or self._watching[0] != os.getpid():
            folder = Path(str(connection.settings_dict["NAME"])).parent
            self._watching = (os.getpid(), FolderWatch(folder))
        return self._watching[1]

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


@contextmanager
def _without_disk_sync(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let SQLite commit without waiting for the disk. Inside a transaction this changes nothing.

    A hint that a power cut loses is harmless. The rows that hints are about are committed apart
    from this, with the wait.
    """
    if connection.vendor != "sqlite" or not connection.get_autocommit():
        yield
        return
    connection.ensure_connection()
    raw = connection.connection
    (usual,) = raw.execute("PRAGMA synchronous").fetchone()
    raw.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        if connection.connection is raw:
            raw.execute(f"PRAGMA synchronous={usual}")


def _data_version(raw: Any) -> Any:
    return raw.execute("PRAGMA data_version").fetchone()


def _wait_for_commit(raw: Any, before: Any, watch: FolderWatch) -> None:
    """Wait until another connection has committed, LONGEST_WAIT at most."""
    until = time.monotonic() + LONGEST_WAIT
    steps = 0
    while _data_version(raw) == before and time.monotonic() < until:
        if watch.quiet:
            if not watch.wait(until - time.monotonic()):
                return
            steps = 0
            continue
        steps += 1
        time.sleep(QUICK_STEP if watch.works and steps <= QUICK_STEPS else STEP)
