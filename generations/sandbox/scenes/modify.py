"""Modify: a video seen anew, from a light filter to another world, its edges kept."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .camera import Move
from .film import (
    Plane,
    Planes,
    converted,
    film,
    frames,
    image_of,
    planes_of,
    planes_of_frame,
    probe,
    save_thumbnail,
)
from .noise import Floats
from .photograph import blend, cover
from .setting import read_setting
from .stage import Stage

MODES = (
    "adhere_1", "adhere_2", "adhere_3",
    "flex_1", "flex_2", "flex_3",
    "reimagine_1", "reimagine_2", "reimagine_3",
)  # fmt: skip
_LEAST, _MOST = 0.14, 0.94
_COARSE = 24
_WORLD_SHARE = 0.45
_PALETTE = (480, 270)


def modify_video(
    source: Path,
    *,
    prompt: str,
    mode: str,
    first_frame: Image.Image | None,
    video: Path,
    thumbnail: Path,
) -> None:
    """Write the source restyled, as long and as large; mode is one of MODES (else ValueError).

    Light and colours come from first_frame, or from the scene that the prompt describes.
    """
    part = _LEAST + (_MOST - _LEAST) * MODES.index(mode) / (len(MODES) - 1)
    shape = probe(source)
    size = (shape.width // 2 * 2, shape.height // 2 * 2)
    look = _Look(first_frame or _imagined(prompt, size), size)
    with film(video, size) as writer:
        for index, frame in enumerate(frames(source)):
            planes = planes_of_frame(converted(frame, size))
            restyled = blend(planes, look.applied(planes), part)
            if index == 0:
                save_thumbnail(image_of(restyled), thumbnail)
            writer.write(restyled)


def _imagined(prompt: str, size: tuple[int, int]) -> Image.Image:
    """A small picture of the prompt's scene."""
    scale = (_PALETTE[0] * _PALETTE[1] / (size[0] * size[1])) ** 0.5
    small = (round(size[0] * scale / 2) * 2, round(size[1] * scale / 2) * 2)
    return image_of(Stage(read_setting(prompt), small, still=True).picture(Move(), 0.3))


class _Look:
    """The light and colours of a picture, ready to be laid on others."""

    def __init__(self, picture: Image.Image, size: tuple[int, int]) -> None:
        model = planes_of(cover(picture, (size[0] // 4 * 2, size[1] // 4 * 2)))
        self._size = size
        self._world = _coarse(model.y, size).astype(np.int16)
        self._u, self._v = (_colour_by_light(model.y, part) for part in (model.u, model.v))

    def applied(self, planes: Planes) -> Planes:
        """The same edges in another light: fine detail stays, broad light and colour change."""
        broad = _coarse(planes.y, self._size).astype(np.int16)
        detail = planes.y.astype(np.int16) - broad
        curved = _film_curve(broad)
        light = curved + ((self._world - curved) * _WORLD_SHARE).astype(np.int16)
        luma = np.clip(light + detail + (detail >> 2), 16, 235).astype(np.uint8)
        small = np.asarray(Image.fromarray(luma).reduce(2))
        return Planes(luma, self._u[small], self._v[small])


def _film_curve(light: NDArray[np.int16]) -> NDArray[np.int16]:
    """Deeper shadows and brighter lights, by a table over all levels."""
    level = np.linspace(0, 1, 256)
    bent = level + 0.16 * np.sin((level - 0.5) * 2 * np.pi) / 2
    table = np.clip(16 + bent * 219, 16, 235).astype(np.int16)
    return table[np.clip((light - 16) * 255 // 219, 0, 255)]


def _coarse(plane: Plane, size: tuple[int, int]) -> Plane:
    """The broad light of a plane."""
    height, width = plane.shape
    small = Image.fromarray(plane).reduce(max(2, min(width, height) // _COARSE))
    return np.asarray(small.resize(size, Image.Resampling.BICUBIC))


def _colour_by_light(luma: Plane, chroma: Plane) -> Plane:
    """The usual chroma at each level of luma, smooth where the picture has no such level."""
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
