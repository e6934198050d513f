"""Ridges, hills and dunes, one behind the other in the haze."""

from dataclasses import dataclass

import numpy as np

from .mood import Colour, mix, times
from .noise import Floats, field, line, ridged_line, smoothstep
from .plates import Plate, plate
from .world import World, even


@dataclass(frozen=True)
class Ridge:
    """A line of land: base and rise in units below (positive) and above the horizon.

    sharp ridges have peaks. cell is the width of a mountain in units, nearness 0 (lost in haze)
    to 1, reach how far below its base the land goes on in units.
    """

    depth: float
    nearness: float
    base: float
    rise: float
    cell: float
    albedo: Colour
    sharp: bool = True
    snow: float = 0.0
    mist: float = 0.5
    reach: float = 0.5
    relief: float = 0.5


def land_colour(world: World, albedo: Colour, nearness: float) -> Colour:
    """Return the colour of land in this light and at this distance."""
    mood = world.mood
    lit = times(albedo, mood.light)
    near = mix(mood.shade, lit, min(1.0, mood.exposure * (0.55 + 0.6 * sum(albedo) / 3)))
    return mix(mood.haze, near, nearness**0.8)


def ridge_plate(world: World, ridge: Ridge, part: str) -> Plate:
    """Paint a ridge; part is the name of its random numbers."""
    random = world.random(part)
    crest = _crest(world, ridge, random)
    top = max(0, even(float(crest.min()) - 6))
    bottom = min(world.height, even(world.horizon + (ridge.base + ridge.reach) * world.unit))
    below = world.rows(top, bottom) - crest[None, :]
    colour = _lit_slopes(world, ridge, random, below)
    _cover_with_snow(world, ridge, random, colour, below, crest)
    _fill_with_mist(world, ridge, colour, below)
    alpha = np.clip(below + 0.5, 0, 1).astype(np.float32)
    return plate(np.clip(colour, 0, 1), alpha, top=top, depth=ridge.depth)


def _crest(world: World, ridge: Ridge, random: np.random.Generator) -> Floats:
    """Return the world row of the land's upper edge in each column."""
    cell = ridge.cell * world.unit
    if ridge.sharp:
        shape = 0.75 * ridged_line(random, world.width, cell, 7)
        shape = shape + 0.25 * (line(random, world.width, cell * 2.2, 2) + 1) / 2
    else:
        shape = (line(random, world.width, cell, 3) + 1) / 2
    shape = (shape - shape.min()) / max(float(np.ptp(shape)), 1e-6)
    crest: Floats = world.horizon + (ridge.base - ridge.rise * shape) * world.unit
    return crest


def _lit_slopes(world: World, ridge: Ridge, random: np.random.Generator, below: Floats) -> Floats:
    base = np.array(land_colour(world, ridge.albedo, ridge.nearness), np.float32)
    light = np.array(world.mood.light, np.float32)
    scale = ridge.cell * world.unit
    cell = (scale * 0.16, scale * 0.3) if ridge.sharp else (scale * 0.9, scale * 0.12)
    relief = field(random, (below.shape[1], below.shape[0]), cell, 5)
    step = max(1, int(world.unit * 0.004))
    slope = (relief - np.roll(relief, step, axis=1)) * 9 * ridge.relief
    towards = np.sign(world.sun_x - world.columns())
    shine = np.clip(slope * towards, -0.5, 0.8) * ridge.nearness**0.5
    bright = np.clip(shine, 0, 1)[..., None] * light * (0.25 + 0.75 * world.mood.exposure) * 0.5
    lit: Floats = base * (1 + np.clip(shine, -1, 0)[..., None] * 0.8) + bright
    return lit


def _cover_with_snow(
    world: World,
    ridge: Ridge,
    random: np.random.Generator,
    colour: Floats,
    below: Floats,
    crest: Floats,
) -> None:
    if not ridge.snow:
        return
    size = (below.shape[1], below.shape[0])
    patches = field(random, size, (ridge.cell * world.unit * 0.12, world.unit * 0.09), 5)
    line_row = world.horizon + (ridge.base - ridge.rise * (1 - ridge.snow)) * world.unit
    rows = below + crest[None, :]
    high = (line_row - rows) / (ridge.rise * world.unit) + (patches - 0.5) * 0.9
    white = land_colour(world, (1.0, 1.0, 1.0), min(1.0, ridge.nearness))
    cover = smoothstep(0.02, 0.16, high)[..., None] * 0.85
    shade = np.clip(colour.mean(-1, keepdims=True) / max(float(colour.mean()), 1e-3), 0.55, 1.3)
    bright = mix(white, world.mood.light, 0.35 * world.mood.exposure)
    colour += cover * (np.array(bright, np.float32) * shade - colour)


def _fill_with_mist(world: World, ridge: Ridge, colour: Floats, below: Floats) -> None:
    """Add haze at the foot of a slope, to separate it from the next one."""
    depth = max(ridge.rise, 0.08) * world.unit
    mist = smoothstep(0.25, 1.3, below / depth) * ridge.mist * (1.1 - 0.6 * ridge.nearness)
    haze = np.array(mix(world.mood.haze, world.mood.horizon, 0.3), np.float32)
    colour += np.clip(mist, 0, 0.9)[..., None] * (haze - colour)
