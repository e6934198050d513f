"""The program that checks and measures an uploaded video, in a process with limits.

`python -m generations.media.probing INPUT POSTER [PREVIEW]` checks the structure of INPUT, measures
it, writes a poster, and prints one JSON object: {"refused": code} or the measures. Then it may
write a preview and print {"preview": true}. It imports no Django; a hostile file can at worst end
this process. `--picture INPUT` decodes a picture and prints its measures.
"""

import json
import sys
import warnings
from pathlib import Path

from generations.media import derivatives, footage, structure
from generations.media.footage import Footage, TooManyPixels, Unreadable
from generations.media.limits import MAX_SECONDS, MAX_SIDE, MIN_SIDE
from generations.media.process_limits import allow_cpu_seconds, limit_process
from generations.media.reencode import decode
from generations.media.refusals import Refused
from generations.media.sniffing import HEAD_BYTES, foreign, sniff

PREVIEW_CPU_SECONDS = 22
MAX_FRAMES = 1_000_000
MAX_RATE = 1000  # frames a second; more means that the timestamps are wrong
# The most pixels to decode for a preview: half a minute of 1080p, measured 2 s for plain pictures
# and up to 6 s for detailed ones. A longer video has no preview, because somebody is waiting.
PREVIEW_PIXELS = 1_500_000_000

Output = dict[str, object]


def main(source: Path, poster: Path) -> Output:
    """Check and measure a video and write its poster; return what the program prints."""
    try:
        return _probe(source, poster)
    except Refused as refusal:
        return {"refused": str(refusal)}
    except TooManyPixels:
        return {"refused": "sides"}
    except Unreadable:
        return {"refused": "video_damaged"}
    except MemoryError:
        return {"refused": "complex"}


def probe_picture(source: Path) -> Output:
    """Decode a picture; return its size, or why it is refused."""
    try:
        with warnings.catch_warnings(action="ignore"):
            picture, _ = decode(source)
    except Refused as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": "complex"}
    return {"width": picture.width, "height": picture.height}


def preview(source: Path, target: Path) -> Output | None:
    """Write a preview if that takes only seconds; return None if none was written."""
    try:
        with footage.open_footage(source) as film:
            rate = min(film.stream.average_rate or 24, 240)
            seconds = min(film.seconds or derivatives.PREVIEW_SECONDS, derivatives.PREVIEW_SECONDS)
            pixels = film.stream.width * film.stream.height * rate * seconds
        if pixels > PREVIEW_PIXELS:
            return None
        derivatives.make_preview(source, target)
    except (Unreadable, MemoryError):
        return None
    return {"preview": True}


def _probe(source: Path, poster: Path) -> Output:
    with source.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    kind = sniff(head)
    if kind is None or kind.media != "video":
        recognised = kind or foreign(head) or head[4:8] == b"ftyp"
        raise Refused("video_type" if recognised else "unknown")
    structure.check(source, kind)
    with footage.open_footage(source) as film:
        _check_sides(film.stream.width, film.stream.height)
        milliseconds, rate = _length(film)
    with footage.open_footage(source) as film:
        frame = derivatives.first_frame(film)
        _check_sides(frame.width, frame.height)
        poster.write_bytes(derivatives.poster_of_frame(frame))
        sides = (film.stream.width, film.stream.height)
        width, height = sides[::-1] if footage.rotation_of(frame) in (90, 270) else sides
        return {
            "width": width,
            "height": height,
            "milliseconds": milliseconds,
            "rate": rate,
            "has_audio": bool(film.container.streams.audio),
            "codec": film.stream.codec_context.codec.canonical_name,
        }


def _check_sides(*sides: int) -> None:
    if min(sides) < MIN_SIDE or max(sides) > MAX_SIDE:
        raise Refused("sides")


def _length(film: Footage) -> tuple[int, float | None]:
    """Return the real length in milliseconds and the frames a second, counted from the packets."""
    seconds, frames = footage.length_of(film, MAX_FRAMES)
    if not frames:
        raise Refused("incomplete")
    if seconds > MAX_SECONDS:
        raise Refused("too_long")
    if seconds * MAX_RATE < frames:
        raise Refused("no_length")
    return round(seconds * 1000), float(frames / seconds) if seconds else None


if __name__ == "__main__":
    if sys.argv[1] == "--picture":
        limit_process()
        print(json.dumps(probe_picture(Path(sys.argv[2]))))  # noqa: T201 (its output)
    else:
        limit_process(at_most=PREVIEW_CPU_SECONDS)
        found = main(*map(Path, sys.argv[1:3]))
        print(json.dumps(found), flush=True)  # noqa: T201 (its output)
        if "refused" not in found and len(sys.argv) > 3:
            allow_cpu_seconds(PREVIEW_CPU_SECONDS)
            more = preview(Path(sys.argv[1]), Path(sys.argv[3]))
            print(json.dumps(more or {"preview": False}))  # noqa: T201 (its output)
