"""Valid and hostile files, and random mutations of them."""

import random
import struct

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from tests.media import films, hostile, samples
from tests.media import large as large_films
from tests.media.hostile_pictures import HOSTILE

SECRET = b"MARK-OF-THE-GIVEN-FILE"
WILD_NUMBERS = (0, 1, 2, 7, 8, 255, 2**15, 2**16 - 1, 2**24, 2**31 - 1, 2**31, 2**32 - 1)


def seeds() -> list[tuple[str, bytes]]:
    """The medium and the bytes of at least sixty different files, always in the same order."""
    pictures = [("picture", body) for body in _pictures()]
    videos = [("video", body) for body in films.sorts().values()]
    bad = [("picture", body) for body, _ in HOSTILE.values() if 0 < len(body) < 100_000]
    worse = [("video", body) for body, _ in hostile.videos().values() if len(body) < 100_000]
    return pictures + videos + bad + worse


def _pictures() -> list[bytes]:
    noise, plain = samples.noise((48, 40)), samples.picture((80, 60))
    notes, profile = PngInfo(), ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    notes.add_text("Comment", SECRET.decode(), zip=True)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, SECRET.decode()
    frames = [samples.picture((40, 30), seed=seed) for seed in range(5)]
    moving = {"save_all": True, "append_images": frames[1:]}
    made = [samples.encoded(noise, kind) for kind in ("JPEG", "PNG", "WEBP", "MPO")]
    made += [
        samples.encoded(plain.convert(mode), "PNG")
        for mode in ("1", "L", "P", "LA", "RGBA", "I;16")
    ]
    made += [samples.encoded(plain.convert(mode), "JPEG") for mode in ("L", "CMYK")]
    made += [
        samples.encoded(plain, "JPEG", progressive=True, quality=95, subsampling=0),
        samples.encoded(plain, "JPEG", exif=exif, comment=SECRET),
        samples.encoded(plain, "JPEG", icc_profile=profile.tobytes()),
        samples.encoded(plain, "PNG", pnginfo=notes, exif=exif, icc_profile=profile.tobytes()),
        samples.encoded(frames[0], "PNG", **moving),
        samples.encoded(frames[0], "WEBP", **moving),
        samples.encoded(plain, "WEBP", lossless=True, exif=exif.tobytes()),
        samples.encoded(plain.convert("RGBA"), "WEBP", lossless=True),
        samples.encoded(plain.convert("RGBA"), "WEBP", quality=30),
    ]
    return made + [body + SECRET for body in made[:3]]


def large() -> list[tuple[str, bytes]]:
    """Files of the largest accepted sizes, in the formats that need most memory."""
    exif = Image.Exif()
    exif[0x0112] = 6
    blocks = samples.noise((500, 400))
    webp = blocks.resize((5000, 4000), Image.Resampling.NEAREST).convert("RGBA")
    plain = Image.new("RGBA", (8000, 5000), (10, 20, 30, 40))
    made = [
        ("picture", samples.encoded(plain, "PNG", exif=exif)),
        ("picture", samples.encoded(plain.convert("CMYK"), "JPEG", exif=exif)),
        ("picture", samples.encoded(webp, "WEBP", lossless=True, method=0, exif=exif.tobytes())),
    ]
    made += [("video", large_films.body(name)) for name in ("8k-h264.mp4", "4k-av1.mp4")]
    return made


def mutated(body: bytes, other: bytes, chance: random.Random) -> bytes:
    """Apply one or two of six mutations, more often at the start of the file."""
    changed = bytearray(body)
    for _ in range(chance.choice((1, 1, 2))):
        _ = chance.choice((_flip, _number, _cut, _repeat, _splice, _insert))(changed, other, chance)
    return bytes(changed)


def _place(body: bytearray, chance: random.Random) -> int:
    reach = min(len(body), 1200) if chance.random() < 0.6 else len(body)
    return chance.randrange(max(1, reach))


def _flip(body: bytearray, other: bytes, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 4, 30))):
        if body:
            body[_place(body, chance)] = chance.randrange(256)


def _number(body: bytearray, other: bytes, chance: random.Random) -> None:
    place = _place(body, chance)
    order = chance.choice("<>")
    body[place : place + 4] = struct.pack(f"{order}I", chance.choice(WILD_NUMBERS))


def _cut(body: bytearray, other: bytes, chance: random.Random) -> None:
    del body[_place(body, chance) :]


def _repeat(body: bytearray, other: bytes, chance: random.Random) -> None:
    place = _place(body, chance)
    body[place:place] = body[place : place + chance.randrange(2000)] * chance.choice((1, 3, 50))


def _splice(body: bytearray, other: bytes, chance: random.Random) -> None:
    place = _place(body, chance)
    body[place:] = other[chance.randrange(max(1, len(other))) :]


def _insert(body: bytearray, other: bytes, chance: random.Random) -> None:
    place = _place(body, chance)
    body[place:place] = chance.randbytes(chance.choice((1, 4, 300)))
