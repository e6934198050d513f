"""The supervisor: starts the studio's processes, restarts those that end, ends all of them.

Run as a program it reads a plan from a pipe. It imports nothing of Django, so that it stays small
and cannot be held up by a database.
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

from studio.processes.parentage import end_with_parent

ROOT = Path(__file__).resolve().parents[2]

STOP_WITHIN = 2.5
"""Seconds between SIGTERM and the killing of whole process groups."""

LAST_WITHIN = 0.5
"""The same for the children marked `last`, which are ended after the others."""

LONGEST_PAUSE = 5.0  # seconds before a restart
SETTLED_AFTER = 10.0  # seconds after which an end no longer counts as a failed start
MAX_LOG_BYTES = 10_000_000
SUPERVISED = "STUDIO_SUPERVISOR"
"""The environment variable that tells a child the process id of its supervisor."""

CLUSTER = "cluster"
RESTART_CLUSTER = signal.SIGUSR1
"""The signal with which the watchdog asks the supervisor to restart the queue's cluster."""

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Child:
    """One program to run, in a process group of its own with everything that it starts.

    The kernel sends it the signal `parent_gone` when the supervisor dies. A child marked `last`
    is ended after the others, which need it until then.
    """

    name: str
    argv: Sequence[str]
    log: str
    parent_gone: int = signal.SIGKILL
    last: bool = False


@dataclass
class Plan:
    """What a supervisor runs. Once `web` (host, port) answers a request, `lines` are printed.

    The time to readiness counts from `began`, a reading of the monotonic clock.
    """

    children: list[Child]
    web: tuple[str, int] | None = None
    lines: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)


class RunningChild:
    """A child and its current process."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.popen: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.failed_starts = 0
        self.not_before: float | None = 0.0

    @property
    def alive(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def start(self) -> None:
        """Start the process. Its output goes to its log file."""
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

    def schedule_restart(self) -> str | None:
        """Kill the rest of a group whose process has ended and set the time of its restart.

        Return the line to print, or None when the restart was scheduled before.
        """
        if self.not_before is not None or self.popen is None:
            return None
        self.kill_group()
        moment = time.monotonic()
        self.failed_starts = 0 if moment - self.started > SETTLED_AFTER else self.failed_starts + 1
        self.not_before = moment + min(0.1 * 2 ** min(self.failed_starts, 10), LONGEST_PAUSE)
        ended = f"{self.child.name} ended ({self.popen.returncode})"
        return f"{ended}; starting it again. See {self.child.log}"

    def due(self) -> bool:
        """Whether the time for its restart has come."""
        return self.not_before is not None and time.monotonic() >= self.not_before

    def terminate(self) -> None:
        """Send SIGTERM to the process itself, not to its group."""
        if self.popen is not None and self.alive:
            self.popen.terminate()

    def kill(self) -> None:
        """Send SIGKILL to the whole process group, without waiting."""
        if self.popen is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.popen.pid, signal.SIGKILL)

    def kill_group(self) -> None:
        """Send SIGKILL to the whole process group and wait for the process itself."""
        self.kill()
        if self.popen is not None:
            self.popen.wait()


def _open_log(path: Path) -> Any:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        path.replace(path.with_suffix(".old"))
    return path.open("ab")


class ReadinessProbe:
    """Sends the web server one request after another until it answers, whatever the status.

    Never blocks for longer than 0.2 seconds.
    """

    def __init__(self, host: str, port: int) -> None:
        self.address = ("127.0.0.1" if host in ("0.0.0.0", "::") else host, port)  # noqa: S104
        self.socket: socket.socket | None = None

    def answered(self) -> bool:
        """Whether the server has answered. Sends a request when none is open."""
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
    """Runs a plan until a signal ends it. One a process, for it handles the signals."""

    def __init__(self, plan: Plan, say: Callable[[str], None]) -> None:
        self.running = [RunningChild(child) for child in plan.children]
        self.plan = plan
        self.say = say
        self.ending = self.cluster_restart_requested = False
        self.probe = ReadinessProbe(*plan.web) if plan.web else None

    def run(self) -> int:
        """Start all children and keep them running. Blocks. Returns the exit status."""
        waker = self._handle_signals()
        try:
            while not self.ending:
                self._check_children()
                select.select([waker], [], [], self._pause())
                with contextlib.suppress(BlockingIOError):
                    waker.recv(1024)
        finally:
            self.stop()
        return 0

    def stop(self) -> None:
        """End all children: with SIGTERM, after a while with SIGKILL. Returns when none is left."""
        for last, seconds in ((False, STOP_WITHIN), (True, LAST_WITHIN)):
            ending = [one for one in self.running if one.child.last == last]
            for one in ending:
                one.terminate()
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline and any(one.alive for one in ending):
                time.sleep(0.02)
            for one in ending:
                one.kill()
            for one in ending:
                one.kill_group()

    def _handle_signals(self) -> socket.socket:
        """Return a socket that becomes readable with every signal, SIGCHLD included."""
        waker, woken = socket.socketpair()
        waker.settimeout(0)
        woken.settimeout(0)
        signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
        self._woken = woken
        for name in _ENDING:
            signal.signal(name, self._request_end)
        signal.signal(RESTART_CLUSTER, self._request_cluster_restart)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        return waker

    def _check_children(self) -> None:
        if self.cluster_restart_requested:
            self.cluster_restart_requested = False
            self.say("The queue went deaf; starting its cluster again.")
            for one in self.running:
                if one.child.name == CLUSTER:
                    one.kill_group()
        for one in self.running:
            if one.alive:
                continue
            sentence = one.schedule_restart()
            if sentence:
                self.say(sentence)
            if one.due():
                one.start()
        self._report_readiness()

    def _report_readiness(self) -> None:
        if self.probe is not None and self.probe.answered():
            self.probe = None
            for line in self.plan.lines:
                self.say(line)
            seconds = time.monotonic() - self.plan.began
            self.say(f"Ready in {seconds:.1f} s. Ctrl-C ends everything.")

    def _pause(self) -> float:
        """Return the seconds until the next thing to do that no signal announces."""
        if self.probe is not None:
            return 0.05
        waiting = [one.not_before for one in self.running if one.not_before is not None]
        return max(0.01, min(waiting) - time.monotonic()) if waiting else 60.0

    def _request_end(self, _signal: int, _frame: object) -> None:
        self.ending = True

    def _request_cluster_restart(self, _signal: int, _frame: object) -> None:
        self.cluster_restart_requested = True


def manage(*arguments: str) -> list[str]:
    """Return the argument list of a management command."""
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def become_supervisor(plan: Plan) -> NoReturn:
    """Replace this process by the supervisor of a plan. Signals wait until it handles them.

    The plan goes through a pipe. It may hold the welcome link, which other users of the machine
    must not read in the list of processes.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    source, sink = os.pipe()
    os.set_inheritable(source, True)  # noqa: FBT003 - positional only
    os.write(sink, json.dumps(asdict(plan)).encode())
    os.close(sink)
    sys.stdout.flush()
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    words = [sys.executable, "-m", "studio.processes.supervisor", str(source)]
    os.execve(sys.executable, words, {**os.environ, "PYTHONPATH": path})  # noqa: S606 - ourselves


def read_plan(source: int) -> Plan:
    """Read the plan that `become_supervisor` wrote into a pipe."""
    with os.fdopen(source, "rb") as stream:
        plan = json.load(stream)
    web = tuple(plan["web"]) if plan["web"] else None
    return Plan([Child(**child) for child in plan["children"]], web, plan["lines"], plan["began"])


def _say(line: str) -> None:
    with contextlib.suppress(OSError):  # a closed terminal is no reason to end the studio
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(Supervisor(read_plan(int(sys.argv[1])), _say).run())
