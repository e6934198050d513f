"""`python -m bench [part …]`: run the benchmarks and print their table."""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import derivatives, idle, pages, pickup, starting
from bench.rows import Row, Rows, not_measured, table
from tests.faults.studios import ROOT, Studio

SETTINGS = {
    "SANDBOX_OPTIONS": "--pace 0 --limits off",
    "WATCH_INTERVAL": "3",
    "SWEEP_INTERVAL": "2",
    "CLAIM_LEASE": "120",
    "DOUBT_HORIZON": "900",
    "WATCHER_LEASE": "15",
    "QUEUE_RETRY": "150",
}
"""Timings of the product, as settings.py has them; tests use shorter ones."""

EMAIL = "ada@example.com"
DOCUMENT = ROOT / "docs" / "benchmarks.md"


@contextmanager
def studio_in(folder: Path, **env: str) -> Iterator[Studio]:
    """Run a studio with its owner and her team; it ends with the block."""
    studio = Studio(folder, **{**SETTINGS, **env})
    try:
        fresh = not studio.data.exists()
        studio.start()
        if fresh:
            studio.inside("people")
        yield studio
    finally:
        studio.end()


class Bench:
    """The parts of the table. Each keeps its files in a folder of its own below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def queue(self) -> Rows:
        """Measure P6: from a hint to its task."""
        with studio_in(self.folder / "prepared") as studio:
            studio.stop()
        yield from pickup.pickup(self.folder / "prepared" / "var")

    def idle(self) -> Rows:
        """Measure P6 and P11: processor and memory while nobody uses the studio."""
        with studio_in(self.folder / "idle") as studio:
            yield from idle.idle_costs(studio)

    def browser(self) -> Rows:
        """Measure P7, P10 and the press of the button, in Chromium."""
        missing = pages.chromium_missing()
        if missing:
            yield not_measured("P7, P10 and the press of the button", missing)
            return
        with pages.browser() as chromium:
            pace = {"SANDBOX_OPTIONS": "--limits off"}
            with studio_in(self.folder / "pages", **pace) as studio:
                yield from pages.waiting(chromium, studio, EMAIL, callbacks=True)
                studio.inside("library", "48")
                yield from pages.weight(chromium, studio, EMAIL)
            silent = {**pace, "PUBLIC_BASE_URL": "http://127.0.0.1:1"}
            with studio_in(self.folder / "silent", **silent) as studio:
                yield from pages.waiting(chromium, studio, EMAIL, callbacks=False)

    def start(self) -> Rows:
        """Measure a second start and Ctrl-C."""
        with studio_in(self.folder / "second") as studio:
            studio.stop()
            yield from starting.second_start(studio)

    def fresh(self) -> Rows:
        """Measure a fresh clone until its first page. Network."""
        yield from starting.fresh_start()

    def media(self) -> Rows:
        """Measure P15: posters."""
        yield from derivatives.posters()


PARTS: dict[str, Callable[[Bench], Rows]] = {
    "queue": Bench.queue,
    "idle": Bench.idle,
    "browser": Bench.browser,
    "start": Bench.start,
    "fresh": Bench.fresh,
    "media": Bench.media,
}


def machine() -> str:
    """Describe the machine and its load."""
    pages_of_memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return (
        f"{os.cpu_count()} cores, {pages_of_memory / 2**30:.0f} GiB, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}; load "
        f"{os.getloadavg()[0]:.1f} when the run began"
    )


def main() -> int:
    """Print the table. Return 1 when a target is not met."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all when none is named")
    parser.add_argument("--write", action="store_true", help="keep the table in docs/benchmarks.md")
    chosen = parser.parse_args()
    measured_on = machine()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="dailies-bench-") as folder:
        for part in chosen.parts or PARTS:
            for row in PARTS[part](Bench(Path(folder))):
                rows.append(row)
                sys.stderr.write(f"{row.verdict:8} {row.name}: {row.figure}\n")
    sys.stdout.write(f"{measured_on}\n\n{table(rows)}\n")
    if chosen.write:
        DOCUMENT.write_text(document(measured_on, rows))
    return 1 if any(row.met is False for row in rows) else 0


def document(measured_on: str, rows: list[Row]) -> str:
    """Return the text of docs/benchmarks.md: its introduction stays, machine and table are new."""
    introduction = DOCUMENT.read_text().partition("Machine: ")[0]
    return f"{introduction}Machine: {measured_on}.\n\n{table(rows)}\n"


if __name__ == "__main__":
    sys.exit(main())
