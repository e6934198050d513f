"""The process that renders: reads one specification per line, writes one result per line.

`renderer.Renderer` runs it as `python -m generations.sandbox.rendering_process PARENT_PID`. It is
the only part of the sandbox that imports Pillow, PyAV and NumPy and decodes files of strangers, so
it can be killed and started again at any time. It ends with its parent: on Linux by a signal at
the parent's death, elsewhere at the end of its stdin.
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
    ImageSpec,
    Probe,
    VideoSpec,
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
"""A process that held more is replaced: the memory of a 4k video stays fragmented, and the next one
needs as much again (measured: 342 MB in a new process, 528 MB after three others)."""

MAX_INPUT_PIXELS = 40_000_000
MAX_SOURCE_PIXELS = 4096 * 2304
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_PR_SET_PDEATHSIG = 1

RenderResult = dict[str, Any]


class Rendering:
    """One generation to render: its specification, its inputs by name, its output directory."""

    def __init__(self, spec: dict[str, Any], inputs: Path, output: Path) -> None:
        self.spec = spec
        self.output = output
        self._inputs = [(each, inputs / str(i)) for i, each in enumerate(spec.get("inputs", []))]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the output in pixels."""
        width, height = self.spec["size"]
        return width, height

    @property
    def geometry(self) -> Geometry | None:
        """The place of the source on the canvas of a reframe."""
        given = self.spec["geometry"]
        return Geometry(**given) if given else None

    def source(self) -> Path:
        """Return the source video. Raises Unreadable if it is damaged, too long or too large."""
        [path] = [path for each, path in self._inputs if each["name"] == "source"]
        _check_container(path)
        seen = _probed(path)
        seconds = float(seen.seconds)
        if seen.width * seen.height > MAX_SOURCE_PIXELS:
            raise Unreadable(f"{seen.width} x {seen.height} is larger than 4k")
        limit = self.spec.get("max_seconds")
        if limit is not None and seconds > limit + 0.1:
            raise Unreadable(f"the video is {seconds:.1f} s long, at most {limit} s are allowed")
        return path

    def pictures(self, name: str) -> list[tuple[Image.Image, float]]:
        """Return the images of that name, weighted; of a video, its first or last frame."""
        return [
            (_picture(each, path), each.get("weight", 1.0))
            for each, path in self._inputs
            if each["name"] == name
        ]

    def picture(self, name: str) -> Image.Image | None:
        """Return the first image of that name, or None."""
        found = self.pictures(name)
        return found[0][0] if found else None

    def video_files(self) -> dict[str, Path]:
        """Return the files to write a video and its thumbnail to."""
        return {"video": self.output / "video.mp4", "thumbnail": self.output / "thumbnail.jpg"}


def _prompt_of(rendering: Rendering) -> str:
    """Return the prompt, with a word added per earlier take, so that each take looks different."""
    return " ".join([str(rendering.spec["prompt"]), *["anew"] * int(rendering.spec.get("take", 0))])


def _video(rendering: Rendering) -> None:
    spec = VideoSpec(
        prompt=_prompt_of(rendering),
        size=rendering.size,
        seconds=rendering.spec["seconds"],
        loop=rendering.spec["loop"],
        concepts=tuple(rendering.spec["concepts"]),
        start=rendering.picture("start"),
        end=rendering.picture("end"),
    )
    render_video(spec, **rendering.video_files())


def _image(rendering: Rendering) -> None:
    modified = rendering.pictures("modify_image_ref")
    spec = ImageSpec(
        prompt=_prompt_of(rendering),
        size=rendering.size,
        image_refs=tuple(rendering.pictures("image_ref")),
        style_refs=tuple(rendering.pictures("style_ref")),
        character_images=tuple(image for image, _ in rendering.pictures("character")),
        modify=modified[0] if modified else None,
    )
    render_image(spec, _image_file(rendering))


def _reframed_image(rendering: Rendering) -> None:
    source = rendering.picture("source")
    if source is None:
        raise Unreadable
    reframe_image(
        source,
        size=rendering.size,
        geometry=rendering.geometry,
        prompt=rendering.spec["prompt"],
        image=_image_file(rendering),
    )


def _reframed_video(rendering: Rendering) -> None:
    reframe_video(
        rendering.source(),
        size=rendering.size,
        geometry=rendering.geometry,
        prompt=rendering.spec["prompt"],
        first_frame=rendering.picture("first_frame"),
        **rendering.video_files(),
    )


def _modified_video(rendering: Rendering) -> None:
    modify_video(
        rendering.source(),
        prompt=rendering.spec["prompt"],
        mode=rendering.spec["mode"],
        first_frame=rendering.picture("first_frame"),
        **rendering.video_files(),
    )


def _upscaled_video(rendering: Rendering) -> None:
    upscale_video(rendering.source(), size=rendering.size, **rendering.video_files())


def _sounding_video(rendering: Rendering) -> None:
    add_audio(
        rendering.source(),
        prompt=rendering.spec["prompt"],
        negative_prompt=rendering.spec["negative_prompt"],
        **rendering.video_files(),
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


def make(spec: dict[str, Any], inputs: Path, output: Path) -> RenderResult:
    """Render into the directory `output`; return the names of the files, seconds and size.

    Returns {"reason": ...} when an input cannot be read. Any other error is raised and ends this
    process; its parent starts another.
    """
    try:
        _MAKERS[spec["make"]](Rendering(spec, inputs, output))
    except Unreadable as error:
        return {"reason": str(error)}
    except FFmpegError:
        # A source that is cut off in the middle fails only while it is being read.
        if not spec["inputs"]:
            raise
        return {"reason": str(Unreadable())}
    video = output / "video.mp4"
    if not video.exists():
        with Image.open(_only_image(output)) as image:
            return {"files": {"image": _only_image(output).name}, "seconds": 0, "size": image.size}
    seen = probe(video)
    files = {"video": video.name, "image": "thumbnail.jpg"}
    return {"files": files, "seconds": seen.seconds, "size": (seen.width, seen.height)}


def _image_file(rendering: Rendering) -> Path:
    return rendering.output / f"image.{rendering.spec['format']}"


def _only_image(output: Path) -> Path:
    [image] = output.glob("image.*")
    return image


def _check_container(path: Path) -> None:
    """Raise Unreadable unless the first bytes are those of MP4, MOV, Matroska or WebM.

    Nothing else may reach FFmpeg: its playlist formats would open further files.
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
    """Return the peak memory of this process. macOS counts in bytes, Linux in kilobytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _read_lines(lines: queue.SimpleQueue[str]) -> None:
    """Put the lines of stdin into the queue. Ends the process with stdin: the parent is gone."""
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


def main() -> None:
    """Render the specifications from stdin until it ends."""
    _end_with_parent(int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read_lines, args=(lines,), daemon=True).start()
    while True:
        asked = json.loads(lines.get())
        result = make(asked["spec"], Path(asked["inputs"]), Path(asked["output"]))
        answers.write(json.dumps(result | {"replace": _peak_bytes() > MAX_PEAK_BYTES}) + "\n")


if __name__ == "__main__":
    main()
