"""Effects after the scene is painted: roll, the tiny planet, a shoulder or doors in front."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from .noise import Floats, smoothstep
from .plates import Picture
from .specs import Size
from .video_file import Plane, Planes

_DARK = (26, 127, 129)
_STEEL = (66, 130, 126)
_PLANET = 0.36
_PLANET_SKY = 0.9


@dataclass(frozen=True)
class Lens:
    """The effects that camera concepts ask for; roll_room is the largest roll, in degrees."""

    roll_room: float = 0.0
    planet: bool = False
    doors: bool = False
    shoulder: bool = False


def rolled(planes: Planes, degrees: float, room: float) -> Planes:
    """Return the picture turned clockwise, enlarged so that a turn by room leaves no gap."""
    if abs(degrees) < 1e-3 and room < 1e-3:
        return planes
    height, width = planes.y.shape
    wide = max(width / height, height / width)
    widest = math.radians(max(abs(degrees), room))
    magnified = math.cos(widest) + wide * math.sin(widest)
    cosine, sine = (f(math.radians(degrees)) / magnified for f in (math.cos, math.sin))
    return Planes(*(_turned(plane, cosine, sine) for plane in planes))


def _turned(plane: Plane, cosine: float, sine: float) -> Plane:
    height, width = plane.shape
    x, y = width / 2, height / 2
    matrix = (cosine, sine, x - cosine * x - sine * y, -sine, cosine, y + sine * x - cosine * y)
    image = Image.fromarray(np.ascontiguousarray(plane))
    turned = image.transform(
        (width, height), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
    )
    return np.asarray(turned)


class Planet:
    """The scene as a globe: the ground in the middle, the sky around it."""

    def __init__(self, size: Size) -> None:
        width, height = size
        self._maps = (_planet_map(width, height), _planet_map(width // 2, height // 2))

    def bent(self, planes: Planes, degrees: float) -> Planes:
        """Return the picture as a globe, turned by degrees."""
        parts = []
        for index, plane in enumerate(planes):
            places, rows = self._maps[1 if index else 0]
            width = plane.shape[1]
            turn = int(degrees / 360 * 2 * width)
            columns = (places + turn) % (2 * width)
            columns = np.minimum(columns, 2 * width - 1 - columns)
            parts.append(plane.ravel().take(rows + columns))
        return Planes(*parts)


def _planet_map(width: int, height: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return for each pixel its place in the mirrored panorama, and the first pixel of its row."""
    x = np.arange(width, dtype=np.float32)[None, :] - width / 2 + 0.5
    y = np.arange(height, dtype=np.float32)[:, None] - height / 2 + 0.5
    away = np.hypot(x, y) / min(width, height)
    around = np.arctan2(y, x) / (2 * np.pi) + 0.5
    ground = 1 - 0.38 * (away / _PLANET)
    sky = 0.62 - 0.62 * (away - _PLANET) / (_PLANET_SKY - _PLANET)
    place = np.clip(np.where(away < _PLANET, ground, sky), 0, 1)
    rows = (place * (height - 1)).astype(np.int32) * width
    return np.minimum(around * 2 * width, 2 * width - 1).astype(np.int32), rows


class Shoulder:
    """A person seen from behind, dark and out of focus, at the side of the picture."""

    def __init__(self, size: Size) -> None:
        width, height = size
        unit, x = min(width, height), width * 0.12
        mask = Image.new("L", size, 0)
        draw = ImageDraw.Draw(mask)
        head = (x - unit * 0.15, height - unit * 0.72, x + unit * 0.15, height - unit * 0.30)
        draw.ellipse(head, fill=250)
        draw.rectangle((x - unit * 0.07, height - unit * 0.4, x + unit * 0.07, height), fill=250)
        body = (x - unit * 0.42, height - unit * 0.27, x + unit * 0.42, height + unit * 0.5)
        draw.ellipse(body, fill=250)
        self._mask = mask.filter(ImageFilter.GaussianBlur(unit * 0.012))

    def paint(self, picture: Picture, right: float) -> None:
        """Draw it on the picture, moved right by a share of the width."""
        step = (1, 0, -right * self._mask.width, 0, 1, 0)
        affine, smooth = Image.Transform.AFFINE, Image.Resampling.BILINEAR
        picture.tint(self._mask.transform(self._mask.size, affine, step, smooth), 0, _DARK)


class Doors:
    """Two steel doors that slide apart."""

    def __init__(self, size: Size) -> None:
        width, height = size
        across = np.linspace(0, 1, width // 2, dtype=np.float32)
        light = _STEEL[0] + 26 * np.sin(across * 5) + 34 * smoothstep(0.97, 1.0, across)
        grain = np.random.default_rng(7).normal(0, 3, width // 2)
        rows = np.linspace(1.1, 0.7, height, dtype=np.float32)[:, None]
        panel: Floats = np.clip((light + grain)[None, :] * rows, 16, 235)
        self._left = Image.fromarray(panel.astype(np.uint8))
        self._right = self._left.transpose(Image.Transpose.FLIP_LEFT_RIGHT)

    def paint(self, picture: Picture, openness: float) -> None:
        """Draw the doors: closed at 0, fully open at 1."""
        half = picture.width // 2
        gone = int(half * openness) // 2 * 2
        left, right = half - gone, half + gone
        picture.y.paste(self._left.crop((gone, 0, half, picture.height)), (0, 0))
        picture.y.paste(self._right.crop((0, 0, left, picture.height)), (right, 0))
        for plane, code in ((picture.u, _STEEL[1]), (picture.v, _STEEL[2])):
            plane.paste(code, (0, 0, left // 2, plane.height))
            plane.paste(code, (right // 2, 0, plane.width, plane.height))
