"""Keeps the studio's processes alive: starts them, restarts what dies, ends all of them.

Run as a program it reads a plan from a pipe and imports nothing of Django, so that what waits
beside the studio all day is small and cannot be held up by a database.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from studio.parentage import end_with_parent

ROOT = Path(__file__).resolve().parent.parent

STOP_WITHIN = 2.5
"""Seconds that processes have to end by themselves before their whole groups are killed."""

LAST_WITHIN = 0.5
"""Seconds that those have which end after the others."""

LONGEST_PAUSE = 5.0
SETTLED_AFTER = 10.0
KEEP_LOG = 10_000_000
SUPERVISED = "STUDIO_SUPERVISOR"
"""The environment's name for the supervisor's process id, which a child may signal."""

CLUSTER = "cluster"
DEAF = signal.SIGUSR1
"""Sent to the supervisor by a watchdog: the queue's cluster has to be started again."""

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Child:
    """One process of the studio, with everything it starts, in a process group of its own.

    `parent_gone` is the signal it gets when the supervisor dies; `last` marks one that the
    others need until they have ended.
    """

    name: str
    argv: Sequence[str]
    log: str
    parent_gone: int = signal.SIGKILL
    last: bool = False


@dataclass
class Plan:
    """What a supervisor runs. `web` (host, port) is asked once for a page; then `lines` are said.

    `began` is the reading of the monotonic clock from which the time to readiness counts.
    """

    children: list[Child]
    web: tuple[str, int] | None = None
    lines: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)


class Running:
    """A child and the process that it is at present."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.popen: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.deaths = 0
        self.not_before: float | None = 0.0

    @property
    def alive(self) -> bool:
        """Whether its first process is alive."""
        return self.popen is not None and self.popen.poll() is None

    def start(self) -> None:
        """Start it; its output goes to its log file."""
        parent = os.getpid()
        self.started = time.monotonic()
        self.not_before = None
        with _open_log(Path(self.child.log)) as log:
            self.popen = subprocess.Popen(  # noqa: S603 - our own argument lists
                self.child.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, SUPERVISED: str(parent)},
                start_new_session=True,
                preexec_fn=lambda: end_with_parent(  # noqa: PLW1509 - one thread, no locks
                    self.child.parent_gone, parent
                ),
            )

    def mourn(self) -> str | None:
        """It died: end what it left behind, set when it is tried again, return what to say.

        None when that was done already and it only waits for its time.
        """
        if self.not_before is not None or self.popen is None:
            return None
        self.kill_group()
        moment = time.monotonic()
        self.deaths = 0 if moment - self.started > SETTLED_AFTER else self.deaths + 1
        self.not_before = moment + min(0.1 * 2 ** min(self.deaths, 10), LONGEST_PAUSE)
        ended = f"{self.child.name} ended ({self.popen.returncode})"
        return f"{ended}; starting it again. See {self.child.log}"

    def due(self) -> bool:
        """Whether it may be started now."""
        return self.not_before is not None and time.monotonic() >= self.not_before

    def ask_to_end(self) -> None:
        """Send SIGTERM to its first process."""
        if self.popen is not None and self.alive:
            self.popen.terminate()

    def kill(self) -> None:
        """Kill it and everything it started, without waiting."""
        if self.popen is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.popen.pid, signal.SIGKILL)

    def kill_group(self) -> None:
        """Kill it and everything it started; returns when it is gone."""
        self.kill()
        if self.popen is not None:
            self.popen.wait()


def _open_log(path: Path) -> Any:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > KEEP_LOG:
        path.replace(path.with_suffix(".old"))
    return path.open("ab")


class FirstAnswer:
    """Asks the web for a page until it answers with any status; never waits for it."""

    def __init__(self, host: str, port: int) -> None:
        self.address = ("127.0.0.1" if host in ("0.0.0.0", "::") else host, port)  # noqa: S104
        self.socket: socket.socket | None = None

    def came(self) -> bool:
        """Whether it has answered; asks when it has not been asked yet."""
        try:
            if self.socket is None:
                self.socket = socket.create_connection(self.address, timeout=0.2)
                self.socket.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
                self.socket.settimeout(0)
            answer = self.socket.recv(5)
        except BlockingIOError:
            return False
        except OSError:
            answer = b""
        if self.socket is not None:
            self.socket.close()
            self.socket = None
        return answer.startswith(b"HTTP/")


class Supervisor:
    """Runs a plan until a signal ends it. One for a process: it takes the signals."""

    def __init__(self, plan: Plan, say: Callable[[str], None]) -> None:
        self.running = [Running(child) for child in plan.children]
        self.plan = plan
        self.say = say
        self.ending = self.deaf = False
        self.first = FirstAnswer(*plan.web) if plan.web else None

    def run(self) -> int:
        """Start everything and keep it running; return the exit status. Blocks."""
        waker = self._take_signals()
        try:
            while not self.ending:
                self._look()
                select.select([waker], [], [], self._pause())
                with contextlib.suppress(BlockingIOError):
                    waker.recv(1024)
        finally:
            self.stop()
        return 0

    def stop(self) -> None:
        """End everything: politely, then at once. Returns when no child is left."""
        for last, seconds in ((False, STOP_WITHIN), (True, LAST_WITHIN)):
            ending = [one for one in self.running if one.child.last == last]
            for one in ending:
                one.ask_to_end()
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline and any(one.alive for one in ending):
                time.sleep(0.02)
            for one in ending:
                one.kill()
            for one in ending:
                one.kill_group()

    def _take_signals(self) -> socket.socket:
        """A socket that becomes readable with every signal, the death of a child included."""
        waker, woken = socket.socketpair()
        waker.settimeout(0)
        woken.settimeout(0)
        signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
        self._woken = woken
        for name in _ENDING:
            signal.signal(name, self._end)
        signal.signal(DEAF, self._restart_cluster)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        return waker

    def _look(self) -> None:
        if self.deaf:
            self.deaf = False
            self.say("The queue went deaf; starting its cluster again.")
            for one in self.running:
                if one.child.name == CLUSTER:
                    one.kill_group()
        for one in self.running:
            if one.alive:
                continue
            sentence = one.mourn()
            if sentence:
                self.say(sentence)
            if one.due():
                one.start()
        self._announce()

    def _announce(self) -> None:
        if self.first is not None and self.first.came():
            self.first = None
            for line in self.plan.lines:
                self.say(line)
            seconds = time.monotonic() - self.plan.began
            self.say(f"Ready in {seconds:.1f} s. Ctrl-C ends everything.")

    def _pause(self) -> float:
        """Seconds until there is something to do that no signal announces."""
        if self.first is not None:
            return 0.05
        waiting = [one.not_before for one in self.running if one.not_before is not None]
        return max(0.01, min(waiting) - time.monotonic()) if waiting else 60.0

    def _end(self, _signal: int, _frame: object) -> None:
        self.ending = True

    def _restart_cluster(self, _signal: int, _frame: object) -> None:
        self.deaf = True


def manage(*arguments: str) -> list[str]:
    """Return the argument list of one of our own commands."""
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def become_supervisor(plan: Plan) -> NoReturn:
    """Turn this process into the supervisor of a plan. Signals wait until it listens to them.

    The plan goes through a pipe: it may hold the welcome link, which other users of the machine
    must not read in the list of processes.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    source, sink = os.pipe()
    os.set_inheritable(source, True)  # noqa: FBT003 - positional only
    os.write(sink, json.dumps(asdict(plan)).encode())
    os.close(sink)
    sys.stdout.flush()
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    words = [sys.executable, "-m", "studio.supervisor", str(source)]
    os.execve(sys.executable, words, {**os.environ, "PYTHONPATH": path})  # noqa: S606 - ourselves


def read_plan(source: int) -> Plan:
    """Read what `become_supervisor` wrote."""
    with os.fdopen(source, "rb") as stream:
        told = json.load(stream)
    web = tuple(told["web"]) if told["web"] else None
    return Plan([Child(**child) for child in told["children"]], web, told["lines"], told["began"])


def _say(line: str) -> None:
    with contextlib.suppress(OSError):  # a closed terminal is no reason to end the studio
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(Supervisor(read_plan(int(sys.argv[1])), _say).run())
