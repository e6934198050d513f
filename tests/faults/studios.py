"""A whole studio, started as its users do, in a folder of its own, for fault tests."""

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psutil  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]

QUICK = {
    "PORT": "0",
    "SANDBOX_PORT": "0",
    "SANDBOX_OPTIONS": "--pace 0 --limits off",
    "WATCH_INTERVAL": "0.5",
    "SWEEP_INTERVAL": "0.5",
    "CLAIM_LEASE": "8",
    "DOUBT_HORIZON": "20",
    "WATCHER_LEASE": "2",
    "QUEUE_RETRY": "66",
}
"""Settings under which a minute shows what takes an hour."""

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")

IN_PROGRESS = {"queued", "sending", "unconfirmed", "dreaming", "stalled", "storing", "waiting"}

T = TypeVar("T")

READ_CALLS = {"0", "19"}
"""read and readv on x86-64: where the process waits that may take the queue's next message."""


class NotInTime(AssertionError):
    """What was waited for did not happen."""


SLACK = 4
"""How many times longer a busy machine may take than is expected of an idle one."""


def wait_for(look: Callable[[], T | None], seconds: float, what: str) -> T:
    """Return the first true answer of `look`; raise NotInTime after SLACK times `seconds`."""
    until = time.monotonic() + seconds * SLACK
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > until:
            raise NotInTime(f"{what}: not within {seconds * SLACK} s")
        time.sleep(0.05)


class Api:
    """A sandbox of its own that a test may stop and start: the API as a place that can be away."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "sandbox"
        self.port = "0"
        self.popen: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it is, or was, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, on the port that it had before if it had one."""
        log = self.data.with_suffix(".log")
        log.parent.mkdir(parents=True, exist_ok=True)
        words = ("--port", self.port, "--data", str(self.data), "--pace", "0", "--limits", "off")
        with log.open("wb") as stream:
            self.popen = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "sandbox", *words],
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )
        found = wait_for(lambda: re.search(r"Sandbox: \S+:(\d+)/", log.read_text()), 20, "the API")
        self.port = found[1]

    def misbehave(self, *rules: dict[str, Any]) -> None:
        """Let it fail by these rules (generations/sandbox/faults.py)."""
        request = urllib.request.Request(
            f"{self.address}/_sandbox/faults",
            data=json.dumps(rules).encode(),
            headers={"Authorization": "Bearer sandbox", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200

    def stop(self) -> None:
        """End it, if it runs."""
        if self.popen is not None:
            self.popen.terminate()
            self.popen.wait(10)


class Studio:
    """One `manage.py run` on a data folder; it can be started again after it ended.

    Everything it starts carries its folder in the environment, so that `left` sees strays too.
    """

    def __init__(self, folder: Path, **env: str) -> None:
        self.data = folder / "var"
        self.sandbox_data = self.data / "sandbox"
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.env = {**kept, **QUICK, **env, "STUDIO_DATA": str(self.data)}
        self.log = folder / "run.log"
        self.popen: subprocess.Popen[bytes] | None = None
        self.url = self.sandbox_url = self.welcome = ""

    def start(self, seconds: float = 60) -> float:
        """Start it and wait until it says that it is ready; return the seconds that took."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_bytes(b"")
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "run"],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(self._ready, seconds, "the studio is ready")
        self.url = self._said(r"Studio: (\S+)/")
        self.sandbox_url = self._said(r"Sandbox: (\S+)/dream-machine/v1")
        self.welcome = self._said(r"First sign-in: (\S+)")
        self.env["PORT"] = self.url.rpartition(":")[2]  # the next start is on the same addresses
        if self.sandbox_url:
            self.env["SANDBOX_PORT"] = self.sandbox_url.rpartition(":")[2]
        return time.monotonic() - began

    def _ready(self) -> bool:
        if self.popen is not None and self.popen.poll() is not None:
            raise AssertionError(f"manage.py run ended: {self.log.read_text()}")
        return "Ready in" in self.log.read_text()

    def _said(self, pattern: str) -> str:
        found = re.search(pattern, self.log.read_text())
        return found[1] if found else ""

    @property
    def pid(self) -> int:
        """The supervisor's process id."""
        assert self.popen is not None
        return self.popen.pid

    def stop(self, by: int = signal.SIGINT, seconds: float = 60) -> float:
        """Signal its process group as a terminal does; return the seconds until it was gone."""
        assert self.popen is not None
        began = time.monotonic()
        os.killpg(self.popen.pid, by)
        self.popen.wait(seconds)
        return time.monotonic() - began

    def end(self) -> None:
        """End whatever is left of it, by process id; for the end of a test."""
        if self.popen is not None and self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait(10)
        for _ in range(3):
            for process in self.left():
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        if self.popen is not None:
            self.popen.poll()

    def left(self) -> list[psutil.Process]:
        """Every living process of this studio, wherever it hangs in the tree."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                    continue
                if process.environ().get("STUDIO_DATA") == str(self.data):
                    found.append(process)
        return found

    def roles(self) -> dict[str, psutil.Process]:
        """Its processes by what they do. Of a cluster's children, by the order of their birth."""
        found: dict[str, psutil.Process] = {"supervisor": psutil.Process(self.pid)}
        for child in found["supervisor"].children():
            with contextlib.suppress(psutil.Error):
                self._place(child, found)
        return found

    def _place(self, child: psutil.Process, found: dict[str, psutil.Process]) -> None:
        words = child.cmdline()
        below = sorted(child.children(), key=lambda one: one.create_time())
        if "gunicorn" in words:
            found["web master"] = child
            found.update({f"web worker {n}": one for n, one in enumerate(below)})
        elif "sandbox" in words:
            found["sandbox"] = child
            found.update(zip(["sandbox renderer"], below, strict=False))
        elif "watch" in words:
            found["watcher"] = child
        elif "cluster" in words:
            found["cluster main"] = child
            found.update(zip(["sentinel"], below, strict=False))
            for one in below:
                crew = sorted(one.children(), key=lambda each: (each.create_time(), each.pid))
                names = ("worker 0", "worker 1", "monitor", "pusher")
                found.update(dict(zip(names, crew, strict=False)))

    def whole(self) -> bool:
        """Whether every process that a studio has is there."""
        return {"web worker 0", "sandbox", "watcher", "pusher"} <= self.roles().keys()

    def kill(self, role: str, seconds: float = 20) -> int:
        """kill -9 the process of a role, as soon as there is one; return its id."""

        def alive() -> psutil.Process | None:
            return self.roles().get(role)

        process = wait_for(alive, seconds, f"there is a {role}")
        process.kill()
        return int(process.pid)

    def idle_readers(self) -> list[psutil.Process]:
        """The queue's workers that wait at its pipe; all of them where the kernel does not say."""
        roles = self.roles()
        workers = [roles[name] for name in ("worker 0", "worker 1") if name in roles]
        try:
            return [worker for worker in workers if _call(worker.pid) in READ_CALLS]
        except PermissionError:
            return workers

    def inside(self, *words: str) -> Any:
        """Run one command of `inside.py` with this studio's settings; return its JSON."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.inside", *words],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Read the studio's database (SQLite), as another process would."""
        return _rows(self.data / "studio.sqlite3", sql)

    def truth(self) -> dict[str, list[dict[str, Any]]]:
        """What the sandbox did, from its own database, whether or not it runs."""
        file = self.sandbox_data / "sandbox.sqlite3"
        return {
            "generations": _rows(
                file,
                "select id, state, json_extract(request, '$.callback_url') as callback_url"
                " from generations",
            ),
            "ledger": _rows(file, "select generation_id, entry, microdollars from ledger"),
        }

    def states(self) -> list[str]:
        """The state of every generation, oldest first."""
        rows = self.rows("select state from generations_generation order by id")
        return [str(row["state"]) for row in rows]

    def settle(self, count: int, seconds: float) -> list[str]:
        """Wait until `count` generations are there and none is in progress; return the states."""

        def settled() -> list[str] | None:
            states = self.states()
            return states if len(states) == count and not IN_PROGRESS & set(states) else None

        return self.wait_for(settled, seconds, "everything is settled")

    def wait_for(self, look: Callable[[], T | None], seconds: float, what: str) -> T:
        """As the function of that name; when it fails, the test prints the history."""
        try:
            return wait_for(look, seconds, what)
        except NotInTime:
            sys.stdout.write(self.history())
            raise

    def history(self) -> str:
        """Every step of every generation, and what the processes said."""
        lines = [
            f"{row['at'][11:23]} {row['generation_id']} {row['verb']} {row['detail']}"
            for row in self.rows("select * from generations_event order by id")
        ]
        lines += [str(row) for row in self.rows("select state, note from generations_generation")]
        logs = [self.log, *sorted((self.data / "log").glob("*.log"))]
        return "\n".join([*lines, *(f"== {log.name}\n{log.read_text()[-4000:]}" for log in logs)])

    def answers(self, path: str = "/healthz") -> bool:
        """Whether the web answers 200."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def _call(pid: int) -> str:
    """The number of the system call that a process is in; "running", or "" when it is gone."""
    try:
        return Path(f"/proc/{pid}/syscall").read_text().split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _rows(file: Path, sql: str) -> list[dict[str, Any]]:
    with contextlib.closing(sqlite3.connect(file, timeout=20)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]
