"""Makes processes end with their parent, however it ends (on Linux; elsewhere it does nothing)."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(by: int = signal.SIGKILL, parent: int | None = None) -> None:
    """Ask the kernel to send this process a signal when its parent dies (prctl(2)).

    Every fork clears the setting, so each child has to ask for itself. `parent` is the id of the
    process that forked this one: if it is gone already, no signal will come, and this process
    ends at once.
    """
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, by)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def children_end_with_parent() -> None:
    """Make every process that is forked from now on end with its parent."""
    forking: list[int] = [os.getpid()]

    def remember_parent() -> None:
        forking[0] = os.getpid()

    os.register_at_fork(
        before=remember_parent, after_in_child=lambda: end_with_parent(signal.SIGKILL, forking[0])
    )
