"""P6 and P11: processor and memory of a studio that nobody uses."""

import time

import psutil  # type: ignore[import-untyped]

from bench.rows import Row, Rows, at_most
from tests.faults.studios import Studio

SECONDS = 20.0
SETTLE = 8.0
SANDBOX = ("sandbox", "sandbox renderer")


def idle_costs(studio: Studio) -> Rows:
    """Rows for a running studio without work. Takes about half a minute."""
    time.sleep(SETTLE)
    before = _spent(studio)
    time.sleep(SECONDS)
    after = _spent(studio)
    shares = {role: (after[role] - before.get(role, 0.0)) / SECONDS * 100 for role in after}
    ours = sum(share for role, share in shares.items() if role not in SANDBOX)
    dearest = sorted(shares, key=lambda role: -shares[role])[:3]
    note = ", ".join(f"{role} {shares[role]:.2f}" for role in dearest)
    yield at_most("P6 idle processor time of everything", ours, 2, "% of a core", note=note)
    yield from memory(studio)


def memory(studio: Studio) -> Rows:
    """Rows of P11. Proportional set sizes, so that shared pages are counted once."""
    sizes = {role: _pss(process) for role, process in studio.roles().items()}
    ours = sum(size for role, size in sizes.items() if role not in SANDBOX)
    yield at_most("P11 memory of web, worker and watcher at idle", ours, 350, "MiB")
    largest = ", ".join(f"{role} {size:.0f}" for role, size in sorted(sizes.items()))
    yield Row(
        "memory by process, the sandbox included", f"{sum(sizes.values()):.0f} MiB ({largest})"
    )


def _spent(studio: Studio) -> dict[str, float]:
    """Return the processor seconds of each process so far, with children that have ended."""
    return {role: _seconds(process) for role, process in studio.roles().items()}


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _pss(process: psutil.Process) -> float:
    return float(process.memory_full_info().pss) / 2**20
