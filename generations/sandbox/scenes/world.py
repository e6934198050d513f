"""The measures of a scene that all its painters use, in pixels of the painted plates."""

from dataclasses import dataclass

import numpy as np

from .mood import Mood, mood_of
from .noise import Floats
from .setting import Setting
from .specs import Size

_ROOM_BESIDE = 0.5
_ROOM_ABOVE = 0.36
_HORIZON = 0.63
_DETAIL = 0.9


@dataclass(frozen=True)
class World:
    """A painted world: larger than the frame, so that a camera has room to move.

    unit is the length in which sizes are given: the frame's height, less in a tall frame.
    frame is the part in a picture, a little coarser than the picture itself. horizon,
    sun_x and sun_y are world pixels.
    """

    setting: Setting
    mood: Mood
    frame: Size
    width: int
    height: int
    unit: float
    horizon: int
    sun_x: float
    sun_y: float

    def columns(self) -> Floats:
        """Return the world columns, shaped (1, width)."""
        return np.arange(self.width, dtype=np.float32)[None, :]

    def rows(self, top: int, bottom: int) -> Floats:
        """Return the world rows from top to bottom, shaped (rows, 1)."""
        return np.arange(top, bottom, dtype=np.float32)[:, None]

    def random(self, part: str) -> np.random.Generator:
        """Return random numbers for a part of the scene."""
        return self.setting.random(part)


def world_of(setting: Setting, size: Size, *, still: bool = False) -> World:
    """Return the world for pictures of size; a still has no room around."""
    detail = 1.0 if still else _DETAIL
    width, height = even(size[0] * detail), even(size[1] * detail)
    beside, above = (0.0, 0.0) if still else (_ROOM_BESIDE, _ROOM_ABOVE)
    wide, high = even(width * (1 + beside)), even(height * (1 + above))
    mood = mood_of(setting)
    horizon = even(high / 2 + (_HORIZON - 0.5) * height)
    side = setting.random("sun").uniform(-0.3, 0.3)
    return World(
        setting,
        mood,
        (width, height),
        wide,
        high,
        min(height, width * 0.85),
        horizon,
        wide / 2 + side * width,
        horizon - mood.elevation * height,
    )


def even(length: float) -> int:
    """Return the nearest even whole number."""
    return round(length / 2) * 2
