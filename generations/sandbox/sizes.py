"""Pixel sizes, resolutions and durations that the API knows.

Sizes at 720p and the native sizes of Photon: docs.lumalabs.ai/docs/reframe-video-image. Other
resolutions keep the proportions (540p x 0.75, 1080p x 1.5, 4k x 3), in even numbers. Written
apart from `generations.luma.sizes` on purpose: a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping

ASPECT_RATIOS = ("1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21")
DEFAULT_ASPECT_RATIO = "16:9"
RESOLUTION_SCALES: Mapping[str, float] = {"540p": 0.75, "720p": 1.0, "1080p": 1.5, "4k": 3.0}
DEFAULT_RESOLUTION = "720p"
DURATION_SECONDS: Mapping[str, int] = {"5s": 5, "9s": 9}
DEFAULT_DURATION = "5s"

_VIDEO_720P: Mapping[str, tuple[int, int]] = {
    "1:1": (1024, 1024),
    "4:3": (1152, 864),
    "3:4": (864, 1152),
    "16:9": (1280, 720),
    "9:16": (720, 1280),
    "21:9": (1552, 656),
    "9:21": (656, 1552),
}
_IMAGE: Mapping[str, tuple[int, int]] = {
    "1:1": (1536, 1536),
    "4:3": (1792, 1344),
    "3:4": (1344, 1792),
    "16:9": (2048, 1152),
    "9:16": (1152, 2048),
    "21:9": (2432, 1024),
    "9:21": (1024, 2432),
}


def video_size(aspect_ratio: str, resolution: str) -> tuple[int, int]:
    """Return width and height of a video, both even. KeyError if one of the two is unknown."""
    return scaled(_VIDEO_720P[aspect_ratio], RESOLUTION_SCALES[resolution])


def image_size(aspect_ratio: str) -> tuple[int, int]:
    """Return width and height of a Photon image. KeyError for an unknown ratio."""
    return _IMAGE[aspect_ratio]


def scaled(size: tuple[int, int], factor: float) -> tuple[int, int]:
    """Return `size` times `factor`, rounded to even numbers of pixels, at least 2."""
    width, height = (max(2, 2 * round(side * factor / 2)) for side in size)
    return width, height


def nearest_resolution(size: tuple[int, int]) -> str:
    """Return the resolution whose 16:9 size is closest in scale: for videos of any size."""
    scale = (size[0] * size[1] / (1280 * 720)) ** 0.5
    return min(RESOLUTION_SCALES, key=lambda name: abs(RESOLUTION_SCALES[name] - scale))


def upscaled(size: tuple[int, int], source: str, target: str) -> tuple[int, int]:
    """Return the size after an upscale from resolution `source` to `target`."""
    return scaled(size, RESOLUTION_SCALES[target] / RESOLUTION_SCALES[source])
