"""Plates: painted layers of a scene, each at its depth, and how they are put on a picture."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .noise import Floats
from .resample import View, seen
from .video_file import Plane, Planes

_NEVER = 1 << 20
_BLOCK = 32
_OPAQUE = 254
_ALPHA = 3
_TO_YUV = np.array(
    [
        [0.2126 * 219, 0.7152 * 219, 0.0722 * 219],
        [-0.2126 / 1.8556 * 224, -0.7152 / 1.8556 * 224, 0.9278 / 1.8556 * 224],
        [0.7874 / 1.5748 * 224, -0.7152 / 1.5748 * 224, -0.0722 / 1.5748 * 224],
    ],
    np.float32,
)
_YUV_BLACK = np.array([16, 128, 128], np.float32)


class Picture:
    """A picture in progress: luma and half-size chroma, with even sides."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.y = Image.new("L", (width, height), 16)
        self.u = Image.new("L", (width // 2, height // 2), 128)
        self.v = Image.new("L", (width // 2, height // 2), 128)

    def tint(self, mask: Image.Image, row: int, code: tuple[int, int, int]) -> None:
        """Put one colour (y, u, v) on through a mask that begins at an even picture row."""
        half = mask.reduce(2)
        self.y.paste(code[0], (0, row), mask)
        self.u.paste(code[1], (0, row // 2), half)
        self.v.paste(code[2], (0, row // 2), half)

    def planes(self) -> Planes:
        """Return copies of the planes."""
        return Planes(np.asarray(self.y), np.asarray(self.u), np.asarray(self.v))


@dataclass(frozen=True)
class Plate:
    """A layer in world pixels: depth 0 is infinity, 1 the nearest.

    planes are y, u, v and alpha, the last missing where all is opaque; where code is given, all is
    of that one colour and planes is the alpha alone. Rows start at world row top (even) with
    transparent ones. drift is how far it moves by itself in a video, in frame widths.
    """

    planes: tuple[Plane, ...]
    top: int
    depth: float
    drift: float = 0.0
    code: tuple[int, int, int] | None = None

    @property
    def bottom(self) -> int:
        """The world row below the last one."""
        return self.top + len(self.planes[0])

    @cached_property
    def _outline(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """For each block of columns, the rows where the plate begins and where it is opaque."""
        if len(self.planes) == len("yuv"):
            return np.zeros(1, np.intp), np.zeros(1, np.intp)
        alpha = self.planes[-1]
        edges = np.arange(0, alpha.shape[1], _BLOCK)
        most = np.maximum.reduceat(alpha, edges, axis=1) > 0
        least = np.minimum.reduceat(alpha, edges, axis=1) < _OPAQUE
        first = np.where(most.any(0), most.argmax(0), len(alpha))
        solid = np.where(least.any(0), len(alpha) - least[::-1].argmax(0), 0)
        return first, solid

    def _extent(self, view: View, width: int) -> tuple[int, int]:
        """Return the world rows where the plate begins and where it is opaque, within the view."""
        first, solid = self._outline
        left = int(view.left) // _BLOCK
        right = int(view.left + width / view.scale) // _BLOCK + 2
        seen_blocks = slice(max(0, min(left - 1, len(first) - 1)), max(1, right))
        return self.top + int(first[seen_blocks].min()), self.top + int(solid[seen_blocks].max())

    def covers_from(self, view: View, width: int) -> int:
        """Return the picture row below which this plate hides all behind it; far below if none."""
        solid = self._extent(view, width)[1]
        if solid >= self.bottom:
            return _NEVER
        return max(0, _even_up((solid - view.top) * view.scale))

    def lay(self, picture: Picture, view: View, limit: int) -> None:
        """Paint the part of the plate in the view above picture row limit."""
        begin, _ = self._extent(view, picture.width)
        first = max(0, _even_down((begin - 1 - view.top) * view.scale))
        first = max(first, _even_up((self.top - view.top) * view.scale))
        last = min(limit, _even_down((self.bottom - view.top) * view.scale))
        solid = min(last, max(first, self.covers_from(view, picture.width)))
        self._lay_rows(picture, view, (first, solid), self.planes)
        self._lay_rows(picture, view, (solid, last), self.planes[:3])

    def _lay_rows(
        self, picture: Picture, view: View, rows: tuple[int, int], planes: tuple[Plane, ...]
    ) -> None:
        if rows[0] >= rows[1]:
            return
        place = View(view.left, view.top - self.top + rows[0] / view.scale, view.scale)
        parts = seen(planes, place, (picture.width, rows[1] - rows[0]))
        if self.code is not None:
            picture.tint(parts[0], rows[0], self.code)
            return
        mask = parts[3] if len(parts) > 3 else None
        half = mask.reduce(2) if mask else None
        picture.y.paste(parts[0], (0, rows[0]), mask)
        picture.u.paste(parts[1], (0, rows[0] // 2), half)
        picture.v.paste(parts[2], (0, rows[0] // 2), half)


def flat_plate(
    code: tuple[int, int, int], alpha: Floats, *, top: int, depth: float, drift: float
) -> Plate:
    """Return a plate of one colour that is opaque nowhere, for example mist."""
    mask = (alpha * 255 + 0.5).astype(np.uint8)
    return Plate((mask,), top, depth, drift, code)


def plate(
    colour: Floats, alpha: Floats | None, *, top: int, depth: float, drift: float = 0.0
) -> Plate:
    """Return a plate of RGB (rows, columns, 3) and alpha, both 0 to 1, at even world row top.

    Colours are dithered, so that gradients show no bands in eight bits.
    """
    planes: tuple[Plane, ...] = planes_of_colour(colour)
    if alpha is None:
        return Plate(planes, top, depth, drift)
    mask = (alpha * 255 + 0.5).astype(np.uint8)
    return Plate((*planes, mask), top, depth, drift)


def joined(plates: list[Plate], gap: float) -> list[Plate]:
    """Return the plates with fixed neighbours less than gap apart joined, which saves time."""
    result: list[Plate] = []
    for nearer in plates:
        last = result[-1] if result else None
        if last and _still(last) and _still(nearer) and nearer.depth - last.depth < gap:
            result[-1] = _united(last, nearer)
        else:
            result.append(nearer)
    return result


def _still(plate: Plate) -> bool:
    return plate.drift == 0 and plate.code is None and len(plate.planes) == len("yuva")


def _united(far: Plate, near: Plate) -> Plate:
    """Return the near plate on the far one, at the depth of near."""
    top, bottom = min(far.top, near.top), max(far.bottom, near.bottom)
    mask = Image.fromarray(near.planes[3])
    parts = []
    for index, (behind, before) in enumerate(zip(far.planes, near.planes, strict=True)):
        shrink = 2 if index in (1, 2) else 1
        row, image = (near.top - top) // shrink, Image.fromarray(before)
        grown = Image.new("L", (before.shape[1], (bottom - top) // shrink), 0)
        if index != _ALPHA:
            grown.paste(image, (0, row))
        grown.paste(Image.fromarray(behind), (0, (far.top - top) // shrink))
        cover = mask.reduce(2) if shrink == 2 else mask
        grown.paste(255 if index == _ALPHA else image, (0, row, *_end(image, row)), cover)
        parts.append(np.asarray(grown))
    return Plate(tuple(parts), top, near.depth)


def _end(image: Image.Image, row: int) -> tuple[int, int]:
    return image.width, row + image.height


def planes_of_colour(colour: Floats) -> Planes:
    """Return RGB of 0 to 1 (even sides) as dithered BT.709 limited-range planes."""
    parts = []
    for index, weights in enumerate(_TO_YUV):
        part = colour @ weights + _YUV_BLACK[index]
        if index:
            part = (part[::2, ::2] + part[1::2, ::2] + part[::2, 1::2] + part[1::2, 1::2]) / 4
        parts.append(_dithered(part))
    return Planes(*parts)


def code_of(colour: tuple[float, float, float]) -> tuple[int, int, int]:
    """Return an RGB colour of 0 to 1 as y, u, v."""
    y, u, v = planes_of_colour(np.full((2, 2, 3), colour, np.float32))
    return int(y[0, 0]), int(u[0, 0]), int(v[0, 0])


def _dithered(values: Floats) -> Plane:
    """Return eight bits with a fixed noise of half a step, too fine to be seen."""
    rows = np.arange(values.shape[0], dtype=np.float32)[:, None]
    columns = np.arange(values.shape[1], dtype=np.float32)[None, :]
    grain = np.modf(52.9829189 * np.modf(0.06711056 * columns + 0.00583715 * rows)[0])[0]
    return np.clip(values + grain, 0, 255).astype(np.uint8)


def _even_up(row: float) -> int:
    return -int(-row // 2) * 2


def _even_down(row: float) -> int:
    return int(row // 2) * 2
