"""The supervisor alone, with children that do nothing."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from studio.processes.supervisor import Child, Plan, ReadinessProbe, RunningChild, read_plan
from tests.faults.studios import ROOT, wait_for

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
STUBBORN = (
    *(sys.executable, "-c"),
    "from signal import *; signal(SIGTERM, SIG_IGN); print(1, flush=True); pause()",
)
PARENT = """
import json, sys
from studio.processes.supervisor import Child, Plan, become_supervisor
children = [Child(**each) for each in json.loads(sys.argv[1])]
become_supervisor(Plan(children, None, ["never said"]))
"""


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[RunningChild]]:
    running: list[RunningChild] = []
    yield running
    for one in running:
        one.kill_group()


def _child(tmp_path: Path, argv: tuple[str, ...] = SLEEP, name: str = "child") -> Child:
    return Child(name, argv, str(tmp_path / "log" / f"{name}.log"))


@contextlib.contextmanager
def _supervise(*children: Child) -> Iterator[subprocess.Popen[bytes]]:
    """A process that becomes their supervisor; it is ended and its output closed afterwards."""
    told = json.dumps([asdict(child) for child in children])
    popen = subprocess.Popen(
        [sys.executable, "-c", PARENT, told],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield popen
    finally:
        popen.terminate()
        popen.communicate(timeout=10)


def _children_of(pid: int) -> list[psutil.Process]:
    return [one for one in psutil.Process(pid).children() if one.status() != psutil.STATUS_ZOMBIE]


def test_restart_of_a_dead_child_is_scheduled_once(
    tmp_path: Path, started: list[RunningChild]
) -> None:
    one = RunningChild(_child(tmp_path))
    started.append(one)
    assert one.due()
    one.start()
    assert one.alive
    assert not one.due()
    assert one.popen is not None
    one.popen.kill()
    one.popen.wait()
    sentence = one.schedule_restart()
    assert sentence is not None
    assert sentence.startswith("child ended (-9); starting it again.")
    assert one.schedule_restart() is None
    wait_for(one.due, 2, "it may start again")


def test_child_that_keeps_dying_is_started_ever_less_often(tmp_path: Path) -> None:
    one = RunningChild(_child(tmp_path, (sys.executable, "-c", "raise SystemExit(3)")))
    pauses = []
    for _ in range(8):
        one.start()
        assert one.popen is not None
        one.popen.wait(10)
        one.schedule_restart()
        assert one.not_before is not None
        pauses.append(one.not_before - time.monotonic())
    assert pauses[0] < 0.3
    assert pauses[3] > pauses[0]
    assert pauses[-1] <= 5


def test_large_log_is_put_aside_at_a_start(tmp_path: Path, started: list[RunningChild]) -> None:
    child = _child(tmp_path)
    log = Path(child.log)
    log.parent.mkdir()
    with log.open("wb") as stream:
        stream.truncate(10_000_001)
    one = RunningChild(child)
    started.append(one)
    one.start()
    assert log.stat().st_size == 0
    assert log.with_suffix(".old").stat().st_size == 10_000_001


def _both(pid: int) -> list[psutil.Process] | None:
    found = _children_of(pid)
    return found if len(found) == 2 else None


def test_stubborn_child_is_killed_after_its_time(tmp_path: Path) -> None:
    log = tmp_path / "log" / "child.log"
    with _supervise(_child(tmp_path, STUBBORN)) as popen:
        wait_for(lambda: log.exists() and log.read_text(), 10, "the child runs")
        (child,) = _children_of(popen.pid)
        began = time.monotonic()
        popen.terminate()
        assert popen.wait(60) == 0
        assert time.monotonic() - began > 2
        assert not child.is_running()


def test_supervisor_killed_outright_takes_its_children_along(tmp_path: Path) -> None:
    with _supervise(_child(tmp_path), _child(tmp_path, name="other")) as popen:
        children = wait_for(lambda: _both(popen.pid), 10, "two children")
        popen.kill()
        popen.wait()
        wait_for(lambda: not any(one.is_running() for one in children), 5, "nobody is left")


def test_deaf_queue_is_told_by_signal_and_only_its_cluster_restarted(tmp_path: Path) -> None:
    children = _child(tmp_path, name="cluster"), _child(tmp_path, name="other")
    with _supervise(*children) as popen:
        before = wait_for(lambda: _both(popen.pid), 10, "two children")
        os.kill(popen.pid, signal.SIGUSR1)

        def renewed() -> bool:
            now = {one.pid for one in _children_of(popen.pid)}
            return len(now) == 2 and before[0].pid not in now

        wait_for(renewed, 10, "the cluster is new")
        assert before[1].is_running()
        popen.terminate()
        output, _ = popen.communicate(timeout=10)
    assert b"The queue went deaf" in output
    assert b"never said" not in output


def test_plan_does_not_show_in_the_list_of_processes(tmp_path: Path) -> None:
    with _supervise(_child(tmp_path)) as popen:
        wait_for(lambda: _children_of(popen.pid), 10, "it supervises")
        assert "never said" not in " ".join(psutil.Process(popen.pid).cmdline())


def test_web_counts_as_ready_only_once_it_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        probe = ReadinessProbe("127.0.0.1", server.getsockname()[1])
        assert not probe.answered()  # connected, but nobody has answered: gunicorn still loads
        connection, _ = server.accept()
        assert not probe.answered()
        threading.Timer(0.1, lambda: connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")).start()
        wait_for(probe.answered, 5, "the answer came")
        connection.close()


def test_web_that_is_not_there_is_asked_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    probe = ReadinessProbe("127.0.0.1", port)
    assert not probe.answered()
    assert probe.socket is None


def test_plan_survives_its_way_through_the_pipe(tmp_path: Path) -> None:
    plan = Plan([_child(tmp_path)], ("127.0.0.1", 8000), ["Studio: here"], 12.5)
    source, sink = os.pipe()
    os.write(sink, json.dumps(asdict(plan)).encode())
    os.close(sink)
    read = read_plan(source)
    assert (read.web, read.lines, read.began) == (plan.web, plan.lines, plan.began)
    assert tuple(read.children[0].argv) == SLEEP
