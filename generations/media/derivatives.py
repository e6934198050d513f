"""Measures, poster, thumbnail and preview of a picture or video.

A file is opened only as the type that its first bytes show, so that no file can make a decoder
read another file or an address.
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
    Footage,
    Unreadable,
    decoding_errors,
    open_footage,
    rotation_of,
    sniffed_type,
    upright,
)
from generations.media.limits import MAX_PIXELS, MAX_SECONDS
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
# Longest side in pixels, frames a second, share of PREVIEW_BYTES to aim at. The next step is for a
# preview that became too large.
_STEPS = ((640, 30, 0.85), (480, 15, 0.6), (320, 8, 0.4))


@dataclass(frozen=True)
class Measures:
    """Width and height in pixels; of a video also length, frames a second, and sound."""

    width: int
    height: int
    milliseconds: int | None = None
    has_audio: bool = False
    rate: float | None = None


def measure(path: Path, kind: FileType) -> Measures:
    """Read the measures from the file's headers, without decoding. Raises Unreadable."""
    if kind.media == "video":
        return probe_video(path)
    with _picture(path) as picture:
        return Measures(*picture.size)


def probe_video(path: Path) -> Measures:
    """Return the measures of a video, as its headers claim. About 4 ms. Raises Unreadable."""
    with open_footage(path) as footage:
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
    """Return a WebP of the picture or the video's first frame: ≤ 480 px wide, ≤ 40 kB.

    Raises Unreadable.
    """
    if kind == "video":
        with open_footage(path) as footage:
            return poster_of_frame(first_frame(footage))
    with _picture(path) as picture, decoding_errors():
        picture.draft("RGB", (2 * POSTER_WIDTH, 2 * POSTER_WIDTH))
        return poster_of(picture)


def make_preview(path: Path, target: Path) -> Path:
    """Write a muted H.264 MP4 to `target`: longest side ≤ 640 px, ≤ 400 kB, index first.

    It shows the first minute of the video. Uses one thread. `target` is a file of
    `store.work_file(".mp4")`, which `store.keep` moves. Raises Unreadable.
    """
    for side, rate, share in _STEPS:
        with open_footage(path) as footage:
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
        for frame in _frames_at_rate(footage, rate):
            small = _small(frame, size)
            out = out or _stream(output, footage, small, rate, bits)
            output.mux(out.encode(small))
        if out is None:
            raise Unreadable
        output.mux(out.encode(None))


def _small(frame: VideoFrame, size: tuple[int, int]) -> VideoFrame:
    """Return the frame in `size`, upright. A turned frame has width and height swapped."""
    small: VideoFrame
    if rotation_of(frame):
        small = VideoFrame.from_image(upright(frame, size))  # type: ignore[no-untyped-call]
        small = small.reformat(format="yuv420p", threads=1)
        small.pts, small.time_base = frame.pts, frame.time_base
    else:
        small = frame.reformat(*size, "yuv420p", threads=1)
    small.pict_type = 0  # let the encoder choose
    return small


def _stream(
    output: OutputContainer, footage: Footage, small: VideoFrame, rate: int, bits: int
) -> VideoStream:
    """Return an encoder limited to `bits` a second, which limits the size of the file."""
    own = footage.stream.average_rate or Fraction(24)
    options = {"preset": "veryfast", "crf": "27", "maxrate": str(bits), "bufsize": str(bits)}
    out = output.add_stream("libx264", rate=min(own, Fraction(rate)), options=options)
    out.width, out.height = small.width, small.height
    out.pix_fmt = "yuv420p"
    out.thread_count = 1
    out.time_base = footage.stream.time_base or Fraction(1, 90000)
    return out


def _frames_at_rate(footage: Footage, rate: int) -> Iterator[VideoFrame]:
    """Yield frames of the first minute, at most `rate` a second."""
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
    """Return the first frame of an open video. Raises Unreadable."""
    frame = next(footage.frames(), None)
    if frame is None:
        raise Unreadable
    return frame


def poster_of_frame(frame: VideoFrame) -> bytes:
    """Return the poster of a frame, upright."""
    side = 2 * POSTER_WIDTH
    return poster_of(upright(frame, fitted((frame.width, frame.height), side, side)))


@contextmanager
def _picture(path: Path) -> Iterator[Image.Image]:
    kind = sniffed_type(path, "image")
    with decoding_errors():
        picture = Image.open(path, formats=[kind.name])
    with picture:
        if not 0 < picture.width * picture.height <= MAX_PIXELS:
            raise Unreadable
        yield picture
