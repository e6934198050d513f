"""Plates: painted layers of a scene, each at its depth, and how one is laid on a picture."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from .film import Plane, Planes
from .noise import Floats

_STRAIGHT = 1e-4
_NEVER = 1 << 20
_BILINEAR = Image.Resampling.BILINEAR
_TO_YUV = np.array(
    [
        [0.2126 * 219, 0.7152 * 219, 0.0722 * 219],
        [-0.2126 / 1.8556 * 224, -0.7152 / 1.8556 * 224, 0.9278 / 1.8556 * 224],
        [0.7874 / 1.5748 * 224, -0.7152 / 1.5748 * 224, -0.0722 / 1.5748 * 224],
    ],
    np.float32,
)
_YUV_BLACK = np.array([16, 128, 128], np.float32)


@dataclass(frozen=True)
class View:
    """What a picture sees of a depth: its top left corner in world pixels, its magnification."""

    left: float
    top: float
    scale: float


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

    Rows start at world row top (even) with transparent ones; from world row solid on, every column
    is opaque (a plate without alpha is opaque from its top). drift is how far it moves by itself
    during an order, in frame widths.
    """

    y: Image.Image
    u: Image.Image
    v: Image.Image
    alpha: Image.Image | None
    alpha_half: Image.Image | None
    top: int
    solid: int
    depth: float
    drift: float = 0.0

    @property
    def bottom(self) -> int:
        """World row below the last one."""
        return self.top + self.y.height

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
        self._lay_rows(picture, view, (first, solid), masked=True)
        self._lay_rows(picture, view, (solid, last), masked=False)

    def _lay_rows(
        self, picture: Picture, view: View, rows: tuple[int, int], *, masked: bool
    ) -> None:
        if rows[0] >= rows[1]:
            return
        place = View(view.left, view.top - self.top, view.scale)
        size = (picture.width, picture.height)
        masked = masked and self.alpha is not None
        mask = seen(self.alpha, place, size, rows, 1) if masked else None
        half = seen(self.alpha_half, place, size, rows, 2) if masked else None
        picture.y.paste(seen(self.y, place, size, rows, 1), (0, rows[0]), mask)
        picture.u.paste(seen(self.u, place, size, rows, 2), (0, rows[0] // 2), half)
        picture.v.paste(seen(self.v, place, size, rows, 2), (0, rows[0] // 2), half)


def seen(
    plane: Image.Image | None, view: View, size: tuple[int, int], rows: tuple[int, int], shrink: int
) -> Image.Image:
    """The rows of a picture of size that a view sees of a plane, itself 1/shrink of the plate."""
    if plane is None:
        raise ValueError("a masked plate needs both its alphas")
    width = size[0] // shrink
    first, last = rows[0] // shrink, rows[1] // shrink
    left = view.left / shrink
    top = view.top / shrink + first / view.scale
    if abs(view.scale - 1) < _STRAIGHT:
        return _shifted(plane, left, top, (width, last - first))
    box = (left, top, left + width / view.scale, top + (last - first) / view.scale)
    return plane.resize((width, last - first), _BILINEAR, _inside(box, plane))


def _inside(
    box: tuple[float, float, float, float], plane: Image.Image
) -> tuple[float, float, float, float]:
    """The box moved by as little as lets it lie on the plane."""
    width = min(box[2] - box[0], plane.width)
    height = min(box[3] - box[1], plane.height)
    left = min(max(0.0, box[0]), plane.width - width)
    top = min(max(0.0, box[1]), plane.height - height)
    return left, top, min(left + width, plane.width), min(top + height, plane.height)


def _shifted(plane: Image.Image, left: float, top: float, size: tuple[int, int]) -> Image.Image:
    """A crop at a fractional place: much cheaper than resampling, and the common case."""
    width, height = size
    left = min(max(0.0, left), plane.width - width)
    top = min(max(0.0, top), plane.height - height)
    column, row = int(left), int(top)
    crop = plane.crop((column, row, column + width, row + height))
    if left - column > _STRAIGHT and column + 1 + width <= plane.width:
        beside = plane.crop((column + 1, row, column + 1 + width, row + height))
        crop = Image.blend(crop, beside, left - column)
    if top - row > _STRAIGHT and row + 1 + height <= plane.height:
        below = plane.crop((column, row + 1, column + width, row + 1 + height))
        crop = Image.blend(crop, below, top - row)
    return crop


def plate(
    colour: Floats, alpha: Floats | None, *, top: int, depth: float, drift: float = 0.0
) -> Plate:
    """A plate of RGB (rows, columns, 3) and alpha, both 0 to 1, at even world row top.

    Colours are dithered, so that slow gradients show no bands in eight bits.
    """
    y, u, v = (Image.fromarray(part) for part in planes_of_colour(colour))
    solid = top
    mask = half = None
    if alpha is not None:
        mask = Image.fromarray((alpha * 255 + 0.5).astype(np.uint8))
        half = mask.reduce(2)
        solid = top + _solid_row(alpha)
    return Plate(y, u, v, mask, half, top, solid, depth, drift)


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
