"""Small pictures that stand for large ones. Pillow alone, no Django: the worker uses it too."""

import io

from PIL import Image

POSTER_WIDTH = 480  # pixels
THUMB_BOX = (288, 192)  # pixels: the stage of a card on a screen with one pixel a pixel
POSTER_BYTES = 40_000
_RUNGS = (
    (POSTER_WIDTH, 78),
    (POSTER_WIDTH, 60),
    (POSTER_WIDTH, 40),
    (320, 50),
    (240, 30),
    (160, 10),
)


def poster_of(picture: Image.Image) -> bytes:
    """A WebP at most 480 pixels wide, at most twice as high, and at most 40 kB."""
    if picture.mode != "RGB":
        picture = picture.convert("RGB")
    body = b""
    for width, quality in _RUNGS:
        body = _encode(picture, (width, 2 * width), quality)
        if len(body) <= POSTER_BYTES:
            break
    return body


def thumb_of(poster: bytes) -> bytes:
    """A WebP of a poster that fits a card's stage, 3 kB or so."""
    with Image.open(io.BytesIO(poster), formats=["WEBP"]) as picture:
        return _encode(picture.convert("RGB"), THUMB_BOX, 65)


def fitted(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """The size in pixels that fits in the box with the same shape, never enlarged."""
    scale = min(1.0, width / size[0], height / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _encode(picture: Image.Image, box: tuple[int, int], quality: int) -> bytes:
    size = fitted(picture.size, *box)
    small = picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    target = io.BytesIO()
    small.save(target, "WEBP", quality=quality, method=2)
    return target.getvalue()
