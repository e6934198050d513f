"""Resampling: a magnified view of planes at fractions of a pixel, fast enough for every frame.

swscale magnifies a whole frame in half a millisecond, but only by whole pixels. So a crop is chosen
whose edges are whole pixels before and after, and is then shifted by the rest of a pixel. Where
no such crop is near enough, NumPy blends rows and columns, which takes longer.
"""

from functools import lru_cache
from typing import NamedTuple

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray
from PIL import Image

from .video_file import Plane, rows_of

_STRAIGHT = 1e-4
_UNSEEN = 0.1
_TOLERABLE = 0.3
_TRIES = np.arange(0, 32, 2)


class View(NamedTuple):
    """The part of a plane in a picture: its top left corner in plane pixels, its magnification."""

    left: float
    top: float
    scale: float


class _Cut(NamedTuple):
    """A crop along one side: first and length before magnifying, length after, how much to skip."""

    first: int
    length: int
    magnified: int
    skip: float


def seen(planes: tuple[Plane, ...], view: View, size: tuple[int, int]) -> tuple[Image.Image, ...]:
    """Return images of planes (y, u, v and alpha, or some of them) in a view of size (even sides).

    One plane is alpha, three are y, u, v. u and v have half the sides of the others. A
    view that leaves the planes is moved onto them.
    """
    height, width = planes[0].shape
    view = _onto(view, size, (width, height))
    if abs(view.scale - 1) < _STRAIGHT:
        return _shifted(planes, view.left, view.top, size)
    across = _cut(view.left, view.scale, size[0])
    down = _cut(view.top, view.scale, size[1])
    if across is None or down is None:
        return _boxed(planes, view, size)
    magnified = _magnified(planes, across, down)
    return _shifted(magnified, across.skip, down.skip, size)


def _onto(view: View, size: tuple[int, int], limits: tuple[int, int]) -> View:
    scale = max(view.scale, size[0] / limits[0], size[1] / limits[1])
    left = min(max(0.0, view.left), limits[0] - size[0] / scale)
    top = min(max(0.0, view.top), limits[1] - size[1] / scale)
    return View(max(0.0, left), max(0.0, top), scale)


def _cut(start: float, scale: float, length: int) -> _Cut | None:
    """Return the crop that is nearest to the wanted magnification and place, or None."""
    lengths = int(length / scale / 2) * 2 + len(_TRIES) * 2 + 8 + _TRIES
    magnified = np.round(lengths * scale / 2) * 2
    errors = np.abs(magnified / lengths - scale)
    best = int(errors.argmin())
    if errors[best] * length / 2 > _TOLERABLE:
        return None
    whole, large = int(lengths[best]), int(magnified[best])
    centre = start + length / 2 / scale
    firsts = int(start / 2) * 2 - 2 - _TRIES
    skips = (centre - firsts) * (large / whole) - length / 2
    misfit = np.abs(skips - np.round(skips / 2) * 2)
    misfit[skips + length + 1 > large] = np.inf
    place = int(misfit.argmin())
    return _Cut(int(firsts[place]), whole, large, max(0.0, float(skips[place])))


def _magnified(planes: tuple[Plane, ...], across: _Cut, down: _Cut) -> tuple[Plane, ...]:
    kind = {1: "gray", 3: "yuv420p", 4: "yuva420p"}[len(planes)]
    frame = av.VideoFrame(across.length, down.length, kind)
    for index, (target, plane) in enumerate(zip(frame.planes, planes, strict=True)):
        shrink = 2 if index in (1, 2) else 1
        columns = _span(across, shrink, plane.shape[1])
        rows = _span(down, shrink, plane.shape[0])
        part = plane[rows] if isinstance(columns, slice) else plane[rows].take(columns, axis=1)
        part = part[:, columns] if isinstance(columns, slice) else part
        rows_of(target)[: part.shape[0], : part.shape[1]] = part
    large = _scaler().reformat(
        frame, across.magnified, down.magnified, interpolation="BICUBIC", threads=1
    )
    return tuple(rows_of(plane)[: plane.height, : plane.width] for plane in large.planes)


def _span(cut: _Cut, shrink: int, limit: int) -> slice | NDArray[np.intp]:
    """Return the pixels of a crop; beyond the plane its edge is repeated."""
    first, last = cut.first // shrink, (cut.first + cut.length) // shrink
    if first >= 0 and last <= limit:
        return slice(first, last)
    return np.clip(np.arange(first, last), 0, limit - 1)


@lru_cache(maxsize=1)
def _scaler() -> VideoReformatter:
    return VideoReformatter()


def _shifted(
    planes: tuple[Plane, ...], left: float, top: float, size: tuple[int, int]
) -> tuple[Image.Image, ...]:
    """Return crops shifted by a fraction of a pixel."""
    parts = []
    for index, plane in enumerate(planes):
        shrink = 2 if index in (1, 2) else 1
        sides = (size[0] // shrink, size[1] // shrink)
        parts.append(_shifted_plane(plane, left / shrink, top / shrink, sides))
    return tuple(parts)


def _shifted_plane(plane: Plane, left: float, top: float, size: tuple[int, int]) -> Image.Image:
    width, height = size
    column, right = _whole_and_part(left, plane.shape[1] - width)
    row, down = _whole_and_part(top, plane.shape[0] - height)
    region = plane[row : row + height + (down > 0), column : column + width + (right > 0)]
    image = Image.fromarray(np.ascontiguousarray(region))
    if right:
        image = _between(image, (1, 0), right)
    if down:
        image = _between(image, (0, 1), down)
    return image


def _whole_and_part(place: float, last: int) -> tuple[int, float]:
    """Return whole pixels, and the fraction of one if it is large enough to be blended."""
    whole = int(place)
    part = place - whole
    if part > 1 - _UNSEEN:
        whole, part = whole + 1, 0.0
    if whole >= last:
        return max(0, last), 0.0
    return whole, part if part > _UNSEEN else 0.0


def _between(image: Image.Image, step: tuple[int, int], part: float) -> Image.Image:
    right, down = step
    here = image.crop((0, 0, image.width - right, image.height - down))
    there = image.crop((right, down, image.width, image.height))
    return Image.blend(here, there, part)


def _boxed(planes: tuple[Plane, ...], view: View, size: tuple[int, int]) -> tuple[Image.Image, ...]:
    parts = []
    for index, plane in enumerate(planes):
        shrink = 2 if index in (1, 2) else 1
        down = _taps(view.top / shrink, view.scale, size[1] // shrink, plane.shape[0])
        across = _taps(view.left / shrink, view.scale, size[0] // shrink, plane.shape[1])
        rows = _lerped(plane[down.first], plane[down.second], down.part[:, None])
        left, right = rows.take(across.first, axis=1), rows.take(across.second, axis=1)
        parts.append(Image.fromarray(_lerped(left, right, across.part[None, :])))
    return tuple(parts)


class _Taps(NamedTuple):
    """For each pixel of a side, the two source pixels around it and its distance in 1/256."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    part: NDArray[np.uint16]


def _taps(start: float, scale: float, length: int, limit: int) -> _Taps:
    places = np.clip(start + (np.arange(length) + 0.5) / scale - 0.5, 0, limit - 1)
    first = places.astype(np.intp)
    part = ((places - first) * 256).astype(np.uint16)
    return _Taps(first, np.minimum(first + 1, limit - 1), part)


def _lerped(first: Plane, second: Plane, part: NDArray[np.uint16]) -> Plane:
    mixed: Plane = ((first * (256 - part) + second * part + 128) >> 8).astype(np.uint8)
    return mixed
