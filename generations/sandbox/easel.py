"""The process that renders: one order per line on stdin, one result per line on stdout.

Run by `renderer.Renderer` as `python -m generations.sandbox.easel PARENT_PID`. It is the only
part of the sandbox that imports Pillow, PyAV and NumPy, and decodes what strangers sent, so it
can be killed and started again at any time. It ends with its parent: by the signal that Linux
sends at the parent's death, elsewhere at the end of its stdin.
"""

from __future__ import annotations

import ctypes
import json
import os
import queue
import resource
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from av.error import FFmpegError
from PIL import Image

from generations.sandbox.scenes import (
    Geometry,
    ImageOrder,
    Probe,
    VideoOrder,
    add_audio,
    first_frame,
    last_frame,
    modify_video,
    probe,
    reframe_image,
    reframe_video,
    render_image,
    render_video,
    upscale_video,
)

from .fetching import Unreadable

MAX_PEAK_BYTES = 200 * 1024 * 1024
"""A process that held more is replaced: what a 4k video leaves scattered never comes back whole,
and the next one would need as much again (measured: 342 MB fresh, 528 MB after three others)."""

MAX_INPUT_PIXELS = 40_000_000
MAX_SOURCE_PIXELS = 4096 * 2304
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_PR_SET_PDEATHSIG = 1

Result = dict[str, Any]


class Table:
    """The inputs of one order, by the name that the order gives them, and where output goes."""

    def __init__(self, order: dict[str, Any], inputs: Path, output: Path) -> None:
        self.order = order
        self.output = output
        self._inputs = [(each, inputs / str(i)) for i, each in enumerate(order.get("inputs", []))]

    @property
    def size(self) -> tuple[int, int]:
        """Pixels of the output."""
        width, height = self.order["size"]
        return width, height

    @property
    def geometry(self) -> Geometry | None:
        """Where the source lies in a reframed canvas."""
        given = self.order["geometry"]
        return Geometry(**given) if given else None

    def source(self) -> Path:
        """The source video, checked: it decodes and is not longer than the model takes."""
        [path] = [path for each, path in self._inputs if each["name"] == "source"]
        _check_container(path)
        seen = _probed(path)
        seconds = float(seen.seconds)
        if seen.width * seen.height > MAX_SOURCE_PIXELS:
            raise Unreadable(f"{seen.width} x {seen.height} is larger than 4k")
        limit = self.order.get("max_seconds")
        if limit is not None and seconds > limit + 0.1:
            raise Unreadable(f"the video is {seconds:.1f} s long, at most {limit} s are allowed")
        return path

    def pictures(self, name: str) -> list[tuple[Image.Image, float]]:
        """The images of that name with their weights; a video gives its first or last frame."""
        return [
            (_picture(each, path), each.get("weight", 1.0))
            for each, path in self._inputs
            if each["name"] == name
        ]

    def picture(self, name: str) -> Image.Image | None:
        """The one image of that name, or None."""
        found = self.pictures(name)
        return found[0][0] if found else None

    def video_files(self) -> dict[str, Path]:
        """Where a video and its thumbnail go."""
        return {"video": self.output / "video.mp4", "thumbnail": self.output / "thumbnail.jpg"}


def _spoken(table: Table) -> str:
    """The prompt as the scenes hear it: words that mean nothing make a further take another."""
    return " ".join([str(table.order["prompt"]), *["anew"] * int(table.order.get("take", 0))])


def _video(table: Table) -> None:
    order = VideoOrder(
        prompt=_spoken(table),
        size=table.size,
        seconds=table.order["seconds"],
        loop=table.order["loop"],
        concepts=tuple(table.order["concepts"]),
        start=table.picture("start"),
        end=table.picture("end"),
    )
    render_video(order, **table.video_files())


def _image(table: Table) -> None:
    modified = table.pictures("modify_image_ref")
    order = ImageOrder(
        prompt=_spoken(table),
        size=table.size,
        image_refs=tuple(table.pictures("image_ref")),
        style_refs=tuple(table.pictures("style_ref")),
        character_images=tuple(image for image, _ in table.pictures("character")),
        modify=modified[0] if modified else None,
    )
    render_image(order, _image_file(table))


def _reframed_image(table: Table) -> None:
    source = table.picture("source")
    if source is None:
        raise Unreadable
    reframe_image(
        source,
        size=table.size,
        geometry=table.geometry,
        prompt=table.order["prompt"],
        image=_image_file(table),
    )


def _reframed_video(table: Table) -> None:
    reframe_video(
        table.source(),
        size=table.size,
        geometry=table.geometry,
        prompt=table.order["prompt"],
        first_frame=table.picture("first_frame"),
        **table.video_files(),
    )


def _modified_video(table: Table) -> None:
    modify_video(
        table.source(),
        prompt=table.order["prompt"],
        mode=table.order["mode"],
        first_frame=table.picture("first_frame"),
        **table.video_files(),
    )


def _upscaled_video(table: Table) -> None:
    upscale_video(table.source(), size=table.size, **table.video_files())


def _sounding_video(table: Table) -> None:
    add_audio(
        table.source(),
        prompt=table.order["prompt"],
        negative_prompt=table.order["negative_prompt"],
        **table.video_files(),
    )


_MAKERS = {
    "video": _video,
    "image": _image,
    "reframed_image": _reframed_image,
    "reframed_video": _reframed_video,
    "modified_video": _modified_video,
    "upscaled_video": _upscaled_video,
    "sounding_video": _sounding_video,
}


def make(order: dict[str, Any], inputs: Path, output: Path) -> Result:
    """Render one order into the directory `output`; returns its files, seconds and size.

    {"reason": ...} when an input cannot be read. Anything else that goes wrong raises, which
    ends this process; its parent starts another.
    """
    try:
        _MAKERS[order["make"]](Table(order, inputs, output))
    except Unreadable as error:
        return {"reason": str(error)}
    except FFmpegError:
        # A source that breaks off in the middle shows itself only while it is being read.
        if not order["inputs"]:
            raise
        return {"reason": str(Unreadable())}
    video = output / "video.mp4"
    if not video.exists():
        with Image.open(_only_image(output)) as image:
            return {"files": {"image": _only_image(output).name}, "seconds": 0, "size": image.size}
    seen = probe(video)
    files = {"video": video.name, "image": "thumbnail.jpg"}
    return {"files": files, "seconds": seen.seconds, "size": (seen.width, seen.height)}


def _image_file(table: Table) -> Path:
    return table.output / f"image.{table.order['format']}"


def _only_image(output: Path) -> Path:
    [image] = output.glob("image.*")
    return image


def _check_container(path: Path) -> None:
    """MP4, MOV, Matroska or WebM by its first bytes.

    Anything else never reaches FFmpeg, whose playlist formats would open further files.
    """
    with path.open("rb") as file:
        start = file.read(12)
    if start[4:8] != b"ftyp" and start[:4] != b"\x1a\x45\xdf\xa3":
        raise Unreadable


def _probed(path: Path) -> Probe:
    try:
        return probe(path)
    except (FFmpegError, ValueError, IndexError, EOFError, StopIteration):
        raise Unreadable from None


def _picture(each: dict[str, Any], path: Path) -> Image.Image:
    if each["kind"] == "image":
        return _decoded(path)
    try:
        return first_frame(path) if each["take"] == "first" else last_frame(path)
    except (FFmpegError, ValueError, IndexError, EOFError, StopIteration):
        raise Unreadable from None


def _decoded(path: Path) -> Image.Image:
    try:
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > MAX_INPUT_PIXELS:
                raise Unreadable(f"more than {MAX_INPUT_PIXELS // 1_000_000} megapixels")
            image.draft("RGB", (4096, 4096))
            return image.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Unreadable from None


def _end_with_parent(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _peak_bytes() -> int:
    """The most memory that this process ever held; macOS counts bytes, Linux kilobytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _listen(orders: queue.SimpleQueue[str]) -> None:
    """Pass on orders as they come; at the end of stdin the parent is gone, and so are we."""
    for line in sys.stdin:
        orders.put(line)
    os._exit(0)


def main() -> None:
    """Render what stdin asks for until it ends."""
    _end_with_parent(int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    orders: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    while True:
        asked = json.loads(orders.get())
        result = make(asked["order"], Path(asked["inputs"]), Path(asked["output"]))
        answers.write(json.dumps(result | {"spent": _peak_bytes() > MAX_PEAK_BYTES}) + "\n")


if __name__ == "__main__":
    main()
