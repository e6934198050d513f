"""The sandbox as a process: its socket, its signals, and the lock on its directory."""

from __future__ import annotations

import fcntl
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .options import Options
from .server import SandboxServer
from .service import MOUNT, Sandbox


class DirectoryInUse(Exception):
    """Another sandbox works on the same directory."""


def run(options: Options) -> int:
    """Do what `generations.sandbox.serve` says."""
    logging.basicConfig(level=logging.INFO, format="sandbox: %(message)s", stream=sys.stderr)
    asked_to_end = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: asked_to_end.set())
    try:
        with _locked(options.directory), SandboxServer((options.host, options.port)) as server:
            _serve_until(asked_to_end, server, options)
    except DirectoryInUse:
        sys.stderr.write(f"Another sandbox uses {options.directory}.\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"Cannot listen on {options.host}:{options.port}: {error}\n")
        return 1
    return 0


def _serve_until(asked_to_end: threading.Event, server: SandboxServer, options: Options) -> None:
    sandbox = Sandbox(options, origin=server.origin)
    sandbox.start()
    server.sandbox = sandbox
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    sys.stdout.write(f"Sandbox: {server.origin}{MOUNT}\n")
    sys.stdout.flush()
    asked_to_end.wait()
    server.shutdown()
    sandbox.close()


@contextmanager
def _locked(directory: Path) -> Iterator[IO[str]]:
    """Lock the directory. The system releases the lock when the process ends, even if killed."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DirectoryInUse from None
        yield lock
