"""Subjects: things that a prompt names, as small silhouettes that stand or drift."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from .land import land_colour
from .mood import Colour, graded, mix
from .noise import Random
from .plates import Plate, plate
from .world import World, even

_FINE = 3
_PLACE_ROW = {"sea": 0.02, "beach": 0.02}

Draw = Callable[[ImageDraw.ImageDraw, Random, float, float, float, Colour], None]


@dataclass(frozen=True)
class Subject:
    """A subject: base below the horizon and height in units, drift in frame widths.

    front subjects stand before the water, others behind it; lift is how much of the height hangs
    below the base.
    """

    draw: Draw
    base: float
    height: float
    depth: float
    albedo: Colour
    drift: float = 0.0
    front: bool = True
    side: float = 0.18


def subject_plates(world: World) -> tuple[list[Plate], list[Plate]]:
    """Return the plates of the prompt's subjects, behind and in front of the water."""
    behind: list[Plate] = []
    before: list[Plate] = []
    for name in sorted(world.setting.subjects & SUBJECT_FORMS.keys()):
        form = SUBJECT_FORMS[name]
        group = before if form.front else behind
        group.append(_subject_plate(world, form, name))
    return behind, before


def _subject_plate(world: World, form: Subject, name: str) -> Plate:
    random = world.random(name)
    unit = world.unit
    base = world.horizon + form.base * unit
    top = max(0, even(base - form.height * unit * 1.1))
    bottom = min(world.height, even(base + form.height * unit * 0.35) + 2)
    size = (world.width, bottom - top)
    side = random.choice((-1, 1)) * random.uniform(0.5, 1.2) * form.side
    x = world.width / 2 + float(side) * world.frame[0]
    colour = land_colour(world, graded(form.albedo, world.setting.tints), min(1, 0.45 + form.depth))
    left = max(0, int(x - form.height * unit * 1.5))
    patch = (min(world.width - left, int(form.height * unit * 3)), size[1])
    canvas = Image.new("RGBA", (patch[0] * _FINE, patch[1] * _FINE), (*_bytes(colour), 0))
    draw = ImageDraw.Draw(canvas)
    form.draw(
        draw, random, (x - left) * _FINE, (base - top) * _FINE, form.height * unit * _FINE, colour
    )
    pixels = np.asarray(canvas.reduce(_FINE), np.float32) / 255
    full = np.zeros((size[1], size[0], 4), np.float32)
    full[..., :3] = colour
    full[:, left : left + patch[0]] = pixels
    return plate(full[..., :3], full[..., 3], top=top, depth=form.depth, drift=form.drift)


def _bytes(colour: Colour) -> tuple[int, int, int]:
    red, green, blue = (int(min(1.0, part) * 255) for part in colour)
    return red, green, blue


def _filled(colour: Colour, part: float = 1.0) -> tuple[int, int, int, int]:
    return (*_bytes((colour[0] * part, colour[1] * part, colour[2] * part)), 255)


def _sailboat(
    draw: ImageDraw.ImageDraw, random: Random, x: float, y: float, h: float, c: Colour
) -> None:
    sail = _filled(mix(c, (1.0, 0.97, 0.92), 0.55))
    draw.polygon(
        [(x - h * 0.02, y - h), (x - h * 0.02, y - h * 0.14), (x - h * 0.42, y - h * 0.14)],
        fill=sail,
    )
    draw.polygon(
        [(x + h * 0.02, y - h * 0.92), (x + h * 0.3, y - h * 0.14), (x + h * 0.02, y - h * 0.14)],
        fill=_filled(mix(c, (1, 0.97, 0.92), 0.35)),
    )
    draw.line((x, y - h, x, y - h * 0.05), fill=_filled(c, 0.5), width=max(1, int(h * 0.018)))
    draw.polygon(
        [
            (x - h * 0.42, y - h * 0.1),
            (x + h * 0.4, y - h * 0.1),
            (x + h * 0.28, y + h * 0.03),
            (x - h * 0.3, y + h * 0.03),
        ],
        fill=_filled(c, 0.5),
    )


def _lighthouse(
    draw: ImageDraw.ImageDraw, random: Random, x: float, y: float, h: float, c: Colour
) -> None:
    rock = [
        (x - h * 0.62, y + h * 0.02),
        (x - h * 0.4, y - h * 0.1),
        (x - h * 0.18, y - h * 0.17),
        (x + h * 0.2, y - h * 0.15),
        (x + h * 0.45, y - h * 0.06),
        (x + h * 0.7, y + h * 0.02),
    ]
    draw.polygon(rock, fill=_filled(c, 0.45))
    draw.polygon(
        [
            (x - h * 0.085, y - h * 0.14),
            (x - h * 0.05, y - h * 0.82),
            (x + h * 0.05, y - h * 0.82),
            (x + h * 0.085, y - h * 0.14),
        ],
        fill=_filled(mix(c, (1, 1, 1), 0.5)),
    )
    for stripe in (0.26, 0.5, 0.7):
        wide = 0.085 - 0.035 * stripe
        draw.rectangle(
            (x - h * wide, y - h * (stripe + 0.1), x + h * wide, y - h * stripe),
            fill=_filled(mix(c, (0.8, 0.2, 0.15), 0.5)),
        )
    draw.rectangle(
        (x - h * 0.065, y - h * 0.845, x + h * 0.065, y - h * 0.82), fill=_filled(c, 0.4)
    )
    draw.rectangle(
        (x - h * 0.035, y - h * 0.92, x + h * 0.035, y - h * 0.845), fill=_filled((1.0, 0.92, 0.65))
    )
    draw.polygon(
        [(x - h * 0.05, y - h * 0.92), (x, y - h), (x + h * 0.05, y - h * 0.92)],
        fill=_filled(c, 0.4),
    )


def _balloon(
    draw: ImageDraw.ImageDraw, random: Random, x: float, y: float, h: float, c: Colour
) -> None:
    for number, (side, up, size) in enumerate(
        ((0.0, 0.0, 1.0), (1.1, 0.35, 0.5), (-0.9, -0.2, 0.62))
    ):
        middle, low, s = x + side * h, y - up * h, h * size * 0.8
        hue = ((0.86, 0.26, 0.2), (0.95, 0.7, 0.25), (0.25, 0.5, 0.75))[number]
        for stripe in range(4, 0, -1):
            wide = s * 0.36 * stripe / 4
            fill = _filled(mix(c, hue if stripe % 2 else (1.0, 0.92, 0.8), 0.62))
            draw.ellipse((middle - wide, low - s, middle + wide, low - s * 0.28), fill=fill)
        taper = [
            (middle - s * 0.29, low - s * 0.47),
            (middle + s * 0.29, low - s * 0.47),
            (middle + s * 0.06, low - s * 0.16),
            (middle - s * 0.06, low - s * 0.16),
        ]
        draw.polygon(taper, fill=_filled(mix(c, hue, 0.5)))
        draw.rectangle(
            (middle - s * 0.05, low - s * 0.1, middle + s * 0.05, low), fill=_filled(c, 0.4)
        )


def _cabin(
    draw: ImageDraw.ImageDraw, random: Random, x: float, y: float, h: float, c: Colour
) -> None:
    draw.rectangle((x - h * 0.6, y - h * 0.5, x + h * 0.6, y + h * 0.3), fill=_filled(c, 0.7))
    draw.polygon(
        [
            (x - h * 0.75, y - h * 0.47),
            (x - h * 0.42, y - h),
            (x + h * 0.42, y - h),
            (x + h * 0.75, y - h * 0.47),
        ],
        fill=_filled(c, 0.45),
    )
    draw.rectangle((x + h * 0.22, y - h * 1.08, x + h * 0.36, y - h * 0.8), fill=_filled(c, 0.4))
    for side in (-0.42, 0.2):
        draw.rectangle(
            (x + side * h, y - h * 0.38, x + (side + 0.2) * h, y - h * 0.16),
            fill=_filled((1.0, 0.82, 0.45)),
        )
    draw.rectangle((x - h * 0.1, y - h * 0.36, x + h * 0.08, y), fill=_filled(c, 0.3))


def _figure(
    draw: ImageDraw.ImageDraw, random: Random, x: float, y: float, h: float, c: Colour
) -> None:
    fill = _filled(c, 0.35)
    draw.ellipse((x - h * 0.075, y - h, x + h * 0.075, y - h * 0.84), fill=fill)
    draw.polygon(
        [
            (x - h * 0.14, y - h * 0.8),
            (x + h * 0.14, y - h * 0.8),
            (x + h * 0.12, y - h * 0.42),
            (x - h * 0.12, y - h * 0.42),
        ],
        fill=fill,
    )
    draw.polygon(
        [
            (x - h * 0.12, y - h * 0.44),
            (x, y - h * 0.44),
            (x - h * 0.04, y + h * 0.02),
            (x - h * 0.13, y + h * 0.02),
        ],
        fill=fill,
    )
    draw.polygon(
        [
            (x, y - h * 0.44),
            (x + h * 0.12, y - h * 0.44),
            (x + h * 0.15, y + h * 0.02),
            (x + h * 0.05, y + h * 0.02),
        ],
        fill=fill,
    )
    draw.line(
        (x - h * 0.13, y - h * 0.77, x - h * 0.2, y - h * 0.45),
        fill=fill,
        width=max(2, int(h * 0.06)),
    )
    draw.line(
        (x + h * 0.13, y - h * 0.77, x + h * 0.19, y - h * 0.47),
        fill=fill,
        width=max(2, int(h * 0.06)),
    )


def _birds(
    draw: ImageDraw.ImageDraw, random: Random, x: float, y: float, h: float, c: Colour
) -> None:
    fill = _filled(c, 0.4)
    for _ in range(11):
        left, top = x + random.normal(0, 0.55) * h, y - random.uniform(0.15, 0.95) * h
        span, lift = h * random.uniform(0.05, 0.1), random.uniform(0.15, 0.5)
        wing = [
            (left - span, top - span * lift),
            (left - span * 0.4, top - span * (lift + 0.18)),
            (left, top),
            (left + span * 0.4, top - span * (lift + 0.18)),
            (left + span, top - span * lift),
            (left, top + span * 0.16),
        ]
        draw.polygon(wing, fill=fill)


def _pyramid(
    draw: ImageDraw.ImageDraw, random: Random, x: float, y: float, h: float, c: Colour
) -> None:
    for side, size in ((1.0, 0.62), (-0.95, 0.45), (0.0, 1.0)):
        middle, high = x + side * h, h * size
        draw.polygon(
            [
                (middle, y - high),
                (middle + high * 0.8, y + h * 0.1),
                (middle - high * 0.8, y + h * 0.1),
            ],
            fill=_filled(c, 1.06),
        )
        draw.polygon(
            [
                (middle, y - high),
                (middle + high * 0.8, y + h * 0.1),
                (middle + high * 0.22, y + h * 0.1),
            ],
            fill=_filled(c, 0.72),
        )


SUBJECT_FORMS: dict[str, Subject] = {
    "birds": Subject(_birds, -0.12, 0.28, 0.05, (0.2, 0.2, 0.24), drift=0.10, front=False),
    "balloon": Subject(_balloon, -0.16, 0.26, 0.16, (0.6, 0.4, 0.3), drift=0.05, front=False),
    "pyramid": Subject(_pyramid, 0.02, 0.26, 0.09, (0.80, 0.58, 0.36), front=False, side=0.1),
    "lighthouse": Subject(_lighthouse, 0.03, 0.34, 0.10, (0.6, 0.58, 0.58), side=0.24),
    "sailboat": Subject(_sailboat, 0.05, 0.17, 0.2, (0.5, 0.42, 0.4), drift=0.05),
    "cabin": Subject(_cabin, 0.17, 0.085, 0.36, (0.42, 0.3, 0.22)),
    "figure": Subject(_figure, 0.31, 0.15, 0.86, (0.2, 0.2, 0.22), side=0.06),
}
