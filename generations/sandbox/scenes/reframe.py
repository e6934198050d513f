"""Reframe and upscale: a source on another canvas, extended around."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from PIL import Image

from .photograph import surround
from .specs import Geometry, Size
from .still import save_still
from .video_file import (
    converted,
    frame_of_image,
    frame_of_planes,
    frames,
    image_of_frame,
    new_video,
    planes_of_frame,
    save_thumbnail,
)

Box = tuple[int, int, int, int]
_SURROUND_SHRINK = 4
_STILL_SHRINK = 2


def placed_box(source: Size, canvas: Size, geometry: Geometry | None) -> Box:
    """Return the place of the source on the canvas: left, top, right, bottom in pixels.

    Without geometry it is in the middle, as large as fits.
    """
    asked = _asked_box(source, geometry) if geometry else None
    if asked is not None:
        return asked
    scale = min(canvas[0] / source[0], canvas[1] / source[1])
    width, height = round(source[0] * scale), round(source[1] * scale)
    left, top = (canvas[0] - width) // 4 * 2, (canvas[1] - height) // 4 * 2
    return left, top, left + width, top + height


def _asked_box(source: Size, asked: Geometry) -> Box | None:
    left = _first(asked.x_start, asked.grid_position_x)
    top = _first(asked.y_start, asked.grid_position_y)
    if (
        left is None
        and top is None
        and asked.resized_width is None
        and asked.resized_height is None
    ):
        return None
    left, top = left or 0, top or 0
    right = _first(asked.x_end, left + (asked.resized_width or source[0]))
    bottom = _first(asked.y_end, top + (asked.resized_height or source[1]))
    return left, top, max(right or 0, left + 2), max(bottom or 0, top + 2)


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)


def reframe_image(
    source: Image.Image, *, size: Size, geometry: Geometry | None, prompt: str, image: Path
) -> None:
    """Write the source on a canvas of size, extended around; the suffix sets the format."""
    left, top, right, bottom = placed_box(source.size, size, geometry)
    large = source.convert("RGB").resize((right - left, bottom - top), Image.Resampling.LANCZOS)
    shown = large.crop(_visible((left, top, right, bottom), size))
    save_still(surround(shown, size, (max(0, left), max(0, top)), _STILL_SHRINK), image)


def _visible(box: Box, canvas: Size) -> Box:
    """Return the part of a placed source that is on the canvas, in its own pixels; never empty."""
    left, top, right, bottom = box
    first = (max(0, -left), max(0, -top))
    last = (min(right, canvas[0]) - left, min(bottom, canvas[1]) - top)
    return first[0], first[1], max(last[0], first[0] + 1), max(last[1], first[1] + 1)


def reframe_video(
    source: Path,
    *,
    size: Size,
    geometry: Geometry | None,
    prompt: str,
    first_frame: Image.Image | None,
    video: Path,
    thumbnail: Path,
) -> None:
    """Write every frame of the source on a canvas of size.

    The canvas around it extends the source, or shows first_frame where that is given.
    """
    backdrop = first_frame.convert("RGB").resize(size) if first_frame else None
    pictures = (_reframed(frame, size, geometry, backdrop) for frame in frames(source))
    _write_all(pictures, size, video, thumbnail)


def _reframed(
    frame: av.VideoFrame, size: Size, geometry: Geometry | None, backdrop: Image.Image | None
) -> av.VideoFrame:
    box = placed_box((frame.width, frame.height), size, geometry)
    placed = planes_of_frame(converted(frame, (box[2] - box[0], box[3] - box[1])))
    around = frame_of_image(backdrop) if backdrop else frame_of_image(_around(frame, size, box))
    canvas = planes_of_frame(converted(around, size))
    for index, (target, plane) in enumerate(zip(canvas, placed, strict=True)):
        shrink = 2 if index else 1
        _paste(target, plane, (box[0] // shrink, box[1] // shrink))
    return frame_of_planes(canvas)


def _paste(
    target: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    plane: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    corner: tuple[int, int],
) -> None:
    """Copy a plane into another, cut off at its edges."""
    left, top = corner
    shown = plane[max(0, -top) : target.shape[0] - top, max(0, -left) : target.shape[1] - left]
    rows, columns = shown.shape
    target[max(0, top) : max(0, top) + rows, max(0, left) : max(0, left) + columns] = shown


def _around(frame: av.VideoFrame, size: Size, box: Box) -> Image.Image:
    """Return the extension of the source, computed small, because it is blurred."""
    left, top, right, bottom = (edge // _SURROUND_SHRINK for edge in box)
    canvas = (-(-size[0] // _SURROUND_SHRINK), -(-size[1] // _SURROUND_SHRINK))
    sides = (max(1, right - left), max(1, bottom - top))
    small = image_of_frame(frame).resize(sides, Image.Resampling.BILINEAR, reducing_gap=1.5)
    shown = small.crop(_visible((left, top, left + sides[0], top + sides[1]), canvas))
    return surround(shown, canvas, (max(0, left), max(0, top)), 1)


def upscale_video(source: Path, *, size: Size, video: Path, thumbnail: Path) -> None:
    """Write the same frames, scaled to size."""
    _write_all(frames(source), size, video, thumbnail)


def _write_all(pictures: Iterator[av.VideoFrame], size: Size, video: Path, thumbnail: Path) -> None:
    with new_video(video, size) as writer:
        for index, frame in enumerate(pictures):
            if index == 0:
                save_thumbnail(image_of_frame(frame).resize(size), thumbnail)
            writer.write_frame(frame)
