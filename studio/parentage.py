"""Processes that end with their parent, however the parent ends (Linux; elsewhere a no-op)."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(by: int = signal.SIGKILL) -> None:
    """Ask the kernel to send this process a signal when its parent dies (prctl(2)).

    Cleared by every fork, so each child has to ask for itself.
    """
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, by)


def children_end_with_parent() -> None:
    """From now on every process forked from this one ends with its parent."""
    os.register_at_fork(after_in_child=end_with_parent)
