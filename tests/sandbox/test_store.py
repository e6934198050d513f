"""Stored data: transactions, money to the micro-dollar, files published in one step."""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generations.sandbox.directories import Directories
from generations.sandbox.lifecycle import ChangeSignal
from generations.sandbox.options import Options, add_options, read_options
from generations.sandbox.store import Store, StoreClosed

from .test_prices import clip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "a.sqlite3", 1000.0)
    yield opened
    opened.close()


def test_adding_charges_in_the_same_transaction(store: Store) -> None:
    new = clip()
    row = store.add(new)
    assert (row.id, row.state, row.size) == (new.id, "queued", new.size)
    assert row.spec["prompt"] == "a lake"
    assert row.request["model"] == "ray-2"
    assert store.paid(new.id) == new.cents
    assert store.balance() == pytest.approx(1000 - new.cents)


def test_a_transaction_that_breaks_off_leaves_nothing(store: Store) -> None:
    new = clip()

    def break_off() -> None:
        with store.transaction():
            store.add(new)
            store.change(new.id, state="dreaming")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert store.find(new.id) is None
    assert store.balance() == 1000


def test_an_id_is_used_once(store: Store) -> None:
    new = clip()
    store.add(new)
    with pytest.raises(Exception, match="UNIQUE"):
        store.add(new)
    assert store.paid(new.id) == new.cents


def test_money_does_not_drift(store: Store) -> None:
    for _ in range(1000):
        store.enter("x", "charge", -0.1)
    assert store.balance() == 900
    store.enter("x", "refund", store.paid("x"))
    assert store.balance() == 1000


def test_a_deleted_generation_is_not_found_but_remembered(store: Store) -> None:
    new = clip()
    store.add(new)
    store.change(new.id, deleted_at=time.time())
    assert store.find(new.id) is None
    assert store.listed(10, 0) == []
    assert [row.id for row in store.rows("1")] == [new.id]
    assert not store.rows("1")[0].in_progress


def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    new = clip()
    first = Store(tmp_path / "b.sqlite3", 500)
    first.add(new)
    first.close()
    second = Store(tmp_path / "b.sqlite3", 9999)
    assert second.find(new.id) is not None
    assert second.balance() == pytest.approx(500 - new.cents)
    second.close()


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    closed = Store(tmp_path / "c.sqlite3", 1)
    closed.close()
    for use in (closed.balance, lambda: closed.add(clip()), lambda: closed.rows("1")):
        with pytest.raises(StoreClosed):
            use()
    with pytest.raises(StoreClosed):
        closed.note_callback("x", "dreaming", 1, "200")


def test_assets_appear_in_one_step_and_replace_older_ones(tmp_path: Path) -> None:
    directories = Directories(tmp_path)
    for content in (b"first", b"second"):
        (directories.new_output("one") / "video.mp4").write_bytes(content)
        assert directories.video_of("one") is None or content == b"second"
        directories.publish("one")
        video = directories.video_of("one")
        assert video is not None
        assert video.read_bytes() == content
    directories.remove_assets("one")
    assert directories.video_of("one") is None


def test_half_rendered_files_are_gone_after_a_restart(tmp_path: Path) -> None:
    (Directories(tmp_path).new_output("one") / "video.mp4").write_bytes(b"half")
    directories = Directories(tmp_path)
    assert not directories.output("one").exists()
    assert directories.video_of("one") is None


def test_inputs_are_kept_only_for_who_still_waits(tmp_path: Path) -> None:
    directories = Directories(tmp_path)
    for name in ("one", "two"):
        directories.inputs(name).mkdir()
    directories.keep_inputs_of({"two"})
    assert not directories.inputs("one").exists()
    assert directories.inputs("two").exists()


def test_a_signal_before_the_wait_does_not_block() -> None:
    signal = ChangeSignal()
    count = signal.count()
    signal.notify()
    signal.wait(count, 5)
    assert signal.count() == count + 1


def test_a_signal_wakes_a_waiter_and_a_timeout_ends_the_wait() -> None:
    signal = ChangeSignal()
    threading.Timer(0.05, signal.notify).start()
    began = time.monotonic()
    signal.wait(signal.count(), 5)
    assert time.monotonic() - began < 4.5
    signal.wait(signal.count(), 0.01)


def read(*flags: str) -> Options:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return read_options(parser.parse_args(["--data", "d", *flags]))


def test_flags_have_the_documented_defaults() -> None:
    assert read() == Options(directory=Path("d"))
    assert read().key == "sandbox"
    assert (read().pace, read().limits, read().credits) == (1.0, True, 500_000.0)


def test_flags_are_read() -> None:
    told = read("--port", "0", "--pace", "0.5", "--limits", "off", "--credits", "7", "--key", "k")
    assert (told.port, told.pace, told.limits, told.credits, told.key) == (0, 0.5, False, 7.0, "k")


@pytest.mark.parametrize("flags", [("--pace", "-1"), ("--pace", "inf"), ("--credits", "nan")])
def test_impossible_numbers_are_refused(flags: tuple[str, str]) -> None:
    with pytest.raises(SystemExit):
        read(*flags)
