"""Cosmos: nebulae and a planet, the backdrop of scenes in space."""

import numpy as np

from .mood import Colour, graded
from .noise import Floats, field, smoothstep
from .plates import Plate, plate
from .world import World

_CLOUDS: tuple[Colour, ...] = ((0.20, 0.42, 0.85), (0.80, 0.26, 0.58), (0.95, 0.62, 0.34))
_VOID = (0.010, 0.014, 0.032)


def deep_space(world: World) -> Plate:
    """Return the backdrop: glowing dust, and a planet half in shadow."""
    random = world.random("cosmos")
    size = (world.width, world.height)
    colour = np.empty((size[1], size[0], 3), np.float32)
    colour[:] = graded(_VOID, world.setting.tints)
    band = _band(world, random)
    for number, hue in enumerate(_CLOUDS):
        cell = world.unit * (1.1 - 0.25 * number)
        dust = field(random, size, (cell, cell * 0.7), 7)
        light = smoothstep(0.42, 0.95, dust) ** 1.4 * band * (0.75 - 0.12 * number)
        colour += light[..., None] * np.array(graded(hue, world.setting.tints), np.float32)
    dark = smoothstep(0.5, 0.8, field(random, size, (world.unit * 0.5, world.unit * 0.3), 6))
    colour *= 1 - 0.7 * (dark * band)[..., None]
    _add_planet(world, random, colour)
    return plate(np.clip(colour, 0, 1), None, top=0, depth=0.0)


def _band(world: World, random: np.random.Generator) -> Floats:
    """Return a bright diagonal band, like a galaxy seen from inside."""
    slope = random.uniform(0.25, 0.5) * random.choice((-1, 1))
    across = world.rows(0, world.height) - world.height * 0.45
    along = (world.columns() - world.width / 2) * np.float32(slope)
    away = np.abs(across - along) / world.unit
    return (0.12 + np.exp(-((away / 0.34) ** 2))).astype(np.float32)


def _add_planet(world: World, random: np.random.Generator, colour: Floats) -> None:
    radius = world.unit * random.uniform(0.17, 0.26)
    middle = (world.width / 2 + world.frame[0] * random.choice((-0.24, 0.24)), world.height * 0.4)
    x = (world.columns() - middle[0]) / radius
    y = (world.rows(0, world.height) - middle[1]) / radius
    away = np.hypot(x, y)
    z = np.sqrt(np.clip(1 - away * away, 0, 1))
    lit = np.clip(-0.62 * x - 0.45 * y + 0.45 * z, 0, 1)
    size = (world.width, world.height)
    bands = field(random, size, (radius * 3.0, radius * 0.22), 5)
    warm = np.array(graded((0.86, 0.62, 0.44), world.setting.tints), np.float32)
    cool = np.array(graded((0.42, 0.36, 0.52), world.setting.tints), np.float32)
    ground = cool + (warm - cool) * bands[..., None]
    disc = smoothstep(1 + 1.5 / radius, 1 - 1.5 / radius, away)[..., None]
    colour += disc * (ground * (lit[..., None] * 1.25 + 0.015) - colour)
    rim = np.exp(-np.abs(away - 1.0) * 16) * np.clip(-0.62 * x - 0.45 * y + 0.25, 0, 1)
    colour += rim[..., None] * np.array(graded((0.45, 0.62, 1.0), world.setting.tints), np.float32)
