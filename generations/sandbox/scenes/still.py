"""Rendering an image."""

from pathlib import Path

import numpy as np
from PIL import Image

from .camera import Move
from .noise import Floats
from .photograph import cover
from .setting import read_setting
from .specs import ImageSpec
from .stage import Stage
from .video_file import image_of

_CHARACTER_WEIGHT = 0.5
_SWATCH = (96, 96)


def render_image(spec: ImageSpec, image: Path) -> None:
    """Render and write the image; the suffix sets the format: .png, else JPEG."""
    stage = Stage(read_setting(spec.prompt), spec.size, still=True)
    picture = image_of(stage.picture(Move(), 0.3))
    save_still(_after_references(spec, picture), image)


def save_still(picture: Image.Image, image: Path) -> None:
    """Write a PNG if the suffix is .png, else a JPEG of high quality."""
    if image.suffix.lower() == ".png":
        picture.save(image, "PNG", compress_level=3)
    else:
        picture.save(image, "JPEG", quality=92, subsampling=0)


def _after_references(spec: ImageSpec, picture: Image.Image) -> Image.Image:
    references = [*spec.image_refs, *spec.style_refs]
    references += [(image, _CHARACTER_WEIGHT) for image in spec.character_images]
    for reference, weight in references:
        picture = toned_towards(picture, reference, 0.85 * weight)
    if spec.modify:
        source, weight = spec.modify
        picture = Image.blend(cover(source, spec.size), picture, 0.75 * (1 - weight) + 0.05)
    return picture


def toned_towards(picture: Image.Image, reference: Image.Image, part: float) -> Image.Image:
    """Return the picture with mean colour and contrast moved towards the reference by part."""
    values = np.asarray(picture, np.float32)
    mean, spread = _tone(picture)
    wanted_mean, wanted_spread = _tone(reference.convert("RGB"))
    gain = 1 + (np.clip(wanted_spread / np.maximum(spread, 4), 0.6, 1.7) - 1) * part
    moved = (values - mean) * gain + mean + (wanted_mean - mean) * part
    return Image.fromarray(np.clip(moved + 0.5, 0, 255).astype(np.uint8))


def _tone(picture: Image.Image) -> tuple[Floats, Floats]:
    values = np.asarray(picture.resize(_SWATCH, Image.Resampling.BOX), np.float32).reshape(-1, 3)
    return values.mean(0), values.std(0)
