"""Modify: a video with other light and colours and the same edges."""

from pathlib import Path

import numpy as np
from PIL import Image

from .camera import Move
from .noise import Floats
from .photograph import blend, cover
from .setting import read_setting
from .stage import Stage
from .video_file import (
    Plane,
    Planes,
    converted,
    frames,
    image_of,
    new_video,
    planes_of,
    planes_of_frame,
    probe,
    save_thumbnail,
)

MODES = (
    "adhere_1", "adhere_2", "adhere_3",
    "flex_1", "flex_2", "flex_3",
    "reimagine_1", "reimagine_2", "reimagine_3",
)  # fmt: skip
_LEAST, _MOST = 0.14, 0.94
_COARSE = 24
_WORLD_SHARE = 0.45
_PALETTE = (480, 270)
_BICUBIC = Image.Resampling.BICUBIC


def modify_video(
    source: Path,
    *,
    prompt: str,
    mode: str,
    first_frame: Image.Image | None,
    video: Path,
    thumbnail: Path,
) -> None:
    """Write the restyled source, as long and as large. ValueError if mode is none of MODES.

    Light and colours come from first_frame, or from the scene that the prompt describes.
    """
    if mode not in MODES:
        raise ValueError(f"{mode} is no mode of modify")
    part = _LEAST + (_MOST - _LEAST) * MODES.index(mode) / (len(MODES) - 1)
    shape = probe(source)
    size = (shape.width // 2 * 2, shape.height // 2 * 2)
    grade = _Grade(first_frame or _scene_picture(prompt, size), size)
    with new_video(video, size) as writer:
        for index, frame in enumerate(frames(source)):
            planes = planes_of_frame(converted(frame, size))
            restyled = blend(planes, grade.applied(planes), part)
            if index == 0:
                save_thumbnail(image_of(restyled), thumbnail)
            writer.write(restyled)


def _scene_picture(prompt: str, size: tuple[int, int]) -> Image.Image:
    """Return a small picture of the scene that the prompt describes."""
    scale = (_PALETTE[0] * _PALETTE[1] / (size[0] * size[1])) ** 0.5
    small = (round(size[0] * scale / 2) * 2, round(size[1] * scale / 2) * 2)
    return image_of(Stage(read_setting(prompt), small, still=True).picture(Move(), 0.3))


class _Grade:
    """A colour grade: light and colours of a picture, to apply to pictures of one size."""

    def __init__(self, picture: Image.Image, size: tuple[int, int]) -> None:
        model = planes_of(cover(picture, (size[0] // 4 * 2, size[1] // 4 * 2)))
        self._world = np.asarray(_coarse(model.y).resize(_coarse_size(size)), np.float32)
        self._u, self._v = (_colour_by_light(model.y, part) for part in (model.u, model.v))

    def applied(self, planes: Planes) -> Planes:
        """Return the picture with the same fine detail and other light and colours."""
        height, width = planes.y.shape
        broad = np.asarray(_coarse(planes.y).resize(_coarse_size((width, height))), np.float32)
        curved = _film_curve(broad)
        change = np.clip(curved + (self._world - curved) * _WORLD_SHARE - broad + 128, 0, 255)
        spread = Image.fromarray(change.astype(np.uint8)).resize((width, height), _BICUBIC)
        luma = planes.y.astype(np.int16)
        luma += np.asarray(spread)
        luma -= 128
        lit = np.clip(luma, 16, 235, out=luma).astype(np.uint8)
        small = np.asarray(Image.fromarray(lit).reduce(2))
        return Planes(lit, self._u[small], self._v[small])


def _film_curve(light: Floats) -> Floats:
    """Return luma (16 to 235) with more contrast."""
    level = (light - 16) / 219
    bent: Floats = 16 + 219 * (level + 0.08 * np.sin((level - 0.5) * 2 * np.pi))
    return bent


def _coarse(plane: Plane) -> Image.Image:
    """Return a small version of a plane, which holds its coarse light."""
    return Image.fromarray(plane).reduce(max(1, min(plane.shape) // _COARSE))


def _coarse_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size of the coarse light for pictures of a size."""
    scale = _COARSE / min(size)
    return max(2, round(size[0] * scale)), max(2, round(size[1] * scale))


def _colour_by_light(luma: Plane, chroma: Plane) -> Plane:
    """Return the mean chroma at each level of luma, interpolated where a level is missing."""
    small = np.asarray(Image.fromarray(luma).reduce(2))[: chroma.shape[0], : chroma.shape[1]]
    weights = np.bincount(small.ravel(), minlength=256).astype(np.float32)
    totals = np.bincount(small.ravel(), chroma.ravel().astype(np.float32), 256)
    kernel = np.exp(-(np.linspace(-2.5, 2.5, 81) ** 2))
    spread: Floats = np.convolve(totals, kernel, "same") / np.maximum(
        np.convolve(weights, kernel, "same"), 1e-3
    )
    known = np.flatnonzero(np.convolve(weights, kernel, "same") > 1)
    filled = np.interp(np.arange(256), known, spread[known])
    return np.clip(filled, 16, 240).astype(np.uint8)
