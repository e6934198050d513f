"""Decodes WebP pictures of 20 to 40 million pixels with FFmpeg. Imports no Django.

Pillow reads every WebP with libwebp's decoder of animations, which holds two canvases besides the
picture that it returns. Measured with a rotated, lossless picture, 21.8 million pixels fit into
the limit of memory and 24 million do not. FFmpeg holds one, which is converted to RGB in bands.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import av
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace
from PIL import Image

from generations.media.refusals import Refused

BAND = 256  # rows
EDGE = 8  # more rows on each side, so that colours are continuous between bands


def decode(source: Path) -> Image.Image:
    """Return the picture in RGB, transparent parts on white, with its `exif` and `icc_profile`.

    Raises Refused for animations and damaged files.
    """
    chunks = dict(_chunks(source))
    if b"ANIM" in chunks:
        raise Refused("webp_pixels")
    frame = _frame(source)
    image = Image.new("RGB", (frame.width, frame.height))
    for top in range(0, frame.height, BAND):
        image.paste(_band(frame, top), (0, top))
    image.info.update({name: chunks[key] for name, key in _META.items() if key in chunks})
    return image


_META = {"exif": b"EXIF", "icc_profile": b"ICCP"}


def _chunks(source: Path) -> Iterator[tuple[bytes, bytes]]:
    """Yield each chunk's name, with the bytes of small metadata chunks (RFC 9649, section 2.3)."""
    with source.open("rb") as stream:
        stream.seek(12)
        while len(head := stream.read(8)) == 8:
            size = int.from_bytes(head[4:], "little")
            wanted = size <= 1 << 20 and head[:4] in (*_META.values(), b"ANIM")
            yield head[:4], stream.read(size) if wanted else b""
            stream.seek((0 if wanted else size) + size % 2, io.SEEK_CUR)


def _frame(source: Path) -> VideoFrame:
    try:
        with av.open(str(source), format="webp_pipe") as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            return next(container.decode(stream))
    except (av.error.FFmpegError, StopIteration, IndexError, ValueError) as error:
        raise Refused("damaged") from error


def _band(frame: VideoFrame, top: int) -> Image.Image:
    """Return BAND rows of the picture in RGB, fewer at its end."""
    last = min(frame.height, top + BAND)
    if frame.format.name == "argb":
        return _on_white(_rows(frame, 0, top, last, "RGBA", "ARGB"))
    if frame.format.name not in ("yuv420p", "yuva420p"):
        raise Refused("damaged")
    colours = _rgb_rows(frame, top, last)
    if frame.format.name == "yuva420p":
        colours.putalpha(_rows(frame, 3, top, last, "L", "L"))
    return _on_white(colours)


def _rgb_rows(frame: VideoFrame, top: int, last: int) -> Image.Image:
    """Return rows of a picture stored as luminance with colours of half the resolution."""
    above, below = max(0, top - EDGE), min(frame.height, last + EDGE)
    part = VideoFrame(frame.width, below - above, "yuv420p")
    for plane, target in zip(frame.planes, part.planes, strict=False):
        first = above * plane.height // frame.height
        lines = memoryview(plane)[first * plane.line_size :]
        starts = range(0, target.height * plane.line_size, plane.line_size)
        rows = (bytes(lines[at : at + target.width]).ljust(target.line_size) for at in starts)
        target.update(b"".join(rows))
    converted = part.reformat(format="rgb24", src_colorspace=Colorspace.ITU601)
    return _rows(converted, 0, top - above, last - above, "RGB", "RGB")


def _rows(
    frame: VideoFrame, plane: int, first: int, last: int, mode: str, layout: str
) -> Image.Image:
    """Return some rows of a plane as a picture."""
    each = frame.planes[plane]
    lines = bytes(memoryview(each)[first * each.line_size : last * each.line_size])
    size = (frame.width, last - first)
    return Image.frombytes(mode, size, lines, "raw", layout, each.line_size, 1)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB":
        return picture
    white = Image.new("RGB", picture.size, (255, 255, 255))
    white.paste(picture, (0, 0), picture)
    return white
