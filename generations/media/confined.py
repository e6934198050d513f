"""Running our own programs on files from outside: each in a process with limits of its own."""

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

# Each run may take 512 MB; who comes while both places are taken waits a while.
_PLACES = threading.BoundedSemaphore(2)
PATIENCE = 10.0  # seconds

log = structlog.get_logger(__name__)

Answer = dict[str, Any]


class Refusal(StudioError):
    """One of our programs does not take the file; `code` is the reason's in SENTENCES."""

    def __init__(self, code: str) -> None:
        super().__init__(SENTENCES[code])
        self.code = code


def run(program: str, *arguments: str | Path, seconds: float | None = None) -> list[Answer]:
    """Run `generations.media.<program>`; the JSON objects that it printed, one or more.

    What a program said before it died or ran out of time counts; saying nothing is
    "Too complex to process." Waits up to PATIENCE seconds for a place, and up to `seconds` for
    the program. Raises Refusal, and Unavailable when there is no place.
    """
    with _place():
        output = _output(program, arguments, SECONDS if seconds is None else seconds)
    answers = [json.loads(line) for line in output.splitlines() if line.endswith(b"}")]
    if not answers:
        raise Refusal("complex")
    if "refused" in answers[0]:
        raise Refusal(answers[0]["refused"])
    return answers


def _output(program: str, arguments: tuple[str | Path, ...], seconds: float) -> bytes:
    command = (sys.executable, "-m", f"generations.media.{program}", *map(str, arguments))
    # One arena: address space is what is limited, and glibc reserves 64 MB of it a thread.
    environment = {"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1"}
    try:
        done = subprocess.run(  # noqa: S603 (our own module, paths of our own making)
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
def _place() -> Iterator[None]:
    if not _PLACES.acquire(timeout=PATIENCE):
        raise Unavailable("Many files are coming in at the moment. Try again in a minute.")
    try:
        yield
    finally:
        _PLACES.release()
