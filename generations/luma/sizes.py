"""Pixel sizes of results by aspect ratio and resolution.

The sizes at 720p and of Photon are documented (docs.lumalabs.ai/docs/reframe-video-image). Other
resolutions follow from 720p by the scales of `model_table`, which the published prices imply.
"""

from __future__ import annotations

from fractions import Fraction

from generations.luma import model_table

FRAMES_PER_SECOND = 24

_VIDEO_720P = {
    "1:1": (1024, 1024),
    "4:3": (1152, 864),
    "3:4": (864, 1152),
    "16:9": (1280, 720),
    "9:16": (720, 1280),
    "21:9": (1552, 656),
    "9:21": (656, 1552),
}

_IMAGE = {
    "1:1": (1536, 1536),
    "4:3": (1792, 1344),
    "3:4": (1344, 1792),
    "16:9": (2048, 1152),
    "9:16": (1152, 2048),
    "21:9": (2432, 1024),
    "9:21": (1024, 2432),
}


def video_size(aspect_ratio: str, resolution: str) -> tuple[int, int] | None:
    """Return width and height in pixels, both even; None for an unknown ratio or resolution."""
    size, scale = _VIDEO_720P.get(aspect_ratio), model_table.MODELS.scales.get(resolution)
    if size is None or scale is None:
        return None
    return _even(size[0] * scale), _even(size[1] * scale)


def image_size(aspect_ratio: str) -> tuple[int, int] | None:
    """Return width and height of a Photon image in pixels; None for an unknown ratio."""
    return _IMAGE.get(aspect_ratio)


def resolution_of(width: int, height: int) -> str | None:
    """Return the resolution that has exactly this size in some aspect ratio, or None."""
    return next(
        (
            resolution
            for resolution in model_table.MODELS.scales
            for ratio in _VIDEO_720P
            if video_size(ratio, resolution) == (width, height)
        ),
        None,
    )


def _even(side: Fraction) -> int:
    """Return the nearest even number: H.264 with yuv420p has no odd sides."""
    return 2 * round(side / 2)
