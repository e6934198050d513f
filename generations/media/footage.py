"""Opens a video for decoding: only as the type that it is, upright, at any time in it."""

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

from generations.media.disk import disk_full, is_full
from generations.media.limits import MAX_PIXELS, MAX_SECONDS, MAX_TRACKS
from generations.media.sniffing import HEAD_BYTES, FileType, Media, sniff

_DECODER_ERRORS = (
    av.FFmpegError,
    Image.DecompressionBombError,
    SyntaxError,
    ValueError,
    OSError,
)

# External data references and nested protocols are off: with them a video can read other files.
# Of FFmpeg's 500 decoders only those of the codecs that people really upload may see the bytes.
_OPTIONS = {
    "enable_drefs": "0",
    "protocol_whitelist": "file",
    "codec_whitelist": "h264,hevc,av1,libdav1d,vp8,libvpx,vp9,libvpx-vp9,prores,mpeg4,mjpeg,"
    "mjpegb,dnxhd",
}

# How many seconds before the wanted time to start decoding; the first nearly always suffices.
_LEAD_SECONDS = (0, 5, 30, MAX_SECONDS)

_UNSPECIFIED = 2  # AVCOL_SPC_UNSPECIFIED

_UPRIGHT = {
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}


class Unreadable(Exception):
    """The file cannot be decoded as the type that its first bytes show."""


class TooManyPixels(Unreadable):
    """A frame has more than MAX_PIXELS."""


@dataclass(frozen=True)
class Footage:
    """An open video file and the track of it that is decoded."""

    container: InputContainer
    stream: VideoStream

    @property
    def seconds(self) -> Fraction:
        """The length that the file claims; 0 if it claims none."""
        if self.stream.duration and self.stream.time_base:
            return self.stream.duration * self.stream.time_base
        return Fraction(self.container.duration or 0, av.time_base)

    def frames(self) -> Iterator[VideoFrame]:
        """Yield the following frames that have a timestamp, in the order of showing."""
        for frame in self.container.decode(self.stream):
            if frame.pts is not None:
                yield frame

    def frame_at(self, milliseconds: int) -> VideoFrame:
        """Return the frame that a player shows at a time; the first before, the last after all.

        A frame that starts within the same millisecond counts, because players round. Raises
        Unreadable when no frame can be decoded.
        """
        base = self.stream.time_base or Fraction(1, 1000)
        start = self.stream.start_time or 0
        wanted = start + int(Fraction(milliseconds + 1, 1000) / base)
        last: VideoFrame | None = None
        for earlier in _LEAD_SECONDS:
            self._seek(max(start, wanted - int(earlier / base)))
            last = self._latest(wanted)
            if last is not None and (last.pts or 0) <= wanted:
                return last
        if last is None:
            raise Unreadable
        return last

    def _seek(self, timestamp: int) -> None:
        # Without an index seeking may fail. Then decoding goes on from the present position, and
        # the next round starts earlier.
        with suppress(av.FFmpegError):
            self.container.seek(timestamp, stream=self.stream)

    def _latest(self, wanted: int) -> VideoFrame | None:
        """Return the last frame that starts by `wanted`, or else the first frame."""
        last: VideoFrame | None = None
        for frame in self.frames():
            if last is not None and (frame.pts or 0) > wanted:
                break
            last = frame
        return last


@contextmanager
def open_footage(path: Path) -> Iterator[Footage]:
    """Open a video and decode with one thread. Raises Unreadable, also for errors in the block."""
    kind = sniffed_type(path, "video")
    with decoding_errors():
        container = av.open(str(path), format=kind.demuxer, options=_OPTIONS, timeout=10)
        with container:
            yield _footage(container)


def _footage(container: InputContainer) -> Footage:
    tracks = [each for each in container.streams.video if not _is_cover_art(each)]
    if not tracks or len(container.streams) > MAX_TRACKS:
        raise Unreadable
    stream = tracks[0]
    stream.thread_count = 1
    footage = Footage(container, stream)
    if stream.width * stream.height > MAX_PIXELS:
        raise TooManyPixels
    if not stream.width * stream.height:
        raise Unreadable
    return footage


def _is_cover_art(stream: VideoStream) -> bool:
    """Whether the track is cover art and not part of the video."""
    return bool(stream.disposition & Disposition.attached_pic)


def rotation_of(frame: VideoFrame) -> int:
    """Return how far to turn the frame to be upright: 0, 90, 180 or 270 degrees, to the left."""
    if abs(frame.rotation) > 180:  # a matrix of zeros gives such a value
        return 0
    return round(frame.rotation / 90) * 90 % 360


def upright(frame: VideoFrame, size: tuple[int, int] | None = None) -> Image.Image:
    """Return the frame as an upright RGB picture; `size` in pixels is before turning.

    An untagged frame of 720 lines or more gets the colours of BT.709, as in browsers.
    """
    width, height = size or (frame.width, frame.height)
    untagged = frame.colorspace == _UNSPECIFIED
    large = min(frame.width, frame.height) >= 720
    colorspace = Colorspace.ITU709 if untagged and large else None
    picture = frame.reformat(width, height, "rgb24", src_colorspace=colorspace, threads=1)
    image = cast("Image.Image", picture.to_image())  # type: ignore[no-untyped-call]
    rotation = rotation_of(frame)
    return image.transpose(_UPRIGHT[rotation]) if rotation else image


def length_of(footage: Footage, most_frames: int) -> tuple[Fraction, int]:
    """Return the real length in seconds and the number of frames, counted without decoding.

    Reads the whole file from its start. Raises Unreadable for more than `most_frames`.
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


def sniffed_type(path: Path, media: Media) -> FileType:
    """Return the type that the first bytes show. Raises Unreadable for another kind of media."""
    with path.open("rb") as stream:
        kind = sniff(stream.read(HEAD_BYTES))
    if kind is None or kind.media != media:
        raise Unreadable
    return kind


@contextmanager
def decoding_errors() -> Iterator[None]:
    """Turn the errors of decoders into Unreadable. Raises Unavailable if the disk is full."""
    try:
        with warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning):
            yield
    except _DECODER_ERRORS as error:
        if is_full(error):
            raise disk_full() from error
        raise Unreadable(str(error)) from error
