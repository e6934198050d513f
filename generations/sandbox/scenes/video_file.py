"""Reading and writing H.264 MP4 files frame by frame, never held in memory whole."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from av.video.frame import PictureType
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray
from PIL import Image

from .specs import Size

FPS = 24
_BT709 = 1
_LIMITED_RANGE = 1
_SECONDS_BETWEEN_KEYFRAMES = 2
_THUMBNAIL_SIDE = 1280
# Turns on again what the fastest preset leaves out and smooth skies need to show no blocks.
_X264 = "ipratio=1.1:deblock=0,0:aq-mode=1:8x8dct=1:rc-lookahead=0:sync-lookahead=0:scenecut=0"
_USUAL, _STEADY = {"crf": "22"}, {"qp": "18"}

Plane = NDArray[np.uint8]


class Planes(NamedTuple):
    """A picture in BT.709, limited range: luma, and two chroma planes of half its sides."""

    y: Plane
    u: Plane
    v: Plane


@dataclass(frozen=True)
class Probe:
    """Properties of a video file; seconds is frames / fps."""

    width: int
    height: int
    seconds: float
    frames: int
    fps: float
    has_audio: bool


class VideoWriter:
    """An open MP4; write() takes frames of any size and scales them to that of the video."""

    def __init__(
        self, output: av.container.OutputContainer, size: Size, quality: dict[str, str]
    ) -> None:
        self._output = output
        self._size = size
        self._scaler = VideoReformatter()
        self._count = 0
        self._stream = _h264_stream(output, size, quality)

    def write(self, planes: Planes, *, keyframe: bool = False) -> None:
        """Append a picture given as planes."""
        self.write_frame(frame_of_planes(planes), keyframe=keyframe)

    def write_image(self, image: Image.Image, *, keyframe: bool = False) -> None:
        """Append an RGB image."""
        self.write_frame(frame_of_image(image), keyframe=keyframe)

    def write_frame(self, frame: av.VideoFrame, *, keyframe: bool = False) -> None:
        """Append a frame, as a keyframe if asked."""
        width, height = self._size
        scaled = converted(frame, self._size, self._scaler)
        if (scaled.width, scaled.height) != (width, height):
            raise ValueError(f"{scaled.width}x{scaled.height} is not {width}x{height}")
        scaled.pts = self._count
        scaled.time_base = Fraction(1, FPS)
        scaled.pict_type = PictureType.I if keyframe else PictureType.NONE
        self._count += 1
        self._output.mux(self._stream.encode(scaled))

    def finish(self) -> None:
        """Flush the encoder."""
        self._output.mux(self._stream.encode())


@contextmanager
def new_video(video: Path, size: Size, *, steady: bool = False) -> Iterator[VideoWriter]:
    """Open a new MP4 of size pixels: H.264, 24 fps, yuv420p, BT.709, faststart.

    steady codes every picture at the same quality, so that the repeat of a loop is not visible.
    """
    with av.open(str(video), "w", format="mp4", options={"movflags": "+faststart"}) as output:
        writer = VideoWriter(output, size, _STEADY if steady else _USUAL)
        yield writer
        writer.finish()


def _h264_stream(
    output: av.container.OutputContainer, size: Size, quality: dict[str, str]
) -> av.VideoStream:
    options = {
        "preset": "ultrafast",
        **quality,
        "threads": "1",
        "g": str(FPS * _SECONDS_BETWEEN_KEYFRAMES),
        "bf": "0",
        "refs": "1",
        "x264-params": _X264,
    }
    stream = output.add_stream("libx264", rate=FPS, options=options)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    codec = stream.codec_context
    codec.colorspace = codec.color_primaries = codec.color_trc = _BT709
    codec.color_range = _LIMITED_RANGE
    return stream


def converted(
    frame: av.VideoFrame, size: Size, scaler: VideoReformatter | None = None
) -> av.VideoFrame:
    """Return the frame at size as BT.709 limited-range yuv420p, or itself if it is that already."""
    ready = frame.format.name == "yuv420p" and frame.colorspace == _BT709
    if ready and (frame.width, frame.height) == size and frame.color_range == _LIMITED_RANGE:
        return frame
    return (scaler or VideoReformatter()).reformat(
        frame,
        size[0],
        size[1],
        "yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation="LANCZOS",
        threads=1,
    )


def frame_of_planes(planes: Planes) -> av.VideoFrame:
    """Return a frame with colour tags that holds copies of the planes."""
    height, width = planes.y.shape
    frame = av.VideoFrame(width, height, "yuv420p")
    frame.colorspace = _BT709
    frame.color_range = _LIMITED_RANGE
    for target, source in zip(frame.planes, planes, strict=True):
        rows_of(target)[: source.shape[0], : source.shape[1]] = source
    return frame


def frame_of_image(image: Image.Image) -> av.VideoFrame:
    """Return the image as an RGB frame."""
    pixels = np.asarray(image if image.mode == "RGB" else image.convert("RGB"))
    return av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(pixels), format="rgb24")


def rows_of(plane: VideoPlane) -> Plane:
    """Return a writable view of a plane's memory, shaped (rows, line size)."""
    return np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)


def frames(video: Path) -> Iterator[av.VideoFrame]:
    """Yield the frames in display order, repeated or skipped to make 24 a second."""
    with av.open(str(video)) as source:
        stream = source.streams.video[0]
        stream.codec_context.thread_count = 1
        step = FPS / float(stream.average_rate or FPS)
        shown = 0
        for number, frame in enumerate(source.decode(stream), 1):
            while shown < round(number * step):
                yield frame
                shown += 1


def images(video: Path) -> Iterator[Image.Image]:
    """Yield every frame as an RGB image."""
    for frame in frames(video):
        yield image_of_frame(frame)


def probe(video: Path) -> Probe:
    """Read the properties by counting packets. Raises av.error.FFmpegError if it is no video."""
    with av.open(str(video)) as source:
        stream = source.streams.video[0]
        count = sum(1 for packet in source.demux(stream) if packet.size)
        fps = float(stream.average_rate or FPS)
        has_audio = bool(source.streams.audio)
        return Probe(stream.width, stream.height, count / fps, count, fps, has_audio)


def first_frame(video: Path) -> Image.Image:
    """Return the first frame as an RGB image."""
    return next(images(video))


def last_frame(video: Path) -> Image.Image:
    """Return the last frame as an RGB image; decodes from the last keyframe on."""
    with av.open(str(video)) as source:
        stream = source.streams.video[0]
        source.seek(int(stream.duration or 0), stream=stream, backward=True)
        (last,) = deque(source.decode(stream), maxlen=1)
        return image_of_frame(last)


def save_thumbnail(image: Image.Image, thumbnail: Path) -> None:
    """Write a JPEG of at most 1280 pixels on the longer side."""
    scale = min(1.0, _THUMBNAIL_SIDE / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    small.convert("RGB").save(thumbnail, "JPEG", quality=88)


def image_of_frame(frame: av.VideoFrame) -> Image.Image:
    """Return a decoded frame as an RGB image, by the frame's own colour tags."""
    return Image.fromarray(frame.to_ndarray(format="rgb24"))


def planes_of(image: Image.Image) -> Planes:
    """Return an RGB image of even sides as planes."""
    return planes_of_frame(converted(frame_of_image(image), image.size))


def planes_of_frame(frame: av.VideoFrame) -> Planes:
    """Return the planes of a yuv420p frame, in its own memory."""
    return Planes(*(rows_of(plane)[: plane.height, : plane.width] for plane in frame.planes))


def resized(planes: Planes, size: Size) -> Planes:
    """Return the same picture at size."""
    return planes_of_frame(converted(frame_of_planes(planes), size))


def image_of(planes: Planes) -> Image.Image:
    """Return planes as an RGB image."""
    return image_of_frame(frame_of_planes(planes))
