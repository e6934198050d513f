"""A video opened for its pictures: as its own type alone, upright, and at any moment of it."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream
from PIL import Image

from generations.media.disk import full, is_full
from generations.media.sniffing import HEAD_BYTES, FileType, Media, sniff

MAX_PIXELS = 40_000_000  # 160 MB when decoded; an 8K frame has 33 million
MAX_STREAMS = 64
MAX_SECONDS = 3600

_DECODER_ERRORS = (
    av.FFmpegError,
    Image.DecompressionBombError,
    SyntaxError,
    ValueError,
    OSError,
)

# External data references and nested protocols stay shut: they are how a video reads files. Of
# FFmpeg's 500 decoders only those of pictures that people really bring may see the bytes.
_OPTIONS = {
    "enable_drefs": "0",
    "protocol_whitelist": "file",
    "codec_whitelist": "h264,hevc,av1,libdav1d,vp8,libvpx,vp9,libvpx-vp9,prores,mpeg4,mjpeg,"
    "mjpegb,dnxhd",
}

# Seconds before the wanted moment to start decoding from; the first nearly always does.
_RUNS_UP = (0, 5, 30, MAX_SECONDS)

_UNSPECIFIED = 2  # AVCOL_SPC_UNSPECIFIED

_UPRIGHT = {
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}


class Unreadable(Exception):
    """The file cannot be decoded as what it claims to be; keep it without a picture of it."""


class TooManyPixels(Unreadable):
    """A frame would not fit into any limit of memory."""


@dataclass(frozen=True)
class Footage:
    """An open video and the one track of it that is looked at."""

    container: InputContainer
    stream: VideoStream

    @property
    def seconds(self) -> Fraction:
        """The length that the file claims, 0 when it claims none."""
        if self.stream.duration and self.stream.time_base:
            return self.stream.duration * self.stream.time_base
        return Fraction(self.container.duration or 0, av.time_base)

    def frames(self) -> Iterator[VideoFrame]:
        """Every frame from here on that has a time, in the order in which they are shown."""
        for frame in self.container.decode(self.stream):
            if frame.pts is not None:
                yield frame

    def frame_at(self, milliseconds: int) -> VideoFrame:
        """The frame that is on the screen at a moment; the first before, the last after.

        A frame that starts within the same millisecond counts, for players round. Raises
        Unreadable when no frame can be decoded.
        """
        base = self.stream.time_base or Fraction(1, 1000)
        start = self.stream.start_time or 0
        wanted = start + int(Fraction(milliseconds + 1, 1000) / base)
        last: VideoFrame | None = None
        for earlier in _RUNS_UP:
            self._seek(max(start, wanted - int(earlier / base)))
            last = self._latest(wanted)
            if last is not None and (last.pts or 0) <= wanted:
                return last
        if last is None:
            raise Unreadable
        return last

    def _seek(self, timestamp: int) -> None:
        # Without an index the search may fail: then decoding goes on from where it stands, and
        # the next run-up starts from the beginning.
        with suppress(av.FFmpegError):
            self.container.seek(timestamp, stream=self.stream)

    def _latest(self, wanted: int) -> VideoFrame | None:
        """The last frame that starts by `wanted`, or the first there is."""
        last: VideoFrame | None = None
        for frame in self.frames():
            if last is not None and (frame.pts or 0) > wanted:
                break
            last = frame
        return last


@contextmanager
def opened(path: Path) -> Iterator[Footage]:
    """Open a video, within sane bounds, with one thread. Raises Unreadable, also from the block."""
    kind = sniffed(path, "video")
    with faults():
        container = av.open(str(path), format=kind.demuxer, options=_OPTIONS, timeout=10)
        with container:
            yield _checked(container)


def _checked(container: InputContainer) -> Footage:
    tracks = [each for each in container.streams.video if not _cover(each)]
    if not tracks or len(container.streams) > MAX_STREAMS:
        raise Unreadable
    stream = tracks[0]
    stream.thread_count = 1
    footage = Footage(container, stream)
    if stream.width * stream.height > MAX_PIXELS:
        raise TooManyPixels
    if not stream.width * stream.height:
        raise Unreadable
    return footage


def _cover(stream: VideoStream) -> bool:
    """Whether a track is the picture on a record's sleeve."""
    return bool(stream.disposition & Disposition.attached_pic)


def turn_of(frame: VideoFrame) -> int:
    """How far the frame has to be turned to be upright: 0, 90, 180 or 270 degrees, leftwards."""
    if abs(frame.rotation) > 180:  # what a matrix of zeros gives
        return 0
    return round(frame.rotation / 90) * 90 % 360


def upright(frame: VideoFrame, size: tuple[int, int] | None = None) -> Image.Image:
    """A frame as an RGB picture the way people see it; `size` in pixels is before turning.

    An untagged frame of 720 lines or more has the colours of BT.709, as browsers take it.
    """
    width, height = size or (frame.width, frame.height)
    untagged = frame.colorspace == _UNSPECIFIED
    large = min(frame.width, frame.height) >= 720
    colours = Colorspace.ITU709 if untagged and large else None
    picture = frame.reformat(width, height, "rgb24", src_colorspace=colours, threads=1)
    image = cast("Image.Image", picture.to_image())  # type: ignore[no-untyped-call]
    turn = turn_of(frame)
    return image.transpose(_UPRIGHT[turn]) if turn else image


def length_of(footage: Footage, most_frames: int) -> tuple[Fraction, int]:
    """The real length in seconds, and the number of frames, counted without decoding.

    Reads all of the file from the start. Raises Unreadable past `most_frames`.
    """
    base = footage.stream.time_base or Fraction(0)
    usual = round(1 / ((footage.stream.average_rate or 24) * base)) if base else 0
    first, last, frames = 0, 0, 0
    for packet in footage.container.demux(footage.stream):
        if packet.pts is None:
            continue
        end = packet.pts + (packet.duration or usual)
        first = min(first, packet.pts) if frames else packet.pts
        last = max(last, end) if frames else end
        frames += 1
        if frames > most_frames:
            raise Unreadable
    return (last - first) * base, frames


def sniffed(path: Path, media: Media) -> FileType:
    """The type that a file's first bytes show. Raises Unreadable for another medium."""
    with path.open("rb") as stream:
        kind = sniff(stream.read(HEAD_BYTES))
    if kind is None or kind.media != media:
        raise Unreadable
    return kind


@contextmanager
def faults() -> Iterator[None]:
    """What decoders raise on damaged files, as one name. A full disk is not the file's fault."""
    try:
        with warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning):
            yield
    except _DECODER_ERRORS as error:
        if is_full(error):
            raise full() from error
        raise Unreadable(str(error)) from error
