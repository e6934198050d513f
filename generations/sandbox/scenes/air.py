"""Fog, stars, rain, snow, lightning and other things between the scene and the camera."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .mood import mix
from .noise import field, smoothstep
from .plates import Picture, Plate, code_of, flat_plate
from .resample import View
from .world import World, even

_WHITE = (226, 128, 128)
_AMBER = (214, 62, 158)
_FLAKE_LAYERS = ((0.0016, 520, 0.35, 2), (0.003, 210, 0.6, 3), (0.0065, 60, 0.75, 4))


def fog_plates(world: World) -> list[Plate]:
    """Return banks of mist that drift between the layers of land, far to near."""
    strength = 0.8 if "fog" in world.setting.weather else 0.0
    if world.setting.light == "dawn" and not strength:
        strength = 0.35
    if not strength:
        return []
    banks = ((0.16, -0.06, 0.16, 0.10), (0.58, 0.06, 0.34, 0.2))
    return [_fog_bank(world, n, bank, strength) for n, bank in enumerate(banks)]


def _fog_bank(
    world: World, number: int, bank: tuple[float, float, float, float], strength: float
) -> Plate:
    depth, begin, end, drift = bank
    top = even(world.horizon + begin * world.unit)
    bottom = min(world.height, even(world.horizon + end * world.unit))
    size = (world.width, bottom - top)
    density = field(world.random(f"fog {number}"), size, (world.unit * 0.8, world.unit * 0.1), 4)
    place = world.rows(0, size[1]) / size[1]
    envelope = smoothstep(0.0, 0.5, place) * smoothstep(1.0, 0.6, place)
    alpha = smoothstep(0.2, 0.85, density) * envelope * strength
    code = code_of(mix(world.mood.haze, world.mood.horizon, 0.4))
    return flat_plate(code, alpha, top=top, depth=depth, drift=drift)


class Stars:
    """Twinkling points of light at infinite distance."""

    def __init__(self, world: World, count: int) -> None:
        random = world.random("stars")
        self._world = world
        self._x = random.uniform(0, world.width, count)
        self._y = world.horizon * random.uniform(0, 1, count) ** 1.3
        self._light = random.pareto(2.2, count).clip(0, 2.5) * 52 + 26
        self._phase = random.uniform(0, 2 * math.pi, count)
        self._waves = random.integers(2, 7, count)

    def paint(self, picture: Picture, view: View, moment: float) -> None:
        """Add the stars in the view to the picture."""
        luma = np.array(picture.y)
        x, y = (self._x - view.left) * view.scale, (self._y - view.top) * view.scale
        inside = (x >= 0) & (y >= 0) & (x < picture.width - 2) & (y < picture.height - 2)
        x, y = x[inside], y[inside]
        twinkle = 0.75 + 0.25 * np.sin(2 * math.pi * self._waves * moment + self._phase)
        light = (self._light * twinkle)[inside]
        column, row = x.astype(int), y.astype(int)
        right, down = x - column, y - row
        for step_x, step_y in ((0, 0), (1, 0), (0, 1), (1, 1)):
            part = (right if step_x else 1 - right) * (down if step_y else 1 - down)
            place = (row + step_y, column + step_x)
            luma[place] = np.minimum(235, luma[place] + light * part)
        picture.y.paste(Image.fromarray(luma))


class Fireflies:
    """Warm sparks that hover over the ground, glow up and fade."""

    def __init__(self, world: World, size: tuple[int, int], count: int = 46) -> None:
        random = world.random("fireflies")
        self._size = size
        unit = world.unit * size[0] / world.frame[0]
        self._x = random.uniform(0, size[0], count)
        self._y = size[1] * random.uniform(0.5, 0.97, count)
        self._reach = unit * random.uniform(0.02, 0.07, (2, count))
        self._phase = random.uniform(0, 2 * math.pi, (3, count))
        self._waves = random.integers(1, 4, (3, count))
        self._glow = [_spark(unit * radius) for radius in (0.012, 0.02)]

    def paint(self, picture: Picture, moment: float) -> None:
        """Add the sparks. Each flies one closed curve in a video, so that a loop has no jump."""
        turns = 2 * math.pi * self._waves * moment + self._phase
        x, y = (
            self._x + self._reach[0] * np.sin(turns[0]),
            self._y + self._reach[1] * np.cos(turns[1]),
        )
        light = np.clip(np.sin(turns[2]), 0, 1)
        veil = Image.new("L", self._size, 0)
        for number in np.flatnonzero(light > 0.1):
            spark = self._glow[number % 2].point([int(v * light[number]) for v in range(256)])
            veil.paste(255, (int(x[number]), int(y[number])), spark)
        picture.tint(veil, 0, _AMBER)


def _spark(radius: float) -> Image.Image:
    side = max(3, int(radius * 4) // 2 * 2 + 1)
    away = np.hypot(*np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j])
    return Image.fromarray((np.exp(-((away * 2.4) ** 2)) * 255 * (away < 1)).astype(np.uint8))


class Rain:
    """Streaks that fall past the camera, near and far."""

    def __init__(self, world: World, size: tuple[int, int]) -> None:
        random = world.random("rain")
        self._size = size
        unit = world.unit * size[0] / world.frame[0]
        self._tiles = [
            _streaks(random, size, unit * length, count, bright)
            for length, count, bright in ((0.045, 1000, 44), (0.10, 240, 66))
        ]

    def paint(self, picture: Picture, moment: float, seconds: float) -> None:
        """Add the rain. Whole tiles fall in a video, so that a loop has no jump; gusts vary it."""
        height = self._size[1]
        light = int(160 + 36 * math.sin(math.pi * moment) ** 2)
        for tile, falls in zip(self._tiles, (1.5, 2.3), strict=True):
            fallen = round(falls * seconds) * height * moment
            row = height - 1 - int(fallen % height)
            picture.y.paste(light, (0, 0), tile.crop((0, row, self._size[0], row + height)))


def _streaks(
    random: np.random.Generator, size: tuple[int, int], length: float, count: int, bright: int
) -> Image.Image:
    """Return a periodic tile of slanted streaks, twice as high as the frame."""
    width, height = size
    tile = Image.new("L", (width, height * 2), 0)
    draw = ImageDraw.Draw(tile)
    for _ in range(count):
        x, y = random.uniform(-20, width + 20), random.uniform(0, height)
        run, fill = length * random.uniform(0.6, 1.2), int(bright * random.uniform(0.3, 1))
        for top in (y - height, y, y + height):
            draw.line((x, top, x - run * 0.12, top + run), fill=fill, width=1 + (length > 40))
    return tile.filter(ImageFilter.BoxBlur(0.6))


class Snowfall:
    """Flakes at three distances; the near ones are large and soft."""

    def __init__(self, world: World, size: tuple[int, int]) -> None:
        random = world.random("flakes")
        self._size = size
        unit = world.unit * size[0] / world.frame[0]
        self._layers = [
            (_flakes(random, size, unit * radius, count, light), falls, random.uniform(0, 6))
            for radius, count, light, falls in _FLAKE_LAYERS
        ]

    def paint(self, picture: Picture, moment: float, seconds: float) -> None:
        """Add the flakes. Whole tiles fall in a video; the wind moves them sideways."""
        width, height = self._size
        for tile, falls, phase in self._layers:
            fallen = max(1, round(falls * seconds / 14)) * height * moment
            row = height - 1 - int(fallen % height)
            sway = math.sin(2 * math.pi * moment * 2 + phase) * 0.012 * falls
            column = int(width * (0.06 + sway))
            picture.tint(tile.crop((column, row, column + width, row + height)), 0, _WHITE)


def _flakes(
    random: np.random.Generator, size: tuple[int, int], radius: float, count: int, light: float
) -> Image.Image:
    width, height = int(size[0] * 1.12) + 2, size[1]
    tile = Image.new("L", (width, height * 2), 0)
    draw = ImageDraw.Draw(tile)
    for _ in range(count):
        x, y = random.uniform(0, width), random.uniform(0, height)
        own, fill = radius * random.uniform(0.6, 1.3), int(255 * light * random.uniform(0.4, 1))
        for top in (y - height, y, y + height):
            draw.ellipse((x - own, top - own, x + own, top + own), fill=fill)
    return tile.filter(ImageFilter.GaussianBlur(radius * 0.45))


def lightning(moment: float, seconds: float, seed: int) -> float:
    """Return the brightness of the sky at a moment, 0 to 1: two short flashes every 5 seconds."""
    strength = 0.0
    for number in range(max(1, round(seconds / 2.5))):
        begin = (number + 0.25 + (seed >> number & 7) / 14) * 2.5
        since = moment * seconds - begin
        if 0 <= since < 0.6:
            strength = max(strength, math.exp(-since * 9) * (0.6 + 0.4 * math.cos(since * 60)))
    return strength


class Aurora:
    """Curtains of light that fold through the upper sky."""

    def __init__(self, world: World, size: tuple[int, int]) -> None:
        random = world.random("aurora")
        width, height = size[0], even(size[1] * 0.62)
        folds = field(random, (width * 2, height), (world.unit * 0.22, height * 3.0), 4)
        veil = field(random, (width * 2, height), (world.unit * 0.8, height * 1.2), 2)
        place = np.arange(height, dtype=np.float32)[:, None] / height
        hang = smoothstep(0.02, 0.5, place) * smoothstep(1.0, 0.62, place)
        rays = 0.25 + 0.75 * smoothstep(0.3, 0.85, folds)
        self._rays = (rays * hang * 255).astype(np.uint8)
        self._veil = (smoothstep(0.2, 0.6, veil) * 255).astype(np.uint8)
        self._size = (width, height)
        self._luma, self._u, self._v = _aurora_colours(height)

    def paint(self, picture: Picture, moment: float) -> None:
        """Add the curtains to the sky."""
        width, height = self._size
        sway = math.sin(2 * math.pi * moment)
        first, second = int(width * (0.5 + 0.10 * sway)), int(width * (0.5 - 0.16 * sway))
        rays = self._rays[:, first : first + width].astype(np.uint16)
        mask = Image.fromarray(
            (rays * self._veil[:, second : second + width] >> 8).astype(np.uint8)
        ).point([int(v * 0.85) for v in range(256)])
        half = mask.reduce(2)
        picture.y.paste(self._luma.resize((width, height)), (0, 0), mask)
        picture.u.paste(self._u.resize(half.size), (0, 0), half)
        picture.v.paste(self._v.resize(half.size), (0, 0), half)


def _aurora_colours(height: int) -> tuple[Image.Image, Image.Image, Image.Image]:
    """Return a gradient from green below to violet above, as columns of luma and chroma."""
    up = 1 - np.arange(height, dtype=np.float32) / height
    green = smoothstep(0.75, 0.35, up)
    luma, u, v = 116 + 74 * green, 152 - 50 * green, 146 - 72 * green
    luma_column, u_column, v_column = (
        Image.fromarray(part.astype(np.uint8)[:, None]) for part in (luma, u, v)
    )
    return luma_column, u_column, v_column
