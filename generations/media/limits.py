"""The limits of uploads, and the sentences that name them. Imports no Django."""

from typing import Final

from generations.media.sniffing import Media

UPLOAD_BYTES: Final[dict[Media, int]] = {"image": 20_000_000, "video": 100_000_000}
REQUEST_BYTES: Final = 2 * UPLOAD_BYTES["video"] + 10_000_000
"""Two videos, or ten pictures, and the form around them: the most that one form offers."""

MIN_SIDE, MAX_SIDE = 16, 8192  # pixels
MAX_PIXELS = 40_000_000  # 160 MB when decoded; an 8K frame has 33 million
MAX_ANIMATED_PIXELS = 20_000_000  # of a WebP with several frames
MAX_SECONDS = 3600
MAX_TRACKS = 64

_MEGABYTES = {media: size // 1_000_000 for media, size in UPLOAD_BYTES.items()}

TOO_LARGE: Final[dict[Media, str]] = {
    "image": f"Images up to {_MEGABYTES['image']} MB.",
    "video": f"Videos up to {_MEGABYTES['video']} MB.",
}
REQUEST_TOO_LARGE: Final = (
    "Too large. Nothing was charged. Shorten the text, or choose a picture up to "
    f"{_MEGABYTES['image']} MB or a video up to {_MEGABYTES['video']} MB."
)
SIDES: Final = f"Each side {MIN_SIDE}–{MAX_SIDE}"  # noqa: RUF001
PIXELS: Final = f"Too many pixels. {SIDES}, at most {MAX_PIXELS // 1_000_000} million in all."
ANIMATED_PIXELS: Final = (
    f"Too many pixels. A WebP that moves may have {MAX_ANIMATED_PIXELS // 1_000_000} million, "
    f"others {MAX_PIXELS // 1_000_000} million."
)
TOO_LONG: Final = f"Videos up to {MAX_SECONDS // 60} minutes."
TOO_MANY_TRACKS: Final = f"The video has more than {MAX_TRACKS} tracks."
