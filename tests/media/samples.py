"""Pictures and videos for the tests, made by code."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.stream import VideoStream
from PIL import Image


def picture(size: tuple[int, int] = (64, 48), mode: str = "RGB", *, seed: int = 1) -> Image.Image:
    """A picture with colours in it: gradients and a square, different for each seed."""
    x = np.linspace(0, 255, size[0], dtype=np.uint8)[None, :].repeat(size[1], 0)
    y = np.linspace(0, 255, size[1], dtype=np.uint8)[:, None].repeat(size[0], 1)
    pixels = np.stack([x, y, np.full_like(x, seed * 37 % 256)], axis=2)
    pixels[: size[1] // 3, : size[0] // 3] = (200, 30, 30)
    return Image.fromarray(pixels).convert(mode)


def noise(size: tuple[int, int], *, seed: int = 1) -> Image.Image:
    """Noise, the hardest input for an encoder."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The bytes of a picture as a file."""
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


@contextmanager
def written(
    path: Path, container: str, muxer: dict[str, str] | None
) -> Iterator[av.container.OutputContainer]:
    """An open film to write frames into.

    SVT-AV1, as root, makes the thread that calls it a real-time one. A browser that is started from
    it is one too, and starves everything else on the machine: the thread is made ordinary again.
    """
    with av.open(str(path), "w", format=container, options=muxer or {}) as output:
        yield output
    if sys.platform == "linux" and os.sched_getscheduler(0) != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def video(
    path: Path,
    *,
    size: tuple[int, int] = (320, 180),
    frames: int = 24,
    rate: int = 24,
    sound: bool = False,
    container: str = "mp4",
    codec: str = "libx264",
    wild: bool = False,
    options: dict[str, str] | None = None,
    muxer: dict[str, str] | None = None,
    pix_fmt: str = "yuv420p",
) -> Path:
    """A short film with a moving bright square; `wild` fills it with noise."""
    with written(path, container, muxer) as output:
        stream = cast("VideoStream", output.add_stream(codec, rate=rate, options=options or {}))
        stream.width, stream.height = size
        stream.pix_fmt = pix_fmt
        track = output.add_stream("aac", rate=44100) if sound else None
        for number in range(frames):
            image = noise(size, seed=number) if wild else picture(size, seed=2)
            image.paste((250, 250, 90), (number, 10, number + 20, 30))
            frame = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call]
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
        if track is not None:
            tone(output, track, frames / rate)
    return path


def tone(output: av.container.OutputContainer, track: av.AudioStream, seconds: float) -> None:
    wave = np.sin(np.arange(int(44100 * seconds)) / 20)
    frame = AudioFrame(format="s16", layout="mono", samples=len(wave))
    frame.planes[0].update((wave * 9000).astype(np.int16).tobytes())
    frame.sample_rate = 44100
    frame.time_base = Fraction(1, 44100)
    frame.pts = 0
    output.mux(track.encode(frame))
    output.mux(track.encode(None))
