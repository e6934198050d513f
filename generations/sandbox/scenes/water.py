"""Water: a mirror of everything above it, with ripples and the glitter of the light."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from .mood import mix, times
from .noise import Floats, field, smoothstep
from .plates import Picture, code_of
from .world import World


class Water:
    """The water of a scene, painted on pictures of one size."""

    def __init__(self, world: World, size: tuple[int, int], *, rough: bool) -> None:
        self._size = size
        self._rough = rough
        self._unit = world.unit * size[0] / world.frame[0]
        rows = size[1]
        random = world.random("water")
        self._near = _waves(random, (size[0] * 2, rows), self._unit, rough=rough)
        self._far = _waves(random, (size[0] * 2, rows), self._unit * 0.7, rough=rough)
        mood = world.mood
        deep = mix(mix(mood.shade, mood.zenith, 0.55), times(mood.zenith, mood.middle), 0.3)
        self._deep = code_of(deep)
        self._crest = code_of(mix(mood.middle, mood.horizon, 0.6))
        self._spark = code_of(mix(mood.sun, mood.horizon, 0.15))
        self._glow = mood.glow
        self._depth = self._column(_murk(rows, self._unit, rough=rough))

    def _column(self, values: Floats) -> Image.Image:
        strip = Image.fromarray((np.clip(values, 0, 1) * 255).astype(np.uint8)[:, None])
        return strip.resize((self._size[0], len(values)), Image.Resampling.NEAREST)

    def paint(
        self, picture: Picture, shore: int, last: int, moment: float, sun_x: float, cycles: int
    ) -> None:
        """Fill picture rows shore to last (even) with a mirror image of the rows above the shore.

        cycles whole waves pass between moment 0 and 1, so that a loop has no jump.
        """
        count = last - shore
        if count < 2 or shore < 2:
            return
        turn = 2 * math.pi * moment
        mask = self._pattern(count, moment)
        self._mirror(picture, shore, count, turn * cycles, mask)
        picture.tint(self._depth.crop((0, 0, self._size[0], count)), shore, self._deep)
        swell = mask.point(lambda v: max(0, v - 118) * (2 if self._rough else 1))
        picture.tint(swell, shore, self._crest)
        picture.tint(self._glitter(mask, count, sun_x), shore, self._spark)

    def _pattern(self, count: int, moment: float) -> Image.Image:
        """Return the waves at a moment: two patterns that move through each other and back."""
        width = self._size[0]
        sway = math.sin(2 * math.pi * moment)
        first = int(width * (0.5 + 0.06 * sway + 0.02 * math.sin(4 * math.pi * moment)))
        second = int(width * (0.5 - 0.05 * sway + 0.02 * math.cos(6 * math.pi * moment)))
        near = self._near[:count, first : first + width]
        far = self._far[:count, second : second + width]
        return Image.fromarray((near >> 1) + (far >> 1))

    def _mirror(
        self, picture: Picture, shore: int, count: int, turn: float, mask: Image.Image
    ) -> None:
        half = mask.reduce(2)
        for plane, shrink in ((picture.y, 1), (picture.u, 2), (picture.v, 2)):
            edge, rows = shore // shrink, count // shrink
            above = np.asarray(plane)[:edge]
            first, second = (
                Image.fromarray(above[self._mirrored_rows(edge, rows, shrink, turn + phase)])
                for phase in (0.0, 2.4)
            )
            first.paste(second, (0, 0), half if shrink == 2 else mask)
            plane.paste(first, (0, edge))

    def _mirrored_rows(self, edge: int, count: int, shrink: int, turn: float) -> NDArray[np.intp]:
        away = (np.arange(count) + 0.5) * shrink
        height = (0.5 + away * 0.05) * (1.6 if self._rough else 1.0)
        wave = np.sin(18 * np.log(away / self._unit + 0.05) - turn) + 0.5 * np.sin(
            41 * np.log(away / self._unit + 0.08) - 2 * turn
        )
        source = edge - 1 - (away * 0.97 + height * wave) / shrink
        rows: NDArray[np.intp] = np.clip(np.abs(source), 0, edge - 1).astype(np.intp)
        return rows

    def _glitter(self, waves: Image.Image, count: int, sun_x: float) -> Image.Image:
        floor = 138 if self._rough else 146
        sparks = waves.point([min(255, max(0, v - floor) * 9) for v in range(256)])
        columns = np.abs(np.arange(self._size[0]) - sun_x) / self._unit
        near = np.exp(-((columns / 0.16) ** 2)) * self._glow + 0.05
        weight = Image.fromarray((np.clip(near, 0, 1) * 255).astype(np.uint8)[None, :])
        return ImageChops.multiply(sparks, weight.resize((self._size[0], count)))


def _waves(
    random: np.random.Generator, size: tuple[int, int], unit: float, *, rough: bool
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return waves in perspective: fine far away, wider near the viewer."""
    flat = 0.014 if rough else 0.010
    fine = field(random, size, (unit * 0.07, unit * flat * 0.8), 2)
    wide = field(random, size, (unit * 0.30, unit * flat * 4), 3)
    nearness = smoothstep(0.0, 0.5 * unit, np.arange(size[1], dtype=np.float32))[:, None]
    return ((fine * (1 - nearness) + wide * nearness) * 255).astype(np.uint8)


def _murk(count: int, unit: float, *, rough: bool) -> Floats:
    """Return how much of the water's own colour shows: more where the view is steeper."""
    away = np.arange(count, dtype=np.float32) / unit
    base, most = (0.34, 0.82) if rough else (0.16, 0.66)
    return base + (most - base) * smoothstep(0.0, 0.55, away)
