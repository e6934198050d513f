"""Prices of the sandbox in cents: its own price list and formulas.

Written apart from `generations.luma.pricing` on purpose: a test compares the two, so that a
mistake on one side shows. USD = width x height x 24 fps x seconds /
1e6 x rate (Luma's own example on docs.lumalabs.ai/docs/modify-video); 1080p and 4k are
the 720p price and an add-on per second; upscale and audio are per second of source.
"""

from __future__ import annotations

from collections.abc import Mapping

FRAMES_PER_SECOND = 24

CENTS_PER_MEGAPIXEL: Mapping[str, float] = {
    "ray-2": 0.64,
    "ray-flash-2": 0.22,
    "photon-1": 0.73,
    "photon-flash-1": 0.19,
}
MODIFY_CENTS_PER_MEGAPIXEL: Mapping[str, float] = {"ray-2": 1.582, "ray-flash-2": 0.544}
ADDED_CENTS_PER_SECOND: Mapping[str, float] = {"1080p": 3.0, "4k": 5.0}
UPSCALE_CENTS_PER_SECOND: Mapping[tuple[str, str], float] = {
    ("540p", "720p"): 6.0,
    ("540p", "1080p"): 9.0,
    ("540p", "4k"): 11.0,
    ("720p", "1080p"): 3.0,
    ("720p", "4k"): 5.0,
    ("1080p", "4k"): 2.0,
}
AUDIO_CENTS_PER_SECOND = 2.0


def video_cents(model: str, base_size: tuple[int, int], resolution: str, seconds: float) -> float:
    """Return the price of a created or reframed video.

    `base_size` is its size in pixels at 540p or 720p: 1080p and 4k pass their size at 720p.
    """
    pixels = _megapixels(base_size, seconds)
    return pixels * CENTS_PER_MEGAPIXEL[model] + ADDED_CENTS_PER_SECOND.get(resolution, 0) * seconds


def image_cents(model: str, size: tuple[int, int]) -> float:
    """Return the price of an image of `size` pixels; references cost nothing."""
    return size[0] * size[1] / 1e6 * CENTS_PER_MEGAPIXEL[model]


def modify_cents(model: str, size: tuple[int, int], seconds: float) -> float:
    """Return the price of restyling a video of `size` pixels."""
    return _megapixels(size, seconds) * MODIFY_CENTS_PER_MEGAPIXEL[model]


def upscale_cents(source: str, target: str, seconds: float) -> float:
    """Return the price of an upscale. KeyError when `target` is not higher than `source`."""
    return UPSCALE_CENTS_PER_SECOND[source, target] * seconds


def audio_cents(seconds: float) -> float:
    """Return the price of a sound track for a video of that length."""
    return AUDIO_CENTS_PER_SECOND * seconds


def _megapixels(size: tuple[int, int], seconds: float) -> float:
    return size[0] * size[1] * FRAMES_PER_SECOND * seconds / 1e6
