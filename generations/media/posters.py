"""Posters and thumbnails of pictures. Imports Pillow and no Django, for use in our programs."""

import io

from PIL import Image

POSTER_WIDTH = 480  # pixels
THUMB_BOX = (288, 192)  # pixels: the picture of a card on a screen of density 1
POSTER_BYTES = 40_000
_STEPS = (
    (POSTER_WIDTH, 78),
    (POSTER_WIDTH, 60),
    (POSTER_WIDTH, 40),
    (320, 50),
    (240, 30),
    (160, 10),
)


def poster_of(picture: Image.Image) -> bytes:
    """Return a WebP of the picture: at most 480 pixels wide, twice as high, and 40 kB."""
    if picture.mode != "RGB":
        picture = picture.convert("RGB")
    body = b""
    for width, quality in _STEPS:
        body = _encode(picture, (width, 2 * width), quality)
        if len(body) <= POSTER_BYTES:
            break
    return body


def thumb_of(poster: bytes) -> bytes:
    """Return a WebP of a poster in the size of a card's picture, about 3 kB."""
    with Image.open(io.BytesIO(poster), formats=["WEBP"]) as picture:
        return _encode(picture.convert("RGB"), THUMB_BOX, 65)


def fitted(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """Return the size in pixels, reduced to fit into the box in proportion, never enlarged."""
    scale = min(1.0, width / size[0], height / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _encode(picture: Image.Image, box: tuple[int, int], quality: int) -> bytes:
    size = fitted(picture.size, *box)
    small = picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    target = io.BytesIO()
    small.save(target, "WEBP", quality=quality, method=2)
    return target.getvalue()
