"""Processes that end with their parent, however the parent ends (Linux; elsewhere a no-op)."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(by: int = signal.SIGKILL, parent: int | None = None) -> None:
    """Ask the kernel to send this process a signal when its parent dies (prctl(2)).

    Cleared by every fork, so each child has to ask for itself. `parent` is who forked it: when
    that one is gone already, nobody is left to die later, and this process ends at once.
    """
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, by)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def children_end_with_parent() -> None:
    """From now on every process forked from this one ends with its parent."""
    forking: list[int] = [os.getpid()]

    def note() -> None:
        forking[0] = os.getpid()

    os.register_at_fork(
        before=note, after_in_child=lambda: end_with_parent(signal.SIGKILL, forking[0])
    )
