"""The Dream Machine API on this machine: same routes, same rules, real media. No Django.

`serve` runs it on a socket; `Sandbox` (in `service`) is the WSGI application for tests without
one. Importing this package imports no other module, because the rendering process, a part of
it, has to start small.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .options import Options

__all__ = ["serve"]


def serve(options: Options) -> int:
    """Serve until SIGTERM or SIGINT; prints `Sandbox: URL` when ready; returns an exit status.

    Writes below `options.directory` only. 0 after a signal, 1 when the address or the
    directory is in use (the reason goes to stderr).
    """
    from .running import run

    return run(options)
