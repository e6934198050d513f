"""Runs our own programs on files from outside, each in a process with limits."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

from generations.media.refusals import SENTENCES
from studio.errors import StudioError, Unavailable

SECONDS = 20.0

# Each program may take 512 MB, so only two run at once. Others wait for WAIT_SECONDS.
_RUNNING = threading.BoundedSemaphore(2)
WAIT_SECONDS = 10.0

log = structlog.get_logger(__name__)

Output = dict[str, Any]


class FileRefused(StudioError):
    """One of our programs refuses the file. `code` is the reason, a key of SENTENCES."""

    def __init__(self, code: str) -> None:
        super().__init__(SENTENCES[code])
        self.code = code


def run(program: str, *arguments: str | Path, seconds: float | None = None) -> list[Output]:
    """Run `generations.media.<program>`; return the JSON objects that it printed, at least one.

    Objects count that it printed before it was killed or ran out of time; none at all means "Too
    complex to process." Waits up to WAIT_SECONDS to start, and up to `seconds` for the program.
    Raises FileRefused, and Unavailable when other programs run all the time.
    """
    with _permit():
        output = _output(program, arguments, SECONDS if seconds is None else seconds)
    objects = [json.loads(line) for line in output.splitlines() if line.endswith(b"}")]
    if not objects:
        raise FileRefused("complex")
    if "refused" in objects[0]:
        raise FileRefused(objects[0]["refused"])
    return objects


def _output(program: str, arguments: tuple[str | Path, ...], seconds: float) -> bytes:
    command = (sys.executable, "-m", f"generations.media.{program}", *map(str, arguments))
    # One arena: address space is what is limited, and glibc reserves 64 MB of it a thread.
    environment = {"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1"}
    try:
        done = subprocess.run(  # noqa: S603 (our own module and paths)
            command,
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        log.warning("confined program took too long", program=program)
        return error.stdout or b""
    if done.returncode != 0:
        log.warning(
            "confined program ended",
            program=program,
            code=done.returncode,
            error=done.stderr[-500:].decode(errors="replace"),
        )
    return done.stdout


@contextmanager
def _permit() -> Iterator[None]:
    if not _RUNNING.acquire(timeout=WAIT_SECONDS):
        raise Unavailable("Many files are coming in at the moment. Try again in a minute.")
    try:
        yield
    finally:
        _RUNNING.release()
