"""Fetching inputs over http or https, within a size and a time, without credentials."""

from __future__ import annotations

import http.client
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol
from urllib.parse import urlsplit

UNREADABLE: Final = "Failed to read user input frames"
"""The documented failure_reason for an input that cannot be fetched or decoded."""

MAX_BYTES: Final = {"image": 10 * 1024 * 1024, "video": 100 * 1024 * 1024}
MAX_SECONDS: Final = 30.0
SILENCE_SECONDS: Final = 5.0
_PIECE = 64 * 1024
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Unreadable(Exception):
    """An input cannot be used; str() is the failure_reason."""

    def __init__(self, why: str = "") -> None:
        super().__init__(f"{UNREADABLE}: {why}" if why else UNREADABLE)


class StoredVideos(Protocol):
    """The videos of earlier generations."""

    def video_of(self, generation_id: str) -> Path | None:
        """Return the file of the video, or None."""


def fetch_inputs(inputs: Sequence[dict[str, Any]], directory: Path, videos: StoredVideos) -> None:
    """Write every input into `directory` under its index; raises Unreadable.

    The video of a generation is linked: it stays when its generation is deleted.
    A second call starts again.
    """
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    for index, each in enumerate(inputs):
        target = directory / str(index)
        if "generation" in each:
            _link(videos.video_of(each["generation"]), target)
        else:
            fetch(each["url"], target, MAX_BYTES[each["kind"]])


def fetch(url: str, target: Path, limit: int) -> None:
    """Download `url` to `target`; raises Unreadable.

    Follows redirects between http and https; at most `limit` bytes within MAX_SECONDS.
    """
    try:
        # The opener knows http and https only.
        request = urllib.request.Request(url, headers={"User-Agent": "dailies-sandbox"})  # noqa: S310
        with (
            _opener(url).open(request, timeout=SILENCE_SECONDS) as answer,
            target.open("wb") as out,
        ):
            _copy(answer, out, limit)
    except urllib.error.HTTPError as error:
        error.close()
        raise Unreadable from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreadable from error


def _copy(answer: http.client.HTTPResponse, out: BinaryIO, limit: int) -> None:
    """Copy the body. Raises Unreadable if it is empty, incomplete, too large or too slow."""
    deadline = time.monotonic() + MAX_SECONDS
    promised = answer.length
    received = 0
    while piece := answer.read1(_PIECE):
        received += len(piece)
        if received > limit:
            raise Unreadable(f"larger than {limit // 1024 // 1024} MB")
        if time.monotonic() > deadline:
            raise Unreadable(f"took longer than {MAX_SECONDS:.0f} s")
        out.write(piece)
    if received == 0 or (promised is not None and received < promised):
        raise Unreadable


def _opener(url: str) -> urllib.request.OpenerDirector:
    """Return an opener for http and https only: urllib's own also reads files and ftp."""
    local = urlsplit(url).hostname in _LOOPBACK
    opener = urllib.request.OpenerDirector()
    for part in (
        urllib.request.ProxyHandler({} if local else None),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(part)
    return opener


def _link(video: Path | None, target: Path) -> None:
    if video is None:
        raise Unreadable
    try:
        target.hardlink_to(video)
    except FileNotFoundError:
        raise Unreadable from None
    except OSError:
        shutil.copyfile(video, target)
