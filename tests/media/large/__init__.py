"""Films with frames of the largest sizes, kept as files: encoding an 8K frame takes seconds and
hundreds of MB, and now and then an encoder gives up on it. `python -m tests.media.large` makes
them anew."""

from pathlib import Path

FOLDER = Path(__file__).parent
FILMS = {
    "8k-h264.mp4": ("libx264", (7680, 4320), {"preset": "veryfast"}),
    "4k-hevc.mp4": ("libx265", (3840, 2160), {"preset": "fast", "x265-params": "log-level=none"}),
    "4k-av1.mp4": ("libsvtav1", (3840, 2160), {"preset": "8"}),
}
"""Name: codec, pixels, and what the encoder was told. Each has three frames."""


def body(name: str) -> bytes:
    """The bytes of one of them."""
    return (FOLDER / name).read_bytes()
