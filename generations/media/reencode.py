"""The program that turns a picture from outside into one of ours, in a process with limits.

`python -m generations.media.reencode INPUT OUTPUT POSTER` decodes INPUT, writes a clean copy to
OUTPUT and a poster to POSTER, and prints one JSON object: {"refused": code} or
{"frames": n}. No Django here: a hostile file ends this process at worst.
"""

import io
import json
import math
import struct
import sys
import warnings
from pathlib import Path

from PIL import Image, ImageCms, ImageFile

from generations.media.limits import limit
from generations.media.posters import poster_of
from generations.media.refusals import Refused
from generations.media.sniffing import HEAD_BYTES, JPEG, PNG, WEBP, FileType, foreign, sniff

MIN_SIDE, MAX_SIDE = 16, 8192  # pixels
MAX_PIXELS = 40_000_000
LARGE_WEBP = 20_000_000  # pixels; beyond, `large_webp` decodes
OUT_BYTES = 10_000_000
PNG_PIXELS = 6_000_000  # beyond, a PNG takes too long and too much

# Quality, and how many pixels become one a side: photographs fit with the first or second.
_RUNGS = ((94, 1), (85, 1), (65, 1), (85, 2), (65, 4))


def main(source: Path, target: Path, poster: Path) -> dict[str, object]:
    """Re-encode one file and say what happened. Writes both outputs, or refuses."""
    try:
        with warnings.catch_warnings(action="ignore"):  # damaged EXIF blocks are no news
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
    """Refuse sides and areas out of bounds, in pixels."""
    if width < 1 or height < 1:
        raise Refused("damaged")
    if width * height > MAX_PIXELS:
        raise Refused("pixels")
    if min(width, height) < MIN_SIDE or max(width, height) > MAX_SIDE:
        raise Refused("sides")


def decode(source: Path) -> tuple[Image.Image, int]:
    """The first frame, plain and upright, and how many the file has. Raises Refused."""
    with source.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    kind = sniff(head)
    if kind is None or kind.media != "image":
        raise Refused(_not_a_picture(head))
    _check_header(kind, head)
    if kind is WEBP and math.prod(_webp_size(head)) > LARGE_WEBP:
        return _large(source), 1
    try:
        with Image.open(source, formats=[kind.name]) as picture:
            check_size(*picture.size)
            frames = getattr(picture, "n_frames", 1)
            return _plain(picture), frames
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise Refused("damaged") from error


def _not_a_picture(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return "heic" if head[8:12] not in (b"avif", b"avis") and sniff(head) is None else "type"
    return "type" if foreign(head) else "unknown"


def _check_header(kind: FileType, head: bytes) -> None:
    """Refuse by the size in the first bytes, before any decoder sees the file."""
    if kind is PNG:
        check_size(*_png_size(head))
    if kind is WEBP:
        check_size(*_webp_size(head))


def _png_size(head: bytes) -> tuple[int, int]:
    """Width and height from the first chunk, before any decoder sees the file."""
    if head[12:16] != b"IHDR" or len(head) < 24:
        raise Refused("damaged")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _webp_size(head: bytes) -> tuple[int, int]:
    """Width and height of the canvas, from the first chunk (RFC 9649, sections 2.5 to 2.7)."""
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


def _large(source: Path) -> Image.Image:
    """A large WebP, upright, in plain sRGB colours."""
    from generations.media import large_webp  # FFmpeg is loaded for these alone

    decoded = large_webp.decode(source)
    check_size(*decoded.size)
    turn = _orientation(decoded)
    image = _in_srgb(decoded, decoded.info.get("icc_profile"))
    image.info.clear()
    return image if turn is None else image.transpose(turn)


def _plain(picture: Image.Image) -> Image.Image:
    """The first frame, upright, in plain sRGB colours, with nothing else that was in the file."""
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
    """How the camera was held; a broken EXIF block means upright."""
    try:
        return _TURNS.get(picture.getexif().get(0x0112, 1))
    except (SyntaxError, ValueError, TypeError, struct.error, OSError):
        return None


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Apply an embedded colour profile; a broken or mismatched one is as good as none."""
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
    """RGB with transparent parts on white: a video has no alpha, and black would surprise."""
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
    """PNG stays PNG while it is small; everything else is a JPEG of at most 10 MB.

    The wildest pictures lose pixels for it. False when nothing helps.
    """
    if lossless and picture.width * picture.height <= PNG_PIXELS:
        picture.save(target, PNG.name, compress_level=6)
        if target.stat().st_size <= OUT_BYTES:
            return True
    for quality, factor in _RUNGS:
        small = picture.reduce(factor) if factor > 1 else picture
        small.save(target, JPEG.name, quality=quality, subsampling=0 if quality > 90 else 2)
        if target.stat().st_size <= OUT_BYTES:
            return True
    return False


if __name__ == "__main__":
    limit()
    Image.MAX_IMAGE_PIXELS = None  # check_size is stricter, and answers before any decoding
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    print(json.dumps(main(*map(Path, sys.argv[1:4]))))  # noqa: T201 (its answer to the parent)
