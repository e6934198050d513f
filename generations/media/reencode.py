"""The program that makes a clean copy of an uploaded picture, in a process with limits.

`python -m generations.media.reencode INPUT OUTPUT POSTER` decodes INPUT, writes a clean copy to
OUTPUT and a poster to POSTER, and prints one JSON object: {"refused": code} or
{"frames": n}. It imports no Django; a hostile file can at worst end this process.
"""

import io
import json
import math
import struct
import sys
import warnings
from pathlib import Path

from PIL import Image, ImageCms, ImageFile

from generations.media.limits import MAX_PIXELS, MAX_SIDE, MIN_SIDE
from generations.media.posters import poster_of
from generations.media.process_limits import limit_process
from generations.media.refusals import Refused
from generations.media.sniffing import HEAD_BYTES, JPEG, PNG, WEBP, FileType, foreign, sniff

LARGE_WEBP = 20_000_000  # pixels; beyond, `large_webp` decodes
OUT_BYTES = 10_000_000
PNG_PIXELS = 6_000_000  # beyond, a PNG takes too long and too much

# JPEG quality, and the factor of reduction: photographs fit with the first or second.
_STEPS = ((94, 1), (85, 1), (65, 1), (85, 2), (65, 4))


def main(source: Path, target: Path, poster: Path) -> dict[str, object]:
    """Write the copy and the poster; return what the program prints."""
    try:
        with warnings.catch_warnings(action="ignore"):  # about damaged EXIF blocks
            picture, frames = decode(source)
        if not write_clean(picture, target, lossless=_is_png(source)):
            return {"refused": "complex"}
        poster.write_bytes(poster_of(picture))
    except Refused as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": "complex"}
    return {"frames": frames}


def check_size(width: int, height: int) -> None:
    """Raise Refused for a width, height or area out of bounds. Pixels."""
    if width < 1 or height < 1:
        raise Refused("damaged")
    if width * height > MAX_PIXELS:
        raise Refused("pixels")
    if min(width, height) < MIN_SIDE or max(width, height) > MAX_SIDE:
        raise Refused("sides")


def decode(source: Path) -> tuple[Image.Image, int]:
    """Return the first frame, clean and upright, and the number of frames. Raises Refused."""
    with source.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    kind = sniff(head)
    if kind is None or kind.media != "image":
        raise Refused(_not_a_picture(head))
    _check_header(kind, head)
    if kind is WEBP and math.prod(_webp_size(head)) > LARGE_WEBP:
        return _clean_large_webp(source), 1
    try:
        with Image.open(source, formats=[kind.name]) as picture:
            check_size(*picture.size)
            frames = getattr(picture, "n_frames", 1)
            return _clean(picture), frames
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise Refused("damaged") from error


def _not_a_picture(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return "heic" if head[8:12] not in (b"avif", b"avis") and sniff(head) is None else "type"
    return "type" if foreign(head) else "unknown"


def _check_header(kind: FileType, head: bytes) -> None:
    """Raise Refused for a size out of bounds, before any decoder reads the file."""
    if kind is PNG:
        check_size(*_png_size(head))
    if kind is WEBP:
        check_size(*_webp_size(head))


def _png_size(head: bytes) -> tuple[int, int]:
    """Return width and height from the first chunk."""
    if head[12:16] != b"IHDR" or len(head) < 24:
        raise Refused("damaged")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _webp_size(head: bytes) -> tuple[int, int]:
    """Return width and height of the canvas, from the first chunk (RFC 9649, 2.5 to 2.7)."""
    if len(head) < 30:
        raise Refused("damaged")
    if head[12:16] == b"VP8X":
        return (
            int.from_bytes(head[24:27], "little") + 1,
            int.from_bytes(head[27:30], "little") + 1,
        )
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if head[12:16] == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise Refused("damaged")


def _clean_large_webp(source: Path) -> Image.Image:
    """Return a large WebP, upright, in sRGB, without metadata."""
    from generations.media import large_webp  # loads FFmpeg, which only these need

    decoded = large_webp.decode(source)
    check_size(*decoded.size)
    turn = _orientation(decoded)
    image = _in_srgb(decoded, decoded.info.get("icc_profile"))
    image.info.clear()
    return image if turn is None else image.transpose(turn)


def _clean(picture: Image.Image) -> Image.Image:
    """Return the first frame, upright, in sRGB, without metadata."""
    picture.seek(0)
    turn = _orientation(picture)
    profile = picture.info.get("icc_profile")
    picture.load()
    image = _in_rgb(_in_srgb(picture, profile))
    image.info.clear()
    return image if turn is None else image.transpose(turn)


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _orientation(picture: Image.Image) -> Image.Transpose | None:
    """Return how to turn the picture upright; None for upright or a broken EXIF block."""
    try:
        return _TURNS.get(picture.getexif().get(0x0112, 1))
    except (SyntaxError, ValueError, TypeError, struct.error, OSError):
        return None


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert from an embedded colour profile to sRGB. Ignores a broken or wrong profile."""
    if not profile or picture.mode not in ("RGB", "CMYK"):
        return picture
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return (
            ImageCms.profileToProfile(
                picture, own, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            or picture
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture


def _in_rgb(picture: Image.Image) -> Image.Image:
    """Return the picture in RGB with transparent parts on white, because videos have no alpha."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value / 257).convert("L").convert("RGB")
    if picture.mode == "F":
        return picture.convert("L").convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture if picture.mode == "RGBA" else picture.convert("RGBA")
    white = Image.new("RGB", layer.size, (255, 255, 255))
    white.paste(layer, (0, 0), layer)
    return white


def _is_png(source: Path) -> bool:
    with source.open("rb") as stream:
        return sniff(stream.read(HEAD_BYTES)) is PNG


def write_clean(picture: Image.Image, target: Path, *, lossless: bool) -> bool:
    """Write a PNG if `lossless` and it is small, otherwise a JPEG; at most OUT_BYTES.

    A very detailed picture is reduced in size. False if it is still too large then.
    """
    if lossless and picture.width * picture.height <= PNG_PIXELS:
        picture.save(target, PNG.name, compress_level=6)
        if target.stat().st_size <= OUT_BYTES:
            return True
    for quality, factor in _STEPS:
        small = picture.reduce(factor) if factor > 1 else picture
        small.save(target, JPEG.name, quality=quality, subsampling=0 if quality > 90 else 2)
        if target.stat().st_size <= OUT_BYTES:
            return True
    return False


if __name__ == "__main__":
    limit_process()
    Image.MAX_IMAGE_PIXELS = None  # check_size is stricter and runs before decoding
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    print(json.dumps(main(*map(Path, sys.argv[1:4]))))  # noqa: T201 (its output for the parent)
