"""Files that must be refused as pictures, each with its sentence."""

import io
import struct
import zipfile
import zlib

from PIL import Image

from tests.media import samples

DAMAGED = "The picture is damaged."
TYPE = "Use JPEG, PNG or WebP."
HEIC = "Use JPEG, PNG or WebP. Your phone can export JPEG."
UNKNOWN = "Not a picture or video we can read."
SIDES = "Each side 16–8192."  # noqa: RUF001
PIXELS = "Too many pixels. Each side 16–8192, at most 40 million in all."  # noqa: RUF001
EMPTY = "The file is empty."


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes, rows: bytes | None = None) -> bytes:
    """A PNG of grey bytes with a header of our choice; no rows given means black."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = rows if rows is not None else b"\0" * 1000
    body = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + body + chunk(b"IEND", b"")


def jpeg(size: tuple[int, int] = (200, 100), **options: object) -> bytes:
    return samples.encoded(samples.picture(size), "JPEG", **options)


def archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("evil.php", "<?php system($_GET[0]);")
    return target.getvalue()


def saved(kind: str, size: tuple[int, int] = (64, 64)) -> bytes:
    return samples.encoded(samples.picture(size), kind)


def bad_checksum() -> bytes:
    body = bytearray(saved("PNG"))
    body[40] ^= 0xFF
    return bytes(body)


def boxes(brand: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1" + brand + b"\0" * 200


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
WHOLE_PNG = samples.encoded(samples.noise((64, 64)), "PNG")
WHOLE_WEBP = samples.encoded(samples.noise((64, 64)), "WEBP", lossless=True)

HOSTILE: dict[str, tuple[bytes, str]] = {
    "U01 nothing": (b"", EMPTY),
    "U02 one byte": (b"\x07", UNKNOWN),
    "U02 noise": (bytes(range(128, 256)) * 30, UNKNOWN),
    "U02 zeros": (b"\0" * 5000, UNKNOWN),
    "U02 spaces": (b" " * 5000, UNKNOWN),
    "U02 text": (b"hello", UNKNOWN),
    "U06 jpeg cut at half": (jpeg()[: len(jpeg()) // 2], DAMAGED),
    "U06 jpeg of three bytes": (b"\xff\xd8\xff", DAMAGED),
    "U06 jpeg of markers": (b"\xff\xd8\xff" * 300, DAMAGED),
    "U06 jpeg without a table": (
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9",
        DAMAGED,
    ),
    "U07 png bad checksum": (bad_checksum(), DAMAGED),
    "U07 png without IHDR": (b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"x") * 9, DAMAGED),
    "U07 png signature alone": (b"\x89PNG\r\n\x1a\n", DAMAGED),
    "U07 png header cut": (saved("PNG")[:20], DAMAGED),
    "U07 png cut": (WHOLE_PNG[: len(WHOLE_PNG) // 2], DAMAGED),
    "U07 png cut near the end": (WHOLE_PNG[:-2000], DAMAGED),
    "U07 png 0x0": (png(0, 0), DAMAGED),
    "U07 png 1x0": (png(1, 0), DAMAGED),
    "U07 png of wrong depth": (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 77, 9, 0, 0, 0))
        + chunk(b"IEND", b""),
        DAMAGED,
    ),
    "U07 png without pixels": (png(64, 64, rows=b""), DAMAGED),
    "U08 png 65535 square": (png(65535, 65535), PIXELS),
    "U08 png 2^31-1 square": (png(2**31 - 1, 2**31 - 1), PIXELS),
    "U08 png 2^32-1 high": (png(16, 2**32 - 1), PIXELS),
    "U08 jpeg 65500 square": (
        jpeg().replace(struct.pack(">HH", 100, 200), struct.pack(">HH", 65500, 65500), 1),
        PIXELS,
    ),
    "U08 webp 16383 square": (
        b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xfe\x3f\0\xfe\x3f\0",
        PIXELS,
    ),
    "U09 png 12000x8000": (png(12000, 8000, rows=b"\0" * 12001 * 8000), PIXELS),
    "U09 jpeg 7000x6000": (
        samples.encoded(Image.new("L", (7000, 6000)), "JPEG", quality=10),
        PIXELS,
    ),
    "U10 zTXt bomb": (
        png(64, 64, chunk(b"zTXt", b"k\0\0" + zlib.compress(b"\0" * 64_000_000))),
        DAMAGED,
    ),
    "U10 iTXt bomb": (
        png(64, 64, chunk(b"iTXt", b"k\0\1\0\0\0" + zlib.compress(b"\0" * 64_000_000))),
        DAMAGED,
    ),
    "U12 1x30000": (png(1, 30000), SIDES),
    "U12 15x15": (saved("PNG", (15, 15)), SIDES),
    "U12 15x400": (saved("JPEG", (15, 400)), SIDES),
    "U12 8193x16": (saved("PNG", (8193, 16)), SIDES),
    "U12 9000 square": (png(9000, 9000), PIXELS),
    "U13 gif": (saved("GIF"), TYPE),
    "U13 bmp": (saved("BMP"), TYPE),
    "U13 tiff": (saved("TIFF"), TYPE),
    "U13 big-endian tiff": (b"MM\0*" + b"\0" * 500, TYPE),
    "U13 ico": (saved("ICO"), TYPE),
    "U13 psd": (b"8BPS\0\1" + b"\0" * 500, TYPE),
    "U13 heic": (boxes(b"heic"), HEIC),
    "U13 heix": (boxes(b"heix"), HEIC),
    "U13 mif1": (boxes(b"mif1"), HEIC),
    "U13 avif": (saved("AVIF"), TYPE),
    "U13 avis": (boxes(b"avis"), TYPE),
    "U13 fits": (b"SIMPLE  =                    T" + b" " * 2850, TYPE),
    "U13 eps": (saved("EPS"), TYPE),
    "U13 pdf": (saved("PDF"), TYPE),
    "U13 svg": (SVG, TYPE),
    "U13 svg after a mark": (b"\xef\xbb\xbf" + SVG, TYPE),
    "U13 svg after lines": (b"\n\n  <?xml version='1.0'?>" + SVG, TYPE),
    "U13 svgz": (b"\x1f\x8b\x08" + zlib.compress(SVG), TYPE),
    "U13 jpeg 2000": (saved("JPEG2000"), TYPE),
    "U13 jpeg xl": (b"\xff\x0a" + b"\1" * 60, TYPE),
    "U13 ppm": (saved("PPM"), UNKNOWN),
    "U14 html": (b"<!doctype html><script>alert(1)</script>", TYPE),
    "U14 php": (b"<?php echo 1;", TYPE),
    "U14 script": (b"alert(document.domain)//", UNKNOWN),
    "U14 gif and script": (b"GIF89a/*" + b"\0" * 40 + b"*/=1;alert(1)", TYPE),
    "U14 shell": (b"#!/bin/sh\nrm -rf /\n", TYPE),
    "U28 playlist": (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/\n", TYPE),
    "U29 avi": (b"RIFF\x24\0\0\0AVI LIST" + b"\0" * 300, TYPE),
    "U29 matroska": (b"\x1aE\xdf\xa3\x93B\x82\x88matroska" + b"\0" * 300, TYPE),
    "U34 zip": (archive(), TYPE),
    "U34 exe": (b"MZ\x90\0" + b"\0" * 300, TYPE),
    "U34 elf": (b"\x7fELF\2\1\1" + b"\0" * 300, TYPE),
    "U35 eicar": (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD", TYPE),
    "mp4": (boxes(b"isom"), TYPE),
    "mov": (boxes(b"qt  "), TYPE),
    "webp cut": (WHOLE_WEBP[: len(WHOLE_WEBP) // 2], DAMAGED),
    "webp header alone": (b"RIFF\x00\x10\0\0WEBPVP8 ", DAMAGED),
    "webp lying about its length": (b"RIFF\xff\xff\xff\xffWEBPVP8L" + b"\xff" * 500, PIXELS),
}
