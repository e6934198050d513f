"""The program that takes frames out of a video, in a process with limits.

`python -m generations.media.framing --picture INPUT OUTPUT POSTER MILLISECONDS` writes one frame in
full size and its poster. `--strip INPUT FOLDER MILLISECONDS…` writes small pictures named
`<milliseconds>.webp` into a folder. Prints one JSON object: {"refused": code} or {"frames": n}.
"""

import io
import json
import os
import sys
from pathlib import Path

from generations.media import footage
from generations.media.footage import Unreadable, upright
from generations.media.limits import limit
from generations.media.posters import fitted, poster_of
from generations.media.reencode import write_clean
from generations.media.refusals import Refused

THUMBNAIL_WIDTH = 320  # pixels
THUMBNAIL_QUALITY = 70

Answer = dict[str, object]


def picture(source: Path, target: Path, poster: Path, milliseconds: int) -> Answer:
    """Write the frame of that moment: a PNG up to 6 million pixels, else a JPEG; ≤ 10 MB."""
    with footage.opened(source) as film:
        image = upright(film.frame_at(milliseconds))
    if not write_clean(image, target, lossless=True):
        raise Refused("complex")
    poster.write_bytes(poster_of(image))
    return {"frames": 1}


def strip(source: Path, folder: Path, moments: list[int]) -> Answer:
    """Write a WebP of at most 320 pixels a side for each moment; a name that exists is whole."""
    with footage.opened(source) as film:
        for moment in moments:
            frame = film.frame_at(moment)
            size = fitted((frame.width, frame.height), THUMBNAIL_WIDTH, THUMBNAIL_WIDTH)
            body = io.BytesIO()
            upright(frame, size).save(body, "WEBP", quality=THUMBNAIL_QUALITY, method=2)
            part = folder / f".part-{os.getpid()}"
            part.write_bytes(body.getvalue())
            part.replace(folder / f"{moment}.webp")
    return {"frames": len(moments)}


def main(arguments: list[str]) -> Answer:
    """Do what the arguments ask for, or say why not."""
    source, target = map(Path, arguments[1:3])
    try:
        if arguments[0] == "--picture":
            return picture(source, target, Path(arguments[3]), int(arguments[4]))
        return strip(source, target, [int(each) for each in arguments[3:]])
    except Refused as refusal:
        return {"refused": str(refusal)}
    except Unreadable:
        return {"refused": "video_damaged"}
    except MemoryError:
        return {"refused": "complex"}


if __name__ == "__main__":
    limit()
    print(json.dumps(main(sys.argv[1:])))  # noqa: T201 (its answer to the parent)
