"""P6: the time from giving a hint to the first line of its task, for three brokers."""

import contextlib
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.rows import Row, Rows, at_most, not_measured
from tests.faults.studios import ROOT, Studio, wait_for

ROUNDS = 2
HINTS = 40
"""Hints of a round that count."""

WARM_UP = 5
"""Hints at the start of a round that do not count: connections are opened then."""


def pickup(prepared: Path) -> Rows:
    """Rows of P6. `prepared` is a data folder with an empty database, which each round copies."""
    with tempfile.TemporaryDirectory() as folder, _redis(Path(folder)) as redis:
        brokers = ["waking", "stock", *(["redis"] if redis else [])]
        taken: dict[str, list[float]] = {broker: [] for broker in brokers}
        # In turns, so that a busy moment of the machine does not concern one broker alone.
        for number in range(ROUNDS):
            for broker in brokers:
                home = Path(folder) / f"{broker}{number}"
                taken[broker] += _round(broker, home, prepared, redis)
    medians = {broker: statistics.median(times) for broker, times in taken.items()}
    yield from _compare(medians, taken)


def _compare(medians: dict[str, float], taken: dict[str, list[float]]) -> Rows:
    waking, stock = medians["waking"], medians["stock"]
    ninety = statistics.quantiles(taken["waking"], n=20)[18]
    yield Row("P6 pickup, our broker on SQLite", f"{waking:.1f} ms median, {ninety:.1f} ms p95")
    yield at_most(
        *("P6 pickup ÷ the stock ORM broker's", waking / stock, 1 / 3, "times"),
        note=f"stock: {stock:.1f} ms",
    )
    name = "P6 pickup ÷ the Redis broker's"
    if "redis" in medians:
        redis = medians["redis"]
        yield at_most(name, waking / redis, 1.5, "times", note=f"Redis: {redis:.1f} ms")
    else:
        yield not_measured(name, "no redis-server on this machine")


def _round(broker: str, home: Path, prepared: Path, redis: str) -> list[float]:
    """Return the milliseconds of each hint of one round."""
    studio = Studio(home)
    shutil.copytree(prepared, studio.data)
    file = home / "times"
    env = {
        **studio.env,
        "DJANGO_SETTINGS_MODULE": "bench.queue_settings",
        "BENCH_BROKER": broker,
        "BENCH_REDIS": redis,
    }
    words = [sys.executable, str(ROOT / "manage.py"), "cluster"]
    cluster = subprocess.Popen(
        words, cwd=ROOT, env=env, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        count = HINTS + WARM_UP
        sender = [sys.executable, "-m", "bench.pulse", str(count), str(file)]
        subprocess.run(sender, cwd=ROOT, env=env, check=True, timeout=120)
        wait_for(lambda: len(_lines(file)) >= count, 30, f"all hints of {broker} arrived")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(cluster.pid, signal.SIGKILL)
        cluster.wait()
        studio.end()
    return [int(line) / 1e6 for line in _lines(file)[WARM_UP:]]


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


@contextlib.contextmanager
def _redis(folder: Path) -> Iterator[str]:
    """Run a Redis on a free port and give its address; "" where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        yield ""
        return
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [
        program,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(folder),
    ]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(10)
