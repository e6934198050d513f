"""Conifers, round trees, palms and grass, drawn as silhouettes on a line of ground."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from .land import land_colour
from .mood import Colour, graded, mix, times
from .noise import Floats, Random, field, line, smoothstep
from .plates import Plate, plate
from .world import World, even

_FINE = 2
_TIERS = 8
_FLOWERY = 0.7
_BLOSSOMS: tuple[Colour, ...] = (
    (0.95, 0.30, 0.28), (1.0, 0.82, 0.30), (0.98, 0.95, 0.92), (0.72, 0.45, 0.90),
)  # fmt: skip

Draw = Callable[[ImageDraw.ImageDraw, Random, float, float, float], None]


@dataclass(frozen=True)
class Grove:
    """A line of trees: base and rise as of a ridge, height of a tree and gap between, in units."""

    depth: float
    nearness: float
    base: float
    rise: float
    height: float
    gap: float
    albedo: Colour
    kind: str = "conifer"
    mist: float = 0.5
    reach: float = 0.4
    clearing: float = 0.0


def grove_plate(world: World, grove: Grove, part: str) -> Plate:
    """Paint a grove; part is the name of its random numbers. clearing thins it in the middle."""
    random = world.random(part)
    unit = world.unit
    ground = world.horizon + unit * (
        grove.base - grove.rise * (line(random, world.width, unit * 1.1, 3) + 1) / 2
    )
    top = max(0, even(float(ground.min()) - grove.height * unit * 1.35 - 8))
    bottom = min(world.height, even(world.horizon + (grove.base + grove.reach) * unit))
    alpha = _silhouette(world, grove, random, ground - top, bottom - top)
    below = world.rows(top, bottom) - ground[None, :]
    colour = _colours(world, grove, random, below)
    if grove.kind == "grass" and grove.nearness > _FLOWERY and "flowers" in world.setting.subjects:
        alpha = _strew_flowers(world, grove, random, colour, alpha, ground - top)
    return plate(colour, alpha, top=top, depth=grove.depth)


def _strew_flowers(
    world: World, grove: Grove, random: Random, colour: Floats, alpha: Floats, ground: Floats
) -> Floats:
    """Paint flowers over the colours of the grass, in place; return the alpha with them."""
    size = (alpha.shape[1] * _FINE, alpha.shape[0] * _FINE)
    tones = Image.new("RGB", size)
    mask = Image.new("L", size, 0)
    drawn = (ImageDraw.Draw(tones), ImageDraw.Draw(mask))
    light = mix(world.mood.light, world.mood.shade, 0.75 - 0.7 * world.mood.exposure)
    hues = [times(graded(hue, world.setting.tints), light) for hue in _BLOSSOMS]
    for _ in range(int(1.1 * world.width / (grove.gap * world.unit))):
        column = int(random.integers(0, alpha.shape[1]))
        row = ground[column] + grove.height * world.unit * random.uniform(-0.95, 1.2)
        radius = grove.height * world.unit * random.uniform(0.045, 0.085) * _FINE
        x, y = column * _FINE, float(row) * _FINE
        box = (x - radius, y - radius * 0.75, x + radius, y + radius * 0.75)
        red, green, blue = (int(255 * part) for part in hues[int(random.integers(len(hues)))])
        drawn[0].ellipse(box, fill=(red, green, blue))
        drawn[1].ellipse(box, fill=255)
    cover = np.asarray(mask.reduce(_FINE), np.float32) / 255
    petals = np.asarray(tones.reduce(_FINE), np.float32) / 255 / np.maximum(cover, 0.1)[..., None]
    colour += cover[..., None] * (np.clip(petals, 0, 1) - colour)
    return np.maximum(alpha, cover)


def _silhouette(world: World, grove: Grove, random: Random, ground: Floats, height: int) -> Floats:
    canvas = Image.new("L", (world.width * _FINE, height * _FINE), 0)
    draw = ImageDraw.Draw(canvas)
    outline = [(float(x * _FINE), float(y * _FINE)) for x, y in enumerate(ground) if x % 4 == 0]
    corners = [
        (world.width * _FINE, outline[-1][1]),
        (world.width * _FINE, height * _FINE),
        (0, height * _FINE),
    ]
    draw.polygon([*outline, *corners], fill=255)
    paint = _KINDS[grove.kind]
    place = -0.5 * grove.gap
    while place * world.unit < world.width:
        place += grove.gap * random.uniform(0.45, 1.55)
        column = min(world.width - 1, max(0, int(place * world.unit)))
        middle = abs(column - world.width / 2) / world.frame[0]
        size = (
            grove.height
            * random.uniform(0.5, 1.2)
            * (1 - grove.clearing * max(0.0, 1 - middle * 2.6))
        )
        if size > grove.height * 0.22:
            paint(
                draw,
                random,
                column * _FINE,
                float(ground[column]) * _FINE + 3,
                size * world.unit * _FINE,
            )
    return np.asarray(canvas.reduce(_FINE), np.float32) / 255


def _colours(world: World, grove: Grove, random: Random, below: Floats) -> Floats:
    unit = world.unit
    base = land_colour(world, grove.albedo, grove.nearness)
    lit = mix(base, world.mood.light, 0.16 * world.mood.exposure * grove.nearness)
    patches = field(random, (below.shape[1], below.shape[0]), (unit * 0.06, unit * 0.08), 3)
    towards_top = smoothstep(0.0, -grove.height * unit, below)
    colour: Floats = np.array(base, np.float32) + (patches * towards_top)[..., None] * (
        np.array(lit, np.float32) - np.array(base, np.float32)
    )
    foot = smoothstep(-grove.height * unit * 0.7, grove.height * unit * 0.5, below)
    haze = np.array(mix(world.mood.haze, world.mood.horizon, 0.25), np.float32)
    mist = np.clip(foot * grove.mist * (1.1 - 0.7 * grove.nearness), 0, 0.92)
    colour += mist[..., None] * (haze - colour)
    return colour


def conifer(draw: ImageDraw.ImageDraw, random: Random, x: float, y: float, height: float) -> None:
    """A pointed tree of ragged tiers."""
    width = height * random.uniform(0.17, 0.24)
    left: list[tuple[float, float]] = []
    right: list[tuple[float, float]] = []
    for tier in range(1, _TIERS + 1):
        down = y - height + height * 0.94 * tier / _TIERS
        out = width * (tier / _TIERS) ** 0.9
        left += [
            (x - out * random.uniform(0.75, 1.1), down),
            (x - out * 0.45, down - height * 0.015),
        ]
        right += [
            (x + out * random.uniform(0.75, 1.1), down),
            (x + out * 0.45, down - height * 0.015),
        ]
    draw.polygon([(x, y - height), *right, *reversed(left)], fill=255)
    draw.rectangle((x - width * 0.09, y - height * 0.1, x + width * 0.09, y), fill=255)


def round_tree(
    draw: ImageDraw.ImageDraw, random: Random, x: float, y: float, height: float
) -> None:
    """A crown of overlapping balls on a trunk."""
    draw.polygon(
        [(x - height * 0.035, y), (x - height * 0.015, y - height * 0.6),
         (x + height * 0.015, y - height * 0.6), (x + height * 0.035, y)], fill=255)  # fmt: skip
    for _ in range(16):
        out, up = random.normal(0, 0.15), random.uniform(0.36, 0.9)
        ball = height * random.uniform(0.06, 0.15) * (1.25 - up * 0.6)
        middle = (x + out * height * (1.2 - up * 0.6), y - up * height)
        draw.ellipse(
            (middle[0] - ball, middle[1] - ball * 0.85, middle[0] + ball, middle[1] + ball * 0.85),
            fill=255,
        )


def palm(draw: ImageDraw.ImageDraw, random: Random, x: float, y: float, height: float) -> None:
    """A leaning trunk with arching fronds."""
    lean = random.uniform(-0.35, 0.35) * height
    steps = np.linspace(0, 1, 9)
    spine = [(x + lean * float(s) ** 2, y - height * float(s)) for s in steps]
    draw.line(spine, fill=255, width=max(2, int(height * 0.028)), joint="curve")
    crown = spine[-1]
    for angle in np.linspace(-0.5, np.pi + 0.5, 15) + random.uniform(-0.12, 0.12, 15):
        _frond(draw, crown, float(angle), height * random.uniform(0.34, 0.46))


def _frond(
    draw: ImageDraw.ImageDraw, crown: tuple[float, float], angle: float, length: float
) -> None:
    along = np.linspace(0, 1, 8)
    across = np.cos(angle) * length * along
    up = np.sin(angle) * length * along * 0.75 - length * 0.55 * along**2.2
    width = length * 0.085 * np.sin(np.pi * np.clip(along * 0.93 + 0.05, 0, 1))
    upper = [
        (crown[0] + float(a), crown[1] - float(b + w * 0.3))
        for a, b, w in zip(across, up, width, strict=True)
    ]
    lower = [
        (crown[0] + float(a), crown[1] - float(b - w))
        for a, b, w in zip(across, up, width, strict=True)
    ]
    draw.polygon([*upper, *reversed(lower)], fill=255)


def grass(draw: ImageDraw.ImageDraw, random: Random, x: float, y: float, height: float) -> None:
    """A tuft of bent blades."""
    for _ in range(5):
        bend, tall = random.normal(0, 0.35) * height, height * random.uniform(0.5, 1)
        root, wide = x + random.normal(0, 0.3) * height, height * 0.05
        draw.polygon(
            [
                (root - wide, y),
                (root + bend * 0.4, y - tall * 0.6),
                (root + bend, y - tall),
                (root + wide, y),
            ],
            fill=255,
        )


_KINDS: dict[str, Draw] = {
    "conifer": conifer,
    "round": round_tree,
    "palm": palm,
    "grass": grass,
}
