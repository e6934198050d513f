"""What is made from a stored file: its measures, its poster, its small muted preview.

Every file is opened as the type its first bytes show and as nothing else, so that no file can
make a decoder read another file or an address.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.container import InputContainer, OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from generations.media.disk import full, is_full
from generations.media.posters import POSTER_WIDTH, fitted, poster_of
from generations.media.sniffing import HEAD_BYTES, FileType, Media, sniff

MAX_PIXELS = 40_000_000  # 160 MB when decoded; an 8K frame has 33 million
MAX_STREAMS = 8
MAX_SECONDS = 3600

PREVIEW_BYTES = 400_000
PREVIEW_SECONDS = 60
# Longest side in pixels, frames a second, share of the byte budget aimed at: the next rung is
# for a file that came out too large.
_RUNGS = ((640, 30, 0.85), (480, 15, 0.6), (320, 8, 0.4))

_DECODER_ERRORS = (
    av.FFmpegError,
    Image.DecompressionBombError,
    SyntaxError,
    ValueError,
    OSError,
)

# External data references and nested protocols stay shut: they are how a video reads files.
_OPTIONS = {"enable_drefs": "0", "protocol_whitelist": "file"}


class Unreadable(Exception):
    """The file cannot be decoded as what it claims to be; keep it without a picture of it."""


@dataclass(frozen=True)
class Measures:
    """Width and height in pixels; length of a video; whether it has sound."""

    width: int
    height: int
    milliseconds: int | None = None
    has_audio: bool = False


def measure(path: Path, kind: FileType) -> Measures:
    """Read the measures from the file's structure, without decoding it. Raises Unreadable."""
    if kind.media == "video":
        return probe_video(path)
    with _picture(path) as picture:
        return Measures(*picture.size)


def probe_video(path: Path) -> Measures:
    """Size, length and sound of a video. About 4 ms. Raises Unreadable."""
    with _video(path) as (container, stream):
        seconds = _seconds(container, stream)
        return Measures(
            width=stream.width,
            height=stream.height,
            milliseconds=round(seconds * 1000),
            has_audio=bool(container.streams.audio),
        )


def make_poster(path: Path, kind: Media) -> bytes:
    """A WebP of the picture or of the video's first frame: ≤ 480 px wide, ≤ 40 kB.

    Raises Unreadable.
    """
    if kind == "video":
        return poster_of(_first_frame(path))
    with _picture(path) as picture, _faults():
        picture.draft("RGB", (2 * POSTER_WIDTH, 2 * POSTER_WIDTH))
        return poster_of(picture)


def make_preview(path: Path, target: Path) -> Path:
    """Write a muted H.264 MP4 to `target`: longest side ≤ 640 px, ≤ 400 kB, index first.

    As long as the video, at most a minute of it. Uses one thread. `target` is a file of
    `store.work_file(".mp4")`, which `store.keep` moves. Raises Unreadable.
    """
    for side, rate, share in _RUNGS:
        with _video(path) as (container, stream), _faults():
            _encode(container, stream, target, side, rate, share)
        if target.stat().st_size <= PREVIEW_BYTES:
            return target
    raise Unreadable


def _encode(
    source: InputContainer, stream: VideoStream, target: Path, side: int, rate: int, share: float
) -> None:
    seconds = min(max(_seconds(source, stream), Fraction(1)), Fraction(PREVIEW_SECONDS))
    bits = int(PREVIEW_BYTES * 8 * share / seconds)
    with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as output:
        out = _stream(output, stream, side, rate, bits)
        for frame in _thinned(source, stream, rate):
            small = frame.reformat(out.width, out.height, "yuv420p")
            small.pict_type = 0  # the encoder decides, not the source
            output.mux(out.encode(small))
        output.mux(out.encode(None))


def _stream(
    output: OutputContainer, source: VideoStream, side: int, rate: int, bits: int
) -> VideoStream:
    """An encoder whose rate is capped to `bits` a second, for the file's size follows from it."""
    own = source.average_rate or Fraction(24)
    options = {"preset": "veryfast", "crf": "27", "maxrate": str(bits), "bufsize": str(bits)}
    out = output.add_stream("libx264", rate=min(own, Fraction(rate)), options=options)
    width, height = fitted((source.width, source.height), side, side)
    out.width, out.height = max(2, width & ~1), max(2, height & ~1)
    out.pix_fmt = "yuv420p"
    out.thread_count = 1
    out.time_base = source.time_base or Fraction(1, 90000)
    return out


def _thinned(source: InputContainer, stream: VideoStream, rate: int) -> Iterator[VideoFrame]:
    """The frames of the first minute, at most `rate` of them a second."""
    due = 0.0
    start: float | None = None
    for frame in source.decode(stream):
        if frame.time is None:
            continue
        start = frame.time if start is None else start
        if frame.time - start >= PREVIEW_SECONDS:
            return
        if frame.time - start >= due - 0.5 / rate:
            due = max(due + 1 / rate, frame.time - start)
            yield frame


def _first_frame(path: Path) -> Image.Image:
    with _video(path) as (container, stream), _faults():
        frame = next(container.decode(stream), None)
        if frame is None:
            raise Unreadable
        width, height = fitted((frame.width, frame.height), POSTER_WIDTH, 2 * POSTER_WIDTH)
        small = frame.reformat(width, height, "rgb24")
        return cast("Image.Image", small.to_image())  # type: ignore[no-untyped-call]


def _seconds(container: InputContainer, stream: VideoStream) -> Fraction:
    if stream.duration and stream.time_base:
        return stream.duration * stream.time_base
    return Fraction(container.duration or 0, av.time_base)


@contextmanager
def _video(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The container and its one video stream, within sane bounds."""
    kind = _sniffed(path, "video")
    with _faults():
        container = av.open(str(path), format=kind.demuxer, options=_OPTIONS, timeout=10)
    with container:
        if not container.streams.video or len(container.streams) > MAX_STREAMS:
            raise Unreadable
        stream = container.streams.video[0]
        stream.thread_count = 1
        pixels = stream.width * stream.height
        if not 0 < pixels <= MAX_PIXELS or not 0 <= _seconds(container, stream) <= MAX_SECONDS:
            raise Unreadable
        yield container, stream


@contextmanager
def _picture(path: Path) -> Iterator[Image.Image]:
    kind = _sniffed(path, "image")
    with _faults():
        picture = Image.open(path, formats=[kind.name])
    with picture:
        if not 0 < picture.width * picture.height <= MAX_PIXELS:
            raise Unreadable
        yield picture


def _sniffed(path: Path, media: Media) -> FileType:
    with path.open("rb") as stream:
        kind = sniff(stream.read(HEAD_BYTES))
    if kind is None or kind.media != media:
        raise Unreadable
    return kind


@contextmanager
def _faults() -> Iterator[None]:
    """What decoders raise on damaged files, as one name. A full disk is not the file's fault."""
    try:
        with warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning):
            yield
    except _DECODER_ERRORS as error:
        if is_full(error):
            raise full() from error
        raise Unreadable(str(error)) from error
