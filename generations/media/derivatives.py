"""What is made from a stored file: its measures, its poster, its small muted preview.

Every file is opened as the type its first bytes show and as nothing else, so that no file can
make a decoder read another file or an address.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from generations.media.footage import (
    MAX_PIXELS,
    MAX_SECONDS,
    Footage,
    Unreadable,
    faults,
    opened,
    sniffed,
    turn_of,
    upright,
)
from generations.media.posters import POSTER_WIDTH, fitted, poster_of, thumb_of
from generations.media.sniffing import FileType, Media

__all__ = [
    "Measures",
    "Unreadable",
    "make_poster",
    "make_preview",
    "measure",
    "probe_video",
    "thumb_of",
]

PREVIEW_BYTES = 400_000
PREVIEW_SECONDS = 60
# Longest side in pixels, frames a second, share of the byte budget aimed at: the next rung is
# for a file that came out too large.
_RUNGS = ((640, 30, 0.85), (480, 15, 0.6), (320, 8, 0.4))


@dataclass(frozen=True)
class Measures:
    """Width and height in pixels; of a video its length, frames a second, whether it has sound."""

    width: int
    height: int
    milliseconds: int | None = None
    has_audio: bool = False
    rate: float | None = None


def measure(path: Path, kind: FileType) -> Measures:
    """Read the measures from the file's structure, without decoding it. Raises Unreadable."""
    if kind.media == "video":
        return probe_video(path)
    with _picture(path) as picture:
        return Measures(*picture.size)


def probe_video(path: Path) -> Measures:
    """Size, length and sound of a video. About 4 ms. Raises Unreadable."""
    with opened(path) as footage:
        if not 0 <= footage.seconds <= MAX_SECONDS:
            raise Unreadable
        return Measures(
            width=footage.stream.width,
            height=footage.stream.height,
            milliseconds=round(footage.seconds * 1000),
            has_audio=bool(footage.container.streams.audio),
            rate=float(footage.stream.average_rate or 0) or None,
        )


def make_poster(path: Path, kind: Media) -> bytes:
    """A WebP of the picture or of the video's first frame: ≤ 480 px wide, ≤ 40 kB.

    Raises Unreadable.
    """
    if kind == "video":
        with opened(path) as footage:
            return poster_of_frame(first_frame(footage))
    with _picture(path) as picture, faults():
        picture.draft("RGB", (2 * POSTER_WIDTH, 2 * POSTER_WIDTH))
        return poster_of(picture)


def make_preview(path: Path, target: Path) -> Path:
    """Write a muted H.264 MP4 to `target`: longest side ≤ 640 px, ≤ 400 kB, index first.

    As long as the video, at most a minute of it. Uses one thread. `target` is a file of
    `store.work_file(".mp4")`, which `store.keep` moves. Raises Unreadable.
    """
    for side, rate, share in _RUNGS:
        with opened(path) as footage:
            if not 0 <= footage.seconds <= MAX_SECONDS:
                raise Unreadable
            _encode(footage, target, side, rate, share)
        if target.stat().st_size <= PREVIEW_BYTES:
            return target
    raise Unreadable


def _encode(footage: Footage, target: Path, side: int, rate: int, share: float) -> None:
    seconds = min(max(footage.seconds, Fraction(1)), Fraction(PREVIEW_SECONDS))
    bits = int(PREVIEW_BYTES * 8 * share / seconds)
    size = fitted((footage.stream.width, footage.stream.height), side, side)
    size = (max(2, size[0] & ~1), max(2, size[1] & ~1))
    out: VideoStream | None = None
    with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as output:
        for frame in _thinned(footage, rate):
            small = _small(frame, size)
            out = out or _stream(output, footage, small, rate, bits)
            output.mux(out.encode(small))
        if out is None:
            raise Unreadable
        output.mux(out.encode(None))


def _small(frame: VideoFrame, size: tuple[int, int]) -> VideoFrame:
    """The frame in `size`, or turned upright in that size on its side."""
    small: VideoFrame
    if turn_of(frame):
        small = VideoFrame.from_image(upright(frame, size))  # type: ignore[no-untyped-call]
        small = small.reformat(format="yuv420p", threads=1)
        small.pts, small.time_base = frame.pts, frame.time_base
    else:
        small = frame.reformat(*size, "yuv420p", threads=1)
    small.pict_type = 0  # the encoder decides, not the source
    return small


def _stream(
    output: OutputContainer, footage: Footage, small: VideoFrame, rate: int, bits: int
) -> VideoStream:
    """An encoder whose rate is capped to `bits` a second, for the file's size follows from it."""
    own = footage.stream.average_rate or Fraction(24)
    options = {"preset": "veryfast", "crf": "27", "maxrate": str(bits), "bufsize": str(bits)}
    out = output.add_stream("libx264", rate=min(own, Fraction(rate)), options=options)
    out.width, out.height = small.width, small.height
    out.pix_fmt = "yuv420p"
    out.thread_count = 1
    out.time_base = footage.stream.time_base or Fraction(1, 90000)
    return out


def _thinned(footage: Footage, rate: int) -> Iterator[VideoFrame]:
    """The frames of the first minute, at most `rate` of them a second."""
    due = 0.0
    start: float | None = None
    for frame in footage.frames():
        start = frame.time if start is None else start
        if frame.time - start >= PREVIEW_SECONDS:
            return
        if frame.time - start >= due - 0.5 / rate:
            due = max(due + 1 / rate, frame.time - start)
            yield frame


def first_frame(footage: Footage) -> VideoFrame:
    """The first frame of an open video. Raises Unreadable."""
    frame = next(footage.frames(), None)
    if frame is None:
        raise Unreadable
    return frame


def poster_of_frame(frame: VideoFrame) -> bytes:
    """A poster, as of a picture, of a frame turned upright."""
    side = 2 * POSTER_WIDTH
    return poster_of(upright(frame, fitted((frame.width, frame.height), side, side)))


@contextmanager
def _picture(path: Path) -> Iterator[Image.Image]:
    kind = sniffed(path, "image")
    with faults():
        picture = Image.open(path, formats=[kind.name])
    with picture:
        if not 0 < picture.width * picture.height <= MAX_PIXELS:
            raise Unreadable
        yield picture
