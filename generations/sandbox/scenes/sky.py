"""The sky: gradient, sun or moon, glow and clouds."""

from dataclasses import dataclass

import numpy as np

from .cosmos import deep_space
from .mood import Colour, mix, vertical_blend
from .noise import Floats, Random, field, smoothstep
from .plates import Plate, plate
from .world import World, even

_SKIRT = 0.14


def sky_plates(world: World) -> list[Plate]:
    """Return the backdrop and the clouds in front of it, far to near."""
    if world.setting.place == "space":
        return [deep_space(world)]
    random = world.random("clouds")
    high, low = _banks(world, random)
    backdrop = _backdrop(world, _cloud_bank(world, random, high))
    top, colour, alpha = _cloud_bank(world, random, low)
    return [backdrop, plate(colour, alpha, top=top, depth=0.015, drift=0.045)]


def _backdrop(world: World, clouds: tuple[int, Floats, Floats]) -> Plate:
    bottom = min(world.height, even(world.horizon + _SKIRT * world.frame[1]))
    rows = world.rows(0, bottom)
    mood = world.mood
    height = (world.horizon - rows[:, 0]) / (world.horizon * 0.95)
    stops = [(0.0, mood.horizon), (0.16, mix(mood.horizon, mood.middle, 0.45)),
             (0.45, mood.middle), (1.0, mood.zenith)]  # fmt: skip
    colour = np.repeat(vertical_blend(stops, height)[:, None, :], world.width, 1)
    _shine(world, colour, rows)
    first, tones, alpha = clouds
    behind = colour[first : first + len(tones)]
    behind += alpha[..., None] * (tones - behind)
    return plate(np.clip(colour, 0, 1), None, top=0, depth=0.0)


def _shine(world: World, colour: Floats, rows: Floats) -> None:
    mood = world.mood
    away = np.hypot((world.columns() - world.sun_x) * 0.8, rows - world.sun_y) / world.unit
    _lighten(colour, np.exp(-away / 0.34) * mood.glow * 0.62, mood.sun)
    _lighten(colour, np.exp(-away / 0.085) * mood.glow * 0.5, mood.sun)
    if _disc_shows(world):
        radius = 0.036 if world.setting.light == "night" else 0.03
        edge = 1.2 / world.unit
        disc = np.hypot(world.columns() - world.sun_x, rows - world.sun_y) / world.unit
        core = mix(mood.sun, (1.0, 1.0, 1.0), 0.55)
        _lighten(colour, smoothstep(radius + edge, radius - edge, disc), core)


def _disc_shows(world: World) -> bool:
    setting = world.setting
    if "moon" in setting.subjects:
        return True
    if setting.light == "storm" or setting.place == "space":
        return False
    return not setting.weather & {"aurora", "stars", "rain", "fog"}


def _lighten(colour: Floats, strength: Floats, light: Colour) -> None:
    """Add a light to colours in place (blend mode "screen")."""
    strength = np.clip(strength, 0, 1)[..., None]
    colour += strength * (np.array(light, np.float32) - colour)


@dataclass(frozen=True)
class _Bank:
    """A bank of clouds: cell in units, band in parts of the sky's height from its top."""

    cover: float
    cell: tuple[float, float]
    band: tuple[float, float]


def _banks(world: World, random: Random) -> tuple[_Bank, _Bank]:
    """Return high streaks that stand still and low clouds that drift."""
    heavy = bool(world.setting.weather & {"clouds", "rain", "lightning"})
    cover = 0.44 if heavy or world.setting.light == "storm" else random.uniform(0.54, 0.62)
    return _Bank(cover + 0.04, (1.3, 0.10), (0.0, 0.62)), _Bank(cover, (0.7, 0.20), (0.3, 1.0))


def _cloud_bank(world: World, random: Random, bank: _Bank) -> tuple[int, Floats, Floats]:
    """Return the first world row, colours and alpha of a bank."""
    top, bottom = even(world.horizon * bank.band[0]), even(world.horizon * bank.band[1])
    size = (world.width, bottom - top)
    cells = (bank.cell[0] * world.unit, bank.cell[1] * world.unit)
    density = field(random, size, cells, 6)
    place = world.rows(0, size[1]) / size[1]
    envelope = smoothstep(0.0, 0.3, place) * smoothstep(1.0, 0.7, place)
    thickness = density * (0.55 + 0.45 * envelope)
    alpha = smoothstep(bank.cover, bank.cover + 0.26, thickness) * envelope * 0.9
    lit = _lit_from_below(world, density, top)
    mood = world.mood
    dark = np.array(mix(mood.cloud, mood.middle, 0.62), np.float32)
    bright = np.array(mix(mood.cloud, mood.sun, 0.35), np.float32)
    return top, dark + (bright - dark) * lit[..., None], alpha


def _lit_from_below(world: World, density: Floats, top: int) -> Floats:
    """Return the light on each part of a cloud: more on thin parts and towards the sun."""
    reach = max(2, int(world.unit * 0.018))
    towards = 1 if world.sun_y > top + density.shape[0] / 2 else -1
    behind = np.roll(density, -reach * towards, axis=0)
    relief = np.clip((density - behind) * 5 + 0.45, 0, 1)
    columns = np.abs(world.columns() - world.sun_x) / world.width
    lit: Floats = np.clip(relief * (1.15 - columns * 0.9), 0, 1)
    return lit.astype(np.float32)
