"""The broker's waiting: another connection's commit ends it, and nothing else does too early."""

import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generations.lifecycle import waking_broker
from generations.lifecycle.waking_broker import FolderWatch

LONG, SHORT = 60.0, 0.3
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")


@pytest.fixture(autouse=True)
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would wait for a minute if nothing ended it."""
    monkeypatch.setattr(waking_broker, "LONGEST_WAIT", LONG)


@pytest.fixture
def short(long: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking_broker, "LONGEST_WAIT", SHORT)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "studio.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE hint (id integer)")
    connection.close()
    return path


@pytest.fixture
def reader(file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file, check_same_thread=False)
    yield connection
    connection.close()


def _version(reader: sqlite3.Connection) -> object:
    return reader.execute("PRAGMA data_version").fetchone()


def _commit(file: Path, after: float) -> threading.Thread:
    def write() -> None:
        time.sleep(after)
        connection = sqlite3.connect(file)
        with connection:
            connection.execute("INSERT INTO hint VALUES (1)")
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    return thread


def _waited(reader: sqlite3.Connection, before: object, watch: FolderWatch) -> float:
    """Seconds until the waiting for a commit after the version `before` ended."""
    began = time.monotonic()
    waking_broker._wait_for_commit(reader, before, watch)
    return time.monotonic() - began


def _deaf_watch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> FolderWatch:
    monkeypatch.setattr(waking_broker, "_libc", None)
    return FolderWatch(folder)


@LINUX
@pytest.mark.parametrize("after", [0.0, 0.1, 0.5])
def test_a_commit_ends_the_waiting(reader: sqlite3.Connection, file: Path, after: float) -> None:
    watch = FolderWatch(file.parent)
    assert watch.works
    before = _version(reader)
    thread = _commit(file, after)
    assert after - 0.05 <= _waited(reader, before, watch) < LONG / 2
    thread.join()


def test_without_inotify_a_commit_ends_it_too(
    reader: sqlite3.Connection, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = _deaf_watch(file.parent, monkeypatch)
    assert not watch.works
    before = _version(reader)
    thread = _commit(file, 0.2)
    assert 0.1 < _waited(reader, before, watch) < LONG / 2
    thread.join()


@LINUX
@pytest.mark.usefixtures("short")
def test_without_a_commit_it_ends_after_its_time(reader: sqlite3.Connection, file: Path) -> None:
    watch = FolderWatch(file.parent)
    assert SHORT * 0.9 < _waited(reader, _version(reader), watch) < LONG / 2


@LINUX
@pytest.mark.usefixtures("short")
def test_a_write_that_is_rolled_back_does_not_end_it(
    reader: sqlite3.Connection, file: Path
) -> None:
    (file.parent / "other").write_text("a write beside the database")
    watch = FolderWatch(file.parent)
    (file.parent / "other").write_text("and another")
    assert _waited(reader, _version(reader), watch) > SHORT * 0.9


@LINUX
def test_commit_right_after_a_reported_write_is_not_slept_through(
    reader: sqlite3.Connection, file: Path
) -> None:
    """Its own report may have been taken together with the one before."""
    watch = FolderWatch(file.parent)
    _commit(file, 0).join()
    watch.wait(1)
    before = _version(reader)
    _commit(file, 0).join()
    watch._forget()
    assert _waited(reader, before, watch) < LONG / 2


@LINUX
def test_quiet_watch_waits_for_the_kernel_alone(file: Path) -> None:
    watch = FolderWatch(file.parent)
    assert not watch.quiet
    time.sleep(waking_broker.ACTIVE_SECONDS + 0.05)
    assert watch.quiet
    assert not watch.wait(0)
    (file.parent / "other").write_text("x")
    assert watch.wait(1)
    assert not watch.quiet


@LINUX
def test_folder_that_cannot_be_watched_is_looked_at_instead(tmp_path: Path) -> None:
    assert not FolderWatch(tmp_path / "missing").works
