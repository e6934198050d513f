"""What a video is made of, read by plain Python before any decoder may see the file."""

import mmap
from pathlib import Path

from generations.media.refusals import Refused
from generations.media.sniffing import WEBM, FileType
from generations.media.structure import boxes, elements

__all__ = ["check"]


def check(path: Path, kind: FileType) -> None:
    """Refuse a video that is not whole, plain and on its own. Under a second for any file.

    Reads headers and tables, never the frames. Raises Refused.
    """
    if not path.stat().st_size:
        raise Refused("incomplete")
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as body:
        (elements if kind is WEBM else boxes).check(body)
