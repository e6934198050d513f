"""Moods: the colours of each kind of light, changed by the palette words of a prompt."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from .noise import Floats
from .setting import Setting

Colour = tuple[float, float, float]
_LUMA = np.array((0.2126, 0.7152, 0.0722), np.float32)


@dataclass(frozen=True)
class Mood:
    """Colours as RGB of 0 to 1; exposure is how much of its own colour the land shows.

    elevation is the height of sun or moon above the horizon, in frame heights.
    """

    zenith: Colour
    middle: Colour
    horizon: Colour
    sun: Colour
    haze: Colour
    shade: Colour
    light: Colour
    cloud: Colour
    exposure: float
    glow: float
    elevation: float


def _rgb(value: str) -> Colour:
    red, green, blue = bytes.fromhex(value)
    return red / 255, green / 255, blue / 255


MOODS: dict[str, Mood] = {
    "dawn": Mood(_rgb("3f5b98"), _rgb("b796bd"), _rgb("ffcaa4"), _rgb("ffe6c4"), _rgb("e0b4b4"),
                 _rgb("1d2440"), _rgb("ffc9a0"), _rgb("ffd9cf"), 0.50, 0.75, 0.10),
    "day": Mood(_rgb("2563b4"), _rgb("6fb0e6"), _rgb("d3e8f2"), _rgb("fffaf0"), _rgb("b4d2e6"),
                _rgb("1c3344"), _rgb("fff6e4"), _rgb("ffffff"), 0.95, 0.40, 0.42),
    "golden": Mood(_rgb("3f6a9e"), _rgb("d9a878"), _rgb("ffd489"), _rgb("fff0c4"), _rgb("efbd84"),
                   _rgb("2c1c26"), _rgb("ffcf87"), _rgb("ffe2b4"), 0.72, 0.90, 0.16),
    "dusk": Mood(_rgb("1c1c4e"), _rgb("8a4080"), _rgb("ff8450"), _rgb("ffb878"), _rgb("b85a70"),
                 _rgb("100c20"), _rgb("ff9a64"), _rgb("f08a80"), 0.30, 0.95, 0.05),
    "night": Mood(_rgb("040818"), _rgb("0f1f42"), _rgb("34547e"), _rgb("eef2fa"), _rgb("223a5e"),
                  _rgb("03060f"), _rgb("8fb0dc"), _rgb("5a7298"), 0.16, 0.45, 0.34),
    "storm": Mood(_rgb("232a33"), _rgb("4d5863"), _rgb("94a0a4"), _rgb("c8d0d0"), _rgb("77848c"),
                  _rgb("12171d"), _rgb("aab4b8"), _rgb("8c979e"), 0.42, 0.20, 0.30),
}  # fmt: skip
_TINT_COLOURS: dict[str, Colour] = {
    "red": _rgb("e03a30"),
    "orange": _rgb("f58a34"),
    "gold": _rgb("f2c04c"),
    "green": _rgb("4fae5c"),
    "teal": _rgb("2fb5ae"),
    "blue": _rgb("3f78d8"),
    "purple": _rgb("8b52d0"),
    "pink": _rgb("f08cb4"),
    "sepia": _rgb("b08a5c"),
}
_NEON_LOW, _NEON_HIGH = _rgb("12c8e8"), _rgb("ff2f9e")
_TINT_STRENGTH = 0.46
_SKY_SHARE = {"green": 0.18, "orange": 0.7, "gold": 0.7, "red": 0.75, "pink": 0.8, "teal": 0.7}


def mix(first: Colour, second: Colour, part: float) -> Colour:
    """Return the mix of two colours: the first at part 0, the second at part 1."""
    red, green, blue = (a + (b - a) * part for a, b in zip(first, second, strict=True))
    return red, green, blue


def times(first: Colour, second: Colour) -> Colour:
    """Return the first colour in light of the second."""
    return first[0] * second[0], first[1] * second[1], first[2] * second[2]


def mood_of(setting: Setting) -> Mood:
    """Return the colours of a light, changed by each palette word in the order of the table."""
    mood = MOODS[setting.light]
    for tint in setting.tints:
        mood = _tinted(mood, tint)
    return mood


def graded(colour: Colour, tints: tuple[str, ...]) -> Colour:
    """Return a colour changed by palette words."""
    for tint in tints:
        colour = _bent(colour, tint)
    return colour


def _tinted(mood: Mood, tint: str) -> Mood:
    part = _SKY_SHARE.get(tint, 1.0)
    bent: dict[str, Any] = {
        field.name: mix(getattr(mood, field.name), _bent(getattr(mood, field.name), tint), part)
        for field in fields(mood)
        if isinstance(getattr(mood, field.name), tuple)
    }
    return replace(mood, **bent)


def _bent(colour: Colour, tint: str) -> Colour:
    level = float(np.dot(_LUMA, np.array(colour, np.float32)))
    grey = (level, level, level)
    if tint == "noir":
        return _clipped(mix(grey, (level**1.25,) * 3, 0.6))
    if tint == "pastel":
        return mix(mix(grey, colour, 0.75), (1.0, 0.95, 0.94), 0.28)
    if tint == "vivid":
        return _clipped(mix(grey, colour, 1.5))
    if tint == "neon":
        target = mix(_NEON_LOW, _NEON_HIGH, min(1.0, level * 1.6))
        return _clipped(mix(colour, _at_level(target, level * 1.1 + 0.02), 0.55))
    return _clipped(mix(colour, _at_level(_TINT_COLOURS[tint], level), _TINT_STRENGTH))


def _at_level(colour: Colour, level: float) -> Colour:
    own = float(np.dot(_LUMA, np.array(colour, np.float32)))
    scaled = mix((0, 0, 0), colour, level / max(own, 1e-3))
    over = max(1.0, *scaled)
    return _clipped(mix(scaled, (1, 1, 1), min(0.6, (over - 1) * 0.5)))


def _clipped(colour: Colour) -> Colour:
    red, green, blue = (min(1.0, max(0.0, part)) for part in colour)
    return red, green, blue


def vertical_blend(stops: list[tuple[float, Colour]], rows: Floats) -> Floats:
    """Return the colours of a gradient for each row, shaped (rows, 3); stops ascend."""
    places = [place for place, _ in stops]
    channels = [np.interp(rows, places, [c[i] for _, c in stops]) for i in range(3)]
    return np.stack(channels, -1).astype(np.float32)
