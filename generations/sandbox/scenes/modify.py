"""Modify: a video seen anew, from a light filter to another world, its edges kept."""

from pathlib import Path

import numpy as np
from PIL import Image

from .film import film, images, save_thumbnail
from .mood import mood_of
from .setting import read_setting

MODES = (
    "adhere_1", "adhere_2", "adhere_3",
    "flex_1", "flex_2", "flex_3",
    "reimagine_1", "reimagine_2", "reimagine_3",
)  # fmt: skip


def modify_video(
    source: Path,
    *,
    prompt: str,
    mode: str,
    first_frame: Image.Image | None,
    video: Path,
    thumbnail: Path,
) -> None:
    """Write the source restyled; mode is one of MODES."""
    strength = (MODES.index(mode) + 1) / len(MODES)
    mood = mood_of(read_setting(prompt))
    stops = np.array([mood.shade, mood.haze, mood.light], np.float32) * 255
    levels = np.arange(256)
    table = np.stack([np.interp(levels, (0, 128, 255), stops[:, c]) for c in range(3)], -1)
    size = next(images(source)).size
    with film(video, size) as writer:
        for index, picture in enumerate(images(source)):
            mapped = Image.fromarray(table[np.asarray(picture.convert("L"))].astype(np.uint8))
            frame = Image.blend(picture, mapped, 0.1 + 0.8 * strength)
            if index == 0:
                save_thumbnail(frame, thumbnail)
            writer.write_image(frame)
