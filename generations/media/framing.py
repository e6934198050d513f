"""The program that extracts frames from a video, in a process with limits.

`python -m generations.media.framing --picture INPUT OUTPUT POSTER MILLISECONDS` writes one frame in
full size and its poster. `--strip INPUT FOLDER MILLISECONDS…` writes thumbnails named
`<milliseconds>.webp` into a folder. Prints one JSON object: {"refused": code} or {"frames": n}.
"""

import io
import json
import os
import sys
from pathlib import Path

from generations.media import footage
from generations.media.footage import Unreadable, upright
from generations.media.posters import fitted, poster_of
from generations.media.process_limits import limit_process
from generations.media.reencode import write_clean
from generations.media.refusals import Refused

THUMBNAIL_WIDTH = 320  # pixels
THUMBNAIL_QUALITY = 70

Output = dict[str, object]


def picture(source: Path, target: Path, poster: Path, milliseconds: int) -> Output:
    """Write the frame at a time: a PNG up to 6 million pixels, otherwise a JPEG; ≤ 10 MB."""
    with footage.open_footage(source) as film:
        image = upright(film.frame_at(milliseconds))
    if not write_clean(image, target, lossless=True):
        raise Refused("complex")
    poster.write_bytes(poster_of(image))
    return {"frames": 1}


def strip(source: Path, folder: Path, moments: list[int]) -> Output:
    """Write a WebP of at most 320 pixels a side for each time. Every named file is complete."""
    with footage.open_footage(source) as film:
        for moment in moments:
            frame = film.frame_at(moment)
            size = fitted((frame.width, frame.height), THUMBNAIL_WIDTH, THUMBNAIL_WIDTH)
            body = io.BytesIO()
            upright(frame, size).save(body, "WEBP", quality=THUMBNAIL_QUALITY, method=2)
            part = folder / f".part-{os.getpid()}"
            part.write_bytes(body.getvalue())
            part.replace(folder / f"{moment}.webp")
    return {"frames": len(moments)}


def main(arguments: list[str]) -> Output:
    """Run the program; return what it prints."""
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
    limit_process()
    print(json.dumps(main(sys.argv[1:])))  # noqa: T201 (its output for the parent)
