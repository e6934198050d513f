"""Rows of buildings with lit windows."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from .land import land_colour
from .mood import Colour, graded, mix
from .noise import Floats, Random, smoothstep
from .plates import Plate, plate
from .world import World, even

_LIT = {"night": 0.42, "dusk": 0.30, "storm": 0.16, "dawn": 0.12, "golden": 0.06, "day": 0.03}
_LAMPS: tuple[Colour, ...] = ((1.0, 0.82, 0.50), (1.0, 0.90, 0.70), (0.78, 0.88, 1.0))
_NEON: tuple[Colour, ...] = ((1.0, 0.18, 0.62), (0.10, 0.85, 0.98), (0.72, 0.30, 1.0))


@dataclass(frozen=True)
class Row:
    """A row of buildings: base below the horizon, height and width of a building, in units."""

    depth: float
    nearness: float
    base: float
    height: float
    width: float
    reach: float = 0.3


def city_plates(world: World) -> list[Plate]:
    """Return three rows of buildings, far to near."""
    rows = (
        Row(0.10, 0.34, 0.02, 0.40, 0.075),
        Row(0.22, 0.58, 0.03, 0.34, 0.095),
        Row(0.40, 0.85, 0.05, 0.22, 0.13, reach=1.0),
    )
    return [_row_plate(world, row, f"row {n}") for n, row in enumerate(rows)]


def _row_plate(world: World, row: Row, part: str) -> Plate:
    random = world.random(part)
    unit = world.unit
    top = max(0, even(world.horizon - row.height * 1.5 * unit))
    bottom = min(world.height, even(world.horizon + (row.base + row.reach) * unit))
    base = int(world.horizon + row.base * unit - top)
    size = (world.width, bottom - top)
    walls, lights = Image.new("L", size, 0), Image.new("RGB", size, 0)
    shades = Image.new("L", size, 128)
    drawn = (ImageDraw.Draw(walls), ImageDraw.Draw(shades), ImageDraw.Draw(lights))
    column = -row.width * unit
    while column < world.width:
        wide = row.width * unit * random.uniform(0.55, 1.35)
        _building(world, row, random, drawn, (column, base, wide))
        column += wide * random.uniform(0.8, 1.25)
    drawn[0].rectangle((0, base - 2, world.width, size[1]), fill=255)
    colour = _wall_colours(world, row, np.asarray(shades, np.float32) / 128, base)
    _glow(colour, lights, world.setting.light)
    return plate(
        np.clip(colour, 0, 1), np.asarray(walls, np.float32) / 255, top=top, depth=row.depth
    )


def _building(
    world: World,
    row: Row,
    random: Random,
    drawn: tuple[ImageDraw.ImageDraw, ImageDraw.ImageDraw, ImageDraw.ImageDraw],
    place: tuple[float, int, float],
) -> None:
    left, base, wide = place
    centre = abs(left + wide / 2 - world.width / 2) / world.width
    tall = row.height * world.unit * (0.28 + random.gamma(2.2, 0.2)) * (1.15 - centre * 0.8)
    tall = min(tall, row.height * world.unit * 1.35)
    shade = int(random.uniform(96, 160))
    blocks = [(left, base - tall, left + wide, tall)]
    if random.random() < 0.45:
        step, inset = tall * random.uniform(0.06, 0.2), wide * random.uniform(0.12, 0.3)
        blocks.append((left + inset, base - tall - step, left + wide - inset, step))
    for block_left, top, right, high in blocks:
        box = (int(block_left), int(top), int(right), int(top + high) + 2)
        drawn[0].rectangle(box, fill=255)
        drawn[1].rectangle(box, fill=shade)
        side = (int(right - (right - block_left) * 0.24), box[1], box[2], box[3])
        drawn[1].rectangle(side, fill=int(shade * 0.82))
        _windows(world, row, random, drawn[2], box)
    if random.random() < 0.3:
        peak, middle = blocks[-1][1], left + wide / 2
        drawn[0].line(
            (middle, peak, middle, peak - tall * 0.16),
            fill=220,
            width=max(1, int(world.unit * 0.003)),
        )


def _windows(
    world: World,
    row: Row,
    random: Random,
    draw: ImageDraw.ImageDraw,
    box: tuple[int, int, int, int],
) -> None:
    """Draw lit windows on a grid; each house has its own colour of light, some floors are dark."""
    size = max(1.6, world.unit * (0.0028 + 0.0032 * row.nearness))
    columns = int((box[2] - box[0]) / (size * 1.9)) - 1
    floors = int((box[3] - box[1]) / (size * 2.1)) - 1
    if columns < 1 or floors < 1:
        return
    lamps = _NEON if "neon" in world.setting.tints and random.random() < 0.5 else _LAMPS
    share = _LIT[world.setting.light] * random.uniform(0.4, 1.5)
    lit = random.random((floors, columns)) < share * random.uniform(0.3, 1.5, (floors, 1))
    hue = graded(lamps[int(random.integers(len(lamps)))], _without_neon(world.setting.tints))
    for floor, window in np.argwhere(lit):
        left = box[0] + size * (0.9 + 1.9 * window)
        top = box[1] + size * (1.2 + 2.1 * floor)
        bright = random.uniform(0.35, 1.0) * (0.4 + 0.6 * row.nearness) * 255
        fill = tuple(int(part * bright) for part in hue)
        draw.rectangle((left, top, left + size * 0.95, top + size * 1.1), fill=fill)


def _without_neon(tints: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(tint for tint in tints if tint != "neon")


def _wall_colours(world: World, row: Row, shades: Floats, base: int) -> Floats:
    wall = np.array(land_colour(world, (0.46, 0.46, 0.52), row.nearness), np.float32)
    colour = shades[..., None] * wall
    rows = np.arange(shades.shape[0], dtype=np.float32)[:, None]
    foot = smoothstep(base - row.height * world.unit * 0.9, float(base), rows)
    air = mix(world.mood.horizon, world.mood.haze, 0.5)
    if world.setting.light in ("night", "dusk"):
        lamp = graded((1.0, 0.62, 0.30), world.setting.tints)
        air = mix(air, lamp, 0.22)
    mist = (foot * 0.6 * (1.15 - row.nearness))[..., None]
    return colour + mist * (np.array(air, np.float32) - colour)


def _glow(colour: Floats, lights: Image.Image, light: str) -> None:
    """Add the lit windows to the colours, in dark light with a halo."""
    sharp = np.asarray(lights, np.float32) / 255
    colour += sharp
    if light in ("night", "dusk", "storm"):
        small = lights.reduce(4).resize(
            (lights.width // 16, lights.height // 16), Image.Resampling.BOX
        )
        halo = small.resize(lights.size, Image.Resampling.BICUBIC)
        colour += np.asarray(halo, np.float32) / 255 * 0.8
