"""P15: the time of a poster, compared with encoding the same clip."""

import statistics
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from bench.rows import Rows, at_most

FRAMES = 120
WIDTH, HEIGHT = 1280, 720


def posters() -> Rows:
    """Rows of P15, and of a video that the sandbox renders."""
    from generations.media.derivatives import make_poster

    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        encode = _seconds(lambda: _encode(clip), 2)
        poster = _seconds(lambda: make_poster(clip, "video"), 5)
    note = f"poster {poster * 1000:.0f} ms, encode {encode * 1000:.0f} ms"
    yield at_most(
        "P15 poster ÷ veryfast encode of a 5 s 720p clip",
        poster / encode,
        1 / 25,
        "times",
        note=note,
    )
    yield at_most("a 5 s 720p video at the sandbox, of one core", _rendered(), 3, "s")


def _rendered() -> float:
    """Return the processor seconds that a 5 s 720p video of the sandbox takes."""
    from generations.sandbox.scenes import VideoSpec, render_video

    spec = VideoSpec("ocean waves at sunset", (WIDTH, HEIGHT), 5, concepts=("push_in",))
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        render_video(spec, Path(folder) / "v.mp4", Path(folder) / "t.jpg")
        return time.process_time() - began


def _seconds(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.monotonic()
        work()
        taken.append(time.monotonic() - began)
    return statistics.median(taken)


def _encode(target: Path) -> None:
    """Encode five seconds of a moving gradient with grain, which does not compress too easily."""
    chance = np.random.default_rng(7)
    grain = chance.integers(0, 24, (HEIGHT, WIDTH * 2, 3), dtype=np.uint8)
    slope = np.linspace(0, 200, WIDTH, dtype=np.uint8)[None, :, None]
    with av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(24), options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(FRAMES):
            shift = number * 8
            picture = np.roll(slope, shift, axis=1) + grain[:, shift : shift + WIDTH]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
