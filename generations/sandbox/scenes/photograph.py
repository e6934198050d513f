"""Given pictures as frames of a video: cropped, extended, moved over, blended."""

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from .noise import Floats
from .resample import View, seen
from .specs import Size
from .video_file import Plane, Planes, planes_of

_SURROUND = 0.22
_SURROUND_SHRINK = 4


def cover(image: Image.Image, size: Size) -> Image.Image:
    """Return the image scaled to fill size, with the rest cut off equally on both sides."""
    plain = image if image.mode == "RGB" else image.convert("RGB")
    return ImageOps.fit(plain, size, Image.Resampling.LANCZOS)


def surround(image: Image.Image, canvas: Size, corner: tuple[int, int], shrink: int) -> Image.Image:
    """Return a canvas with the image at corner, and around it the image mirrored and blurred.

    The pixels of the image are unchanged; the rest is computed at 1/shrink of its size.
    """
    small = (-(-canvas[0] // shrink), -(-canvas[1] // shrink))
    left, top = corner[0] // shrink, corner[1] // shrink
    sides = (max(1, image.width // shrink), max(1, image.height // shrink))
    box = (left, top, min(left + sides[0], small[0]), min(top + sides[1], small[1]))
    shown = image.convert("RGB").resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BOX)
    grown = _continued(shown, small, box).resize(canvas, Image.Resampling.BICUBIC)
    grown.paste(image, corner)
    return grown


def _continued(image: Image.Image, canvas: Size, box: tuple[int, int, int, int]) -> Image.Image:
    """Return the canvas around an image that is placed in box."""
    margins = ((box[1], canvas[1] - box[3]), (box[0], canvas[0] - box[2]), (0, 0))
    grown = Image.fromarray(np.pad(np.asarray(image), margins, mode="symmetric"))
    away = _distance(canvas, box) / (max(canvas) * 0.25)
    for radius, begin in ((0.008, 0.02), (0.02, 0.2), (0.05, 0.5)):
        soft = _softened(grown, radius * max(canvas))
        mask = np.clip((away - begin) / 0.35, 0, 1) * 255
        grown.paste(soft, (0, 0), Image.fromarray(mask.astype(np.uint8)))
    return grown


def _distance(canvas: Size, box: tuple[int, int, int, int]) -> Floats:
    columns = np.arange(canvas[0], dtype=np.float32)[None, :]
    rows = np.arange(canvas[1], dtype=np.float32)[:, None]
    beside = np.maximum(np.maximum(box[0] - columns, columns - box[2] + 1), 0)
    above = np.maximum(np.maximum(box[1] - rows, rows - box[3] + 1), 0)
    away: Floats = np.hypot(beside, above)
    return away


def _softened(image: Image.Image, radius: float) -> Image.Image:
    """Return the image blurred by radius pixels, computed on a small copy, as blur hides detail."""
    shrink = max(1, int(radius / 3))
    small = image.reduce(shrink).filter(ImageFilter.GaussianBlur(radius / shrink))
    return small.resize(image.size, Image.Resampling.BICUBIC)


class Photograph:
    """An image that a camera can move over, extended beyond its edges."""

    def __init__(self, image: Image.Image, frame: Size) -> None:
        self.frame = frame
        self._margin = (int(frame[0] * _SURROUND) // 2 * 2, int(frame[1] * _SURROUND) // 2 * 2)
        canvas = (frame[0] + 2 * self._margin[0], frame[1] + 2 * self._margin[1])
        wide = surround(cover(image, frame), canvas, self._margin, _SURROUND_SHRINK)
        self._planes = planes_of(wide)

    def picture(self, right: float, up: float, zoom: float) -> Planes:
        """Return the view, moved right and up by shares of the frame and magnified by 1 + zoom."""
        width, height = self.frame
        scale = max(1 + zoom, 1 / (1 + 2 * _SURROUND))
        left = self._margin[0] + width * (0.5 + right) - width / 2 / scale
        top = self._margin[1] + height * (0.5 - up) - height / 2 / scale
        view = View(max(0.0, left), max(0.0, top), scale)
        return Planes(*(np.asarray(part) for part in seen(self._planes, view, self.frame)))


def blend(first: Planes, second: Planes, part: float) -> Planes:
    """Return the mix of two pictures: the first at part 0, the second at part 1."""
    if part <= 0:
        return first
    if part >= 1:
        return second
    mixed = (
        np.asarray(Image.blend(_image(a), _image(b), part))
        for a, b in zip(first, second, strict=True)
    )
    return Planes(*mixed)


def _image(plane: Plane) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(plane))
