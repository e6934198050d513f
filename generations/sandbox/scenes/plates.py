"""Plates: painted layers of a scene, each at its depth, and how one is laid on a picture."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from .film import Plane, Planes
from .noise import Floats
from .resample import View, seen

_NEVER = 1 << 20
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
    """A picture being composed: luma and half-size chroma, sides even."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.y = Image.new("L", (width, height), 16)
        self.u = Image.new("L", (width // 2, height // 2), 128)
        self.v = Image.new("L", (width // 2, height // 2), 128)

    def planes(self) -> Planes:
        """Copies of the planes."""
        return Planes(np.asarray(self.y), np.asarray(self.u), np.asarray(self.v))


@dataclass(frozen=True)
class Plate:
    """A layer in world pixels: depth 0 is infinity, 1 the nearest.

    planes are y, u, v and alpha, the last missing where all is opaque. Rows start at world row top
    (even) with transparent ones; from world row solid on, every column is opaque. drift is how far
    it moves by itself during an order, in frame widths.
    """

    planes: tuple[Plane, ...]
    top: int
    solid: int
    depth: float
    drift: float = 0.0

    @property
    def bottom(self) -> int:
        """World row below the last one."""
        return self.top + len(self.planes[0])

    def covers_from(self, view: View) -> int:
        """The picture row from which nothing behind this plate is seen; far below if never."""
        if self.solid >= self.bottom:
            return _NEVER
        return max(0, _even_up((self.solid - view.top) * view.scale))

    def lay(self, picture: Picture, view: View, limit: int) -> None:
        """Paint what the view sees above picture row limit."""
        first = max(0, _even_up((self.top - view.top) * view.scale))
        last = min(limit, _even_down((self.bottom - view.top) * view.scale))
        solid = min(last, max(first, self.covers_from(view)))
        self._lay_rows(picture, view, (first, solid), self.planes)
        self._lay_rows(picture, view, (solid, last), self.planes[:3])

    def _lay_rows(
        self, picture: Picture, view: View, rows: tuple[int, int], planes: tuple[Plane, ...]
    ) -> None:
        if rows[0] >= rows[1]:
            return
        place = View(view.left, view.top - self.top + rows[0] / view.scale, view.scale)
        y, u, v, *alpha = seen(planes, place, (picture.width, rows[1] - rows[0]))
        mask = alpha[0] if alpha else None
        half = mask.reduce(2) if mask else None
        picture.y.paste(y, (0, rows[0]), mask)
        picture.u.paste(u, (0, rows[0] // 2), half)
        picture.v.paste(v, (0, rows[0] // 2), half)


def plate(
    colour: Floats, alpha: Floats | None, *, top: int, depth: float, drift: float = 0.0
) -> Plate:
    """A plate of RGB (rows, columns, 3) and alpha, both 0 to 1, at even world row top.

    Colours are dithered, so that slow gradients show no bands in eight bits.
    """
    planes: tuple[Plane, ...] = planes_of_colour(colour)
    if alpha is None:
        return Plate(planes, top, top, depth, drift)
    mask = (alpha * 255 + 0.5).astype(np.uint8)
    return Plate((*planes, mask), top, top + _solid_row(alpha), depth, drift)


def _solid_row(alpha: Floats) -> int:
    holes = np.flatnonzero(alpha.min(1) < 0.998)
    return int(holes[-1]) + 1 if len(holes) else 0


def planes_of_colour(colour: Floats) -> Planes:
    """RGB of 0 to 1 (even sides) as BT.709 limited-range planes, dithered."""
    parts = []
    for index, weights in enumerate(_TO_YUV):
        part = colour @ weights + _YUV_BLACK[index]
        if index:
            part = (part[::2, ::2] + part[1::2, ::2] + part[::2, 1::2] + part[1::2, 1::2]) / 4
        parts.append(_dithered(part))
    return Planes(*parts)


def _dithered(values: Floats) -> Plane:
    """Eight bits with a fixed grain of half a step, interleaved so that the eye cannot see it."""
    rows = np.arange(values.shape[0], dtype=np.float32)[:, None]
    columns = np.arange(values.shape[1], dtype=np.float32)[None, :]
    grain = np.modf(52.9829189 * np.modf(0.06711056 * columns + 0.00583715 * rows)[0])[0]
    return np.clip(values + grain, 0, 255).astype(np.uint8)


def _even_up(row: float) -> int:
    return -int(-row // 2) * 2


def _even_down(row: float) -> int:
    return int(row // 2) * 2
