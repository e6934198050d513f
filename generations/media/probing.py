"""The program that looks at a video from outside, in a process with limits.

`python -m generations.media.probing INPUT POSTER [PREVIEW]` checks the structure of INPUT, measures
it, writes a poster, and prints one JSON object: {"refused": code} or the measures. Then it tries a
preview and, if there is one, prints {"preview": true}. No Django here: a hostile file ends this
process at worst. `--picture INPUT` decodes a picture and prints its measures.
"""

import json
import sys
import warnings
from pathlib import Path

from generations.media import derivatives, footage, structure
from generations.media.footage import Footage, TooManyPixels, Unreadable
from generations.media.limits import allow, limit
from generations.media.reencode import MAX_SIDE, MIN_SIDE, decode
from generations.media.refusals import Refused
from generations.media.sniffing import HEAD_BYTES, foreign, sniff

PREVIEW_CPU_SECONDS = 22
MAX_FRAMES = 1_000_000
MAX_RATE = 1000  # frames a second; beyond, the times are no times
# Pixels decoded for a preview: half a minute of 1080p, measured 2 s for plain pictures and up to
# 6 s for wild ones. What has more plays as it came, for somebody is waiting.
PREVIEW_WORK = 1_500_000_000

Answer = dict[str, object]


def main(source: Path, poster: Path) -> Answer:
    """Check and measure one video and write its poster, or say why not."""
    try:
        return _look(source, poster)
    except Refused as refusal:
        return {"refused": str(refusal)}
    except TooManyPixels:
        return {"refused": "sides"}
    except Unreadable:
        return {"refused": "video_damaged"}
    except MemoryError:
        return {"refused": "complex"}


def look_at_picture(source: Path) -> Answer:
    """Decode one picture and say how large it is, or why not."""
    try:
        with warnings.catch_warnings(action="ignore"):
            picture, _ = decode(source)
    except Refused as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": "complex"}
    return {"width": picture.width, "height": picture.height}


def preview(source: Path, target: Path) -> Answer | None:
    """Make a preview where that is soon done; None where there is none."""
    try:
        with footage.opened(source) as film:
            rate = min(film.stream.average_rate or 24, 240)
            seconds = min(film.seconds or derivatives.PREVIEW_SECONDS, derivatives.PREVIEW_SECONDS)
            work = film.stream.width * film.stream.height * rate * seconds
        if work > PREVIEW_WORK:
            return None
        derivatives.make_preview(source, target)
    except (Unreadable, MemoryError):
        return None
    return {"preview": True}


def _look(source: Path, poster: Path) -> Answer:
    with source.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    kind = sniff(head)
    if kind is None or kind.media != "video":
        known = kind or foreign(head) or head[4:8] == b"ftyp"
        raise Refused("video_type" if known else "unknown")
    structure.check(source, kind)
    with footage.opened(source) as film:
        _check_sides(film.stream.width, film.stream.height)
        milliseconds, rate = _length(film)
    with footage.opened(source) as film:
        frame = derivatives.first_frame(film)
        _check_sides(frame.width, frame.height)
        poster.write_bytes(derivatives.poster_of_frame(frame))
        sides = (film.stream.width, film.stream.height)
        width, height = sides[::-1] if footage.turn_of(frame) in (90, 270) else sides
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
    """The real length and the frames a second, whatever the file's headers say of them."""
    seconds, frames = footage.length_of(film, MAX_FRAMES)
    if not frames:
        raise Refused("incomplete")
    if seconds > footage.MAX_SECONDS:
        raise Refused("too_long")
    if seconds * MAX_RATE < frames:
        raise Refused("no_length")
    return round(seconds * 1000), float(frames / seconds) if seconds else None


if __name__ == "__main__":
    if sys.argv[1] == "--picture":
        limit()
        print(json.dumps(look_at_picture(Path(sys.argv[2]))))  # noqa: T201 (its answer)
    else:
        limit(at_most=PREVIEW_CPU_SECONDS)
        found = main(*map(Path, sys.argv[1:3]))
        print(json.dumps(found), flush=True)  # noqa: T201 (its answer)
        if "refused" not in found and len(sys.argv) > 3:
            allow(PREVIEW_CPU_SECONDS)
            more = preview(Path(sys.argv[1]), Path(sys.argv[3]))
            print(json.dumps(more or {"preview": False}))  # noqa: T201 (its answer)
