"""Checks the structure of a video in plain Python, before any decoder reads the file."""

import mmap
from pathlib import Path

from generations.media.refusals import Refused
from generations.media.sniffing import WEBM, FileType
from generations.media.structure import boxes, elements

__all__ = ["check"]


def check(path: Path, kind: FileType) -> None:
    """Raise Refused for a video that is incomplete, unusual or refers to other files.

    Reads headers and tables, never the frames. Takes less than a second for any file.
    """
    if not path.stat().st_size:
        raise Refused("incomplete")
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as body:
        (elements if kind is WEBM else boxes).check(body)
