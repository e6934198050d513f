"""Keeps the studio's processes alive: starts them, restarts what dies, ends all of them."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.parentage import end_with_parent

STOP_WITHIN = 3.0
"""Seconds that a process has to end by itself before its whole group is killed."""

LONGEST_PAUSE = 5.0
SETTLED_AFTER = 10.0
KEEP_LOG = 10_000_000


@dataclass
class Child:
    """One process of the studio, with everything it starts, in a process group of its own."""

    name: str
    argv: Sequence[str]
    log: Path
    env: dict[str, str] = field(default_factory=dict)
    parent_gone: int = signal.SIGKILL
    popen: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restarts: int = 0
    not_before: float = 0.0

    def start(self) -> None:
        """Start it; its output goes to its log file."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > KEEP_LOG:
            self.log.replace(self.log.with_suffix(".old"))
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(  # noqa: S603 - our own argument lists
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.env},
                start_new_session=True,
                preexec_fn=lambda: end_with_parent(self.parent_gone),  # noqa: PLW1509
            )
        self.started = time.monotonic()

    @property
    def running(self) -> bool:
        """Whether its first process is alive."""
        return self.popen is not None and self.popen.poll() is None

    def ask_to_end(self) -> None:
        """Send SIGTERM to its first process."""
        if self.popen is not None and self.running:
            self.popen.terminate()

    def kill_group(self) -> None:
        """End it and everything it started, at once."""
        if self.popen is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()


class Supervisor:
    """Runs children until a signal ends it. `tick` is called about ten times a second."""

    def __init__(self, children: Sequence[Child], say: Callable[[str], None]) -> None:
        self.children = list(children)
        self.say = say
        self.ending = False
        self.ticks: list[Callable[[], None]] = []

    def run(self) -> int:
        """Start everything and keep it running; return the exit status. Blocks."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._end)
        try:
            while not self.ending:
                self._revive()
                for tick in self.ticks:
                    tick()
                time.sleep(0.1)
        finally:
            self.stop()
        return 0

    def restart(self, name: str) -> None:
        """Kill one child with its whole group; the loop starts it again."""
        for child in self.children:
            if child.name == name:
                child.kill_group()

    def stop(self) -> None:
        """End everything: politely, then at once. Returns when no child is left."""
        for child in self.children:
            child.ask_to_end()
        deadline = time.monotonic() + STOP_WITHIN
        while time.monotonic() < deadline and any(child.running for child in self.children):
            time.sleep(0.02)
        for child in self.children:
            child.kill_group()

    def _revive(self) -> None:
        moment = time.monotonic()
        for child in self.children:
            if child.running or moment < child.not_before:
                continue
            if child.popen is not None and child.not_before <= child.started:
                self._mourn(child, moment)
                continue
            child.start()
            return

    def _mourn(self, child: Child, moment: float) -> None:
        """A child died: end what it left behind and wait a little before the next try."""
        child.kill_group()
        lived = moment - child.started
        child.restarts = 0 if lived > SETTLED_AFTER else child.restarts + 1
        pause = min(0.1 * 2**child.restarts, LONGEST_PAUSE)
        child.not_before = moment + pause
        status = child.popen.returncode if child.popen else None
        self.say(f"{child.name} ended ({status}); starting it again. See {child.log}")

    def _end(self, _signal: int, _frame: object) -> None:
        self.ending = True


def manage(*arguments: str) -> list[str]:
    """Return the argument list of one of our own commands."""
    return [sys.executable, str(Path(__file__).resolve().parent.parent / "manage.py"), *arguments]
