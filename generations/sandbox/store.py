"""The data of the sandbox: generations, ledger and callbacks, in one SQLite file.

WAL with synchronous=NORMAL: a killed process loses nothing that was answered. A power cut may
lose the last rows, which is no harm in a sandbox and saves an fsync per request. One connection
behind one lock, because every call is short.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MICRODOLLARS_PER_CENT = 10_000

_TABLES = """
create table if not exists account (opening integer not null);
create table if not exists generations (
    seq integer primary key autoincrement,
    id text not null unique,
    operation text not null,
    generation_type text not null,
    state text not null default 'queued',
    failure_reason text,
    created_at real not null,
    model text not null,
    request text not null,
    order_ text not null,
    seconds real not null,
    width integer not null,
    height integer not null,
    resolution text not null,
    inputs_ready integer not null default 0,
    dreaming_at real,
    outcome text,
    due_at real,
    files text,
    deleted_at real
);
create index if not exists generations_open on generations (state)
    where state in ('queued', 'dreaming');
create index if not exists generations_created on generations (generation_type, created_at);
create table if not exists ledger (
    seq integer primary key autoincrement,
    generation_id text not null,
    entry text not null,
    microdollars integer not null,
    at real not null
);
create index if not exists ledger_generation on ledger (generation_id);
create table if not exists callbacks (
    seq integer primary key autoincrement,
    generation_id text not null,
    state text not null,
    attempt integer not null,
    answer text not null,
    at real not null
);
"""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A generation as stored. Times are seconds since the epoch; sizes are pixels.

    `spec` is what the renderer needs (column order_). `outcome` is "rendered" or a failure reason,
    which is known before it becomes visible at `due_at`.
    """

    seq: int
    id: str
    operation: str
    generation_type: str
    state: str
    failure_reason: str | None
    created_at: float
    model: str
    request: dict[str, Any]
    spec: dict[str, Any]
    seconds: float
    width: int
    height: int
    resolution: str
    inputs_ready: bool
    dreaming_at: float | None
    outcome: str | None
    due_at: float | None
    files: dict[str, str]
    deleted_at: float | None

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def in_progress(self) -> bool:
        """Queued or dreaming, and not deleted."""
        return self.state in ("queued", "dreaming") and self.deleted_at is None


@dataclass(frozen=True, kw_only=True)
class NewGeneration:
    """What a create writes. `cents` is charged in the same transaction."""

    id: str
    operation: str
    generation_type: str
    model: str
    request: dict[str, Any]
    spec: dict[str, Any]
    seconds: float
    size: tuple[int, int]
    resolution: str
    cents: float


class StoreClosed(Exception):
    """The sandbox is ending: the thread that used the store ends with this."""


class Store:
    """The database file at `path`. `opening_cents` is the balance of a new file only."""

    def __init__(self, path: Path, opening_cents: float) -> None:
        self._lock = threading.RLock()
        self._closed = False
        self._connection = _opened(path)
        with self.transaction() as connection:
            if connection.execute("select 1 from account").fetchone() is None:
                opening = round(opening_cents * MICRODOLLARS_PER_CENT)
                connection.execute("insert into account values (?)", (opening,))

    def close(self) -> None:
        """Close the file; later calls raise StoreClosed."""
        with self._lock:
            self._closed = True
            self._connection.close()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._closed:
                raise StoreClosed
            yield self._connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction; a nested one joins it."""
        with self._open() as connection:
            if connection.in_transaction:
                yield connection
                return
            connection.execute("begin immediate")
            try:
                yield connection
            except BaseException:
                connection.execute("rollback")
                raise
            connection.execute("commit")

    def rows(self, where: str, *values: object) -> list[Row]:
        """Return the generations that meet an SQL condition (with its `order by` and `limit`)."""
        # The condition is text of this package; values from outside are bound parameters.
        sql = f"select * from generations where {where}"  # noqa: S608
        with self._open() as connection:
            return [_row(each) for each in connection.execute(sql, values)]

    def listed(self, limit: int, offset: int) -> list[Row]:
        """Return a page of the generations that were not deleted, newest first."""
        return self.rows("deleted_at is null order by seq desc limit ? offset ?", limit, offset)

    def find(self, generation_id: str) -> Row | None:
        """Return the generation, or None if it is unknown or deleted."""
        found = self.rows("id = ? and deleted_at is null", generation_id)
        return found[0] if found else None

    def value(self, sql: str, *values: object) -> Any:
        """Return the first column of the first row."""
        with self._open() as connection:
            return connection.execute(sql, values).fetchone()[0]

    def everything(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Return all rows of a query as dicts."""
        with self._open() as connection:
            return [dict(each) for each in connection.execute(sql, values)]

    def add(self, new: NewGeneration) -> Row:
        """Write the generation and its charge in one transaction.

        The second use of a prompt is its second take and looks different, as the real service
        never makes the same twice. The first take of a prompt always looks the same.
        """
        with self.transaction() as connection:
            alike = "select count(*) from generations where json_extract(order_, '$.prompt') = ?"
            take = connection.execute(alike, (new.spec.get("prompt"),)).fetchone()[0]
            connection.execute(
                "insert into generations (id, operation, generation_type, created_at, model,"
                " request, order_, seconds, width, height, resolution)"
                " values (:id, :operation, :generation_type, :created_at, :model,"
                " :request, :spec, :seconds, :width, :height, :resolution)",
                {
                    **vars(new),
                    "created_at": time.time(),
                    "request": json.dumps(new.request),
                    "spec": json.dumps({**new.spec, "take": take}),
                    "width": new.size[0],
                    "height": new.size[1],
                },
            )
            self.enter(new.id, "charge", -new.cents)
            return self.rows("id = ?", new.id)[0]

    def change(self, generation_id: str, **columns: object) -> None:
        """Set columns of one generation, named by keyword."""
        named = ", ".join(f"{name} = ?" for name in columns)
        sql = f"update generations set {named} where id = ?"  # noqa: S608  names are ours
        with self.transaction() as connection:
            connection.execute(sql, (*columns.values(), generation_id))

    def enter(self, generation_id: str, entry: str, cents: float) -> None:
        """Write one line of the ledger; a negative amount is a charge."""
        amount = round(cents * MICRODOLLARS_PER_CENT)
        with self.transaction() as connection:
            connection.execute(
                "insert into ledger (generation_id, entry, microdollars, at) values (?, ?, ?, ?)",
                (generation_id, entry, amount, time.time()),
            )

    def paid(self, generation_id: str) -> float:
        """Return the cents charged for a generation so far, less refunds."""
        total = self.value(
            "select coalesce(sum(microdollars), 0) from ledger where generation_id = ?",
            generation_id,
        )
        return float(-total / MICRODOLLARS_PER_CENT)

    def balance(self) -> float:
        """Return the balance in cents."""
        total = self.value(
            "select (select opening from account)"
            " + (select coalesce(sum(microdollars), 0) from ledger)"
        )
        return float(total / MICRODOLLARS_PER_CENT)

    def note_callback(self, generation_id: str, state: str, attempt: int, answer: str) -> None:
        """Write one attempt to deliver a callback; `answer` is a status or the name of an error."""
        with self._open() as connection:
            connection.execute(
                "insert into callbacks (generation_id, state, attempt, answer, at)"
                " values (?, ?, ?, ?, ?)",
                (generation_id, state, attempt, answer, time.time()),
            )


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")
    connection.executescript(_TABLES)
    return connection


def _row(found: sqlite3.Row) -> Row:
    columns: dict[str, Any] = dict(found)
    columns["request"] = json.loads(columns["request"])
    columns["spec"] = json.loads(columns.pop("order_"))
    columns["files"] = json.loads(columns["files"] or "{}")
    columns["inputs_ready"] = bool(columns["inputs_ready"])
    return Row(**columns)
