"""Reframe and upscale: a source on another canvas, its surroundings continued."""

from pathlib import Path

from PIL import Image

from .film import film, images, save_thumbnail
from .orders import Geometry, Size
from .photograph import surround
from .still import save_still

Box = tuple[int, int, int, int]


def placed_box(source: Size, canvas: Size, geometry: Geometry | None) -> Box:
    """Where the source stands on the canvas: left, top, right, bottom in pixels.

    Without geometry it is as large as fits, in the middle.
    """
    if geometry is not None:
        box = _asked_box(source, geometry)
        if box is not None:
            return box
    scale = min(canvas[0] / source[0], canvas[1] / source[1])
    width, height = round(source[0] * scale), round(source[1] * scale)
    left, top = (canvas[0] - width) // 2, (canvas[1] - height) // 2
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
    right = asked.x_end if asked.x_end is not None else left + (asked.resized_width or source[0])
    bottom = asked.y_end if asked.y_end is not None else top + (asked.resized_height or source[1])
    return left, top, max(right, left + 2), max(bottom, top + 2)


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)


def reframed(source: Image.Image, size: Size, geometry: Geometry | None) -> Image.Image:
    """The source on a canvas of size, continued around."""
    left, top, right, bottom = placed_box(source.size, size, geometry)
    small = source.convert("RGB").resize((right - left, bottom - top), Image.Resampling.LANCZOS)
    shown = small.crop(
        (
            max(0, -left),
            max(0, -top),
            min(small.width, size[0] - left),
            min(small.height, size[1] - top),
        )
    )
    return surround(shown, size, (max(0, left), max(0, top)))


def reframe_image(
    source: Image.Image, *, size: Size, geometry: Geometry | None, prompt: str, image: Path
) -> None:
    """Write the source reframed to size."""
    save_still(reframed(source, size, geometry), image)


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
    """Write every frame of the source reframed to size."""
    with film(video, size) as writer:
        for index, picture in enumerate(images(source)):
            frame = reframed(picture, size, geometry)
            if index == 0:
                save_thumbnail(frame, thumbnail)
            writer.write_image(frame)


def upscale_video(source: Path, *, size: Size, video: Path, thumbnail: Path) -> None:
    """Write the same frames at size pixels."""
    with film(video, size) as writer:
        for index, picture in enumerate(images(source)):
            frame = picture.resize(size, Image.Resampling.LANCZOS)
            if index == 0:
                save_thumbnail(frame, thumbnail)
            writer.write_image(frame)
