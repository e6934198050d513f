"""Starting and ending: a fresh clone, a second start, and Ctrl-C."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.rows import Row, Rows, at_most, not_measured
from tests.faults.studios import ROOT, NotInTime, Studio, wait_for

FRESH_WITHIN = 300.0


def second_start(studio: Studio) -> Rows:
    """Rows for a stopped studio whose data folder exists. It is stopped again afterwards."""
    seconds = min(_to_first_page(studio) for _ in range(3))
    yield at_most("second start, to the first page", seconds, 3, "s", note="best of 3")
    studio.start()
    studio.inside("submit", "6")
    wait_for(lambda: "dreaming" in studio.states(), 30, "something dreams")
    taken = studio.stop()
    left = len(studio.left())
    yield at_most("Ctrl-C while six are being made", taken, 5, "s", note=f"{left} processes left")


def _to_first_page(studio: Studio) -> float:
    began = time.monotonic()
    studio.start()
    _get(f"{studio.url}/accounts/login/")
    taken = time.monotonic() - began
    studio.stop()
    return taken


def fresh_start() -> Rows:
    """Rows for `make run` in a new clone with an empty home, until it answers. Network."""
    name = "fresh clone, `make run` to the first page"
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        yield not_measured(name, "this is no clone")
        return
    with tempfile.TemporaryDirectory() as folder:
        clone, home = Path(folder) / "dailies", Path(folder) / "home"
        home.mkdir()
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        try:
            seconds, ended = _make_run(clone, home)
        except NotInTime as problem:
            yield Row(name, str(problem), f"≤ {FRESH_WITHIN:.0f} s", met=False)
            return
    yield Row(name, f"{seconds:.0f} s, packages installed from the network or a cache of wheels")
    yield at_most("Ctrl-C of `make run`", ended, 5, "s")


def _make_run(clone: Path, home: Path) -> tuple[float, float]:
    """Return the seconds to the first page and the seconds that Ctrl-C took."""
    drop = ("VIRTUAL_ENV", "STUDIO_DATA", "XDG_CACHE_HOME", "PIP_CACHE_DIR", "MAKEFLAGS")
    env = {key: value for key, value in os.environ.items() if key not in drop}
    env |= {"HOME": str(home), "PORT": "0", "SANDBOX_PORT": "0"}
    log = home / "log"
    began = time.monotonic()
    with log.open("wb") as stream:
        make = subprocess.Popen(
            ["make", "run"],
            cwd=clone,
            env=env,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    try:
        found = wait_for(
            lambda: re.search(r"Studio: (\S+)/\n", log.read_text()), FRESH_WITHIN, "make run"
        )
        _get(f"{found[1]}/accounts/login/")
        seconds = time.monotonic() - began
        began = time.monotonic()
        os.killpg(make.pid, signal.SIGINT)
        make.wait(30)
        return seconds, time.monotonic() - began
    finally:
        if make.poll() is None:
            os.killpg(make.pid, signal.SIGKILL)
            make.wait()


def _get(address: str) -> None:
    with urllib.request.urlopen(address, timeout=30) as answer:
        if answer.status != 200:
            raise urllib.error.HTTPError(address, answer.status, "not 200", answer.headers, None)
