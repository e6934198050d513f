"""Sound: a track that follows from a prompt, laid under the pictures of a video."""

from pathlib import Path

import av
import numpy as np

from .film import first_frame, probe, save_thumbnail
from .noise import Floats
from .setting import seed_of

RATE = 44_100


def add_audio(
    source: Path, *, prompt: str, negative_prompt: str | None, video: Path, thumbnail: Path
) -> None:
    """Write the source's pictures, unchanged, with an AAC track of the same length."""
    samples = synthesised(prompt, negative_prompt or "", probe(source).seconds)
    with (
        av.open(str(source)) as pictures,
        av.open(str(video), "w", format="mp4", options={"movflags": "+faststart"}) as output,
    ):
        shown = pictures.streams.video[0]
        copied = output.add_stream_from_template(shown)
        heard = output.add_stream("aac", rate=RATE, layout="stereo")
        for packet in pictures.demux(shown):
            if packet.dts is not None:
                packet.stream = copied
                output.mux(packet)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
        frame.sample_rate = RATE
        frame.pts = 0
        output.mux(heard.encode(frame))
        output.mux(heard.encode())
    save_thumbnail(first_frame(source), thumbnail)


def synthesised(prompt: str, negative_prompt: str, seconds: float) -> Floats:
    """Samples of -1 to 1, shaped (2, samples)."""
    random = np.random.default_rng(seed_of(prompt))
    count = round(seconds * RATE)
    wash = np.cumsum(random.normal(0, 1, (2, count)), 1)
    wash -= np.convolve(wash[0], np.ones(2000) / 2000, "same")
    return (wash / np.abs(wash).max() * 0.4).astype(np.float32)
