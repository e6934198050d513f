"""Noise: smooth random lines and fields, the raw material of clouds, ridges and ripples."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.floating[Any]]
Random = np.random.Generator

_OCTAVES = 5
_COARSEST_PIXELS = 900


def smoothstep(low: float, high: float, value: Floats) -> Floats:
    """Return 0 below low, 1 above high and a smooth ramp between; low may be larger than high."""
    ramp: Floats = np.clip((value - low) / (high - low), 0, 1).astype(np.float32)
    return ramp * ramp * (3 - 2 * ramp)


def line(random: Random, length: int, cell: float, octaves: int = _OCTAVES) -> Floats:
    """Return a smooth random line of length pixels, about -1 to 1; its longest waves span cell."""
    return _octaves(octaves, lambda octave: _smooth_line(random, length, cell / 2**octave))


def ridged_line(random: Random, length: int, cell: float, octaves: int = _OCTAVES) -> Floats:
    """Return a line of sharp peaks and rounded valleys, about 0 to 1."""

    def peaks(octave: int) -> Floats:
        wave = _smooth_line(random, length, cell / 2**octave)
        return (1 - 2 * np.abs(wave)).astype(np.float32)

    return (_octaves(octaves, peaks) + 1) / 2


def field(
    random: Random, size: tuple[int, int], cell: tuple[float, float], octaves: int = _OCTAVES
) -> Floats:
    """Return smooth random values, 0 to 1, shaped (height, width).

    cell is the longest wave in pixels. Computed on at most 900 pixels a side and enlarged: finer
    detail is not visible.
    """
    width, height = size
    shrink = max(1.0, max(size) / _COARSEST_PIXELS)
    small = (max(2, round(width / shrink)), max(2, round(height / shrink)))
    total = _octaves(octaves, lambda octave: _smooth_field(random, small, cell, shrink * 2**octave))
    grown = np.asarray(Image.fromarray(total).resize(size, Image.Resampling.BILINEAR))
    low, high = float(grown.min()), float(grown.max())
    return ((grown - low) / max(high - low, 1e-6)).astype(np.float32)


def _octaves(count: int, wave: Callable[[int], Floats]) -> Floats:
    total = wave(0)
    for octave in range(1, count):
        total = total + wave(octave) * np.float32(0.5**octave)
    return (total / np.float32(2 - 0.5 ** (count - 1))).astype(np.float32)


def _smooth_line(random: Random, length: int, cell: float) -> Floats:
    cell = max(cell, 1.0)
    knots = random.uniform(-1, 1, int(length / cell) + 3)
    place = np.arange(length) / cell + random.uniform(0, 1)
    index = place.astype(int)
    part = place - index
    soft = part * part * (3 - 2 * part)
    blended: Floats = knots[index] * (1 - soft) + knots[index + 1] * soft
    return blended.astype(np.float32)


def _smooth_field(
    random: Random, size: tuple[int, int], cell: tuple[float, float], shrink: float
) -> Floats:
    columns = max(2, round(size[0] * shrink / cell[0]) + 1)
    rows = max(2, round(size[1] * shrink / cell[1]) + 1)
    knots = random.uniform(-1, 1, (min(rows, size[1] + 1), min(columns, size[0] + 1)))
    coarse = Image.fromarray(knots.astype(np.float32))
    return np.asarray(coarse.resize(size, Image.Resampling.BICUBIC))
