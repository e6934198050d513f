"""Sound: a track that follows from a prompt, added to a video."""

import re
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from .noise import Floats
from .setting import read_setting, seed_of
from .video_file import first_frame, probe, save_thumbnail
from .voices import RATE, SOUNDS, levelled

_LEVEL = 0.12
_FADE_SECONDS = 0.04
_BLOCK = 1024
_QUIET = ("wind", "pad", "stream", "crickets")
_OF_PLACE = {
    "sea": "waves", "beach": "waves", "city": "traffic", "forest": "birds", "meadow": "birds",
    "hills": "birds", "mountains": "wind", "desert": "wind", "snow": "wind", "space": "pad",
}  # fmt: skip


def add_audio(
    source: Path, *, prompt: str, negative_prompt: str | None, video: Path, thumbnail: Path
) -> None:
    """Write the source's video stream unchanged, with a stereo AAC track of the same length."""
    samples = synthesised(prompt, negative_prompt or "", probe(source).seconds)
    with (
        av.open(str(source)) as pictures,
        av.open(str(video), "w", format="mp4", options={"movflags": "+faststart"}) as output,
    ):
        shown = pictures.streams.video[0]
        copied = output.add_stream_from_template(shown)
        heard = output.add_stream("aac", rate=RATE, layout="stereo", bit_rate=160_000)
        for packet in pictures.demux(shown):
            if packet.dts is not None:
                packet.stream = copied
                output.mux(packet)
        for frame in _audio_frames(samples):
            output.mux(heard.encode(frame))
        output.mux(heard.encode())
    save_thumbnail(first_frame(source), thumbnail)


def _audio_frames(samples: Floats) -> Iterator[av.AudioFrame]:
    for first in range(0, samples.shape[1], _BLOCK):
        block = np.ascontiguousarray(samples[:, first : first + _BLOCK], np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate = RATE
        frame.pts = first
        yield frame


def sounds_of(prompt: str, negative_prompt: str = "") -> list[str]:
    """Return the names of the sounds that a prompt asks for and its negative prompt allows.

    A prompt that names no sound gets those of its scene. If all of them are forbidden, the first
    quiet sound that is allowed is used.
    """
    forbidden = set(_called_for(negative_prompt))
    wanted = _called_for(prompt)
    if not wanted:
        setting = read_setting(prompt)
        wanted = [_OF_PLACE[setting.place], "pad"]
    allowed = [name for name in wanted if name not in forbidden]
    return allowed or [next((name for name in _QUIET if name not in forbidden), _QUIET[0])]


def _called_for(text: str) -> list[str]:
    words = {word.removesuffix("s") for word in re.findall(r"[a-z][a-z-]*", text.lower())}
    return [
        name
        for name, sound in SOUNDS.items()
        if words & {keyword.removesuffix("s") for keyword in (name, *sound.words)}
    ]


def synthesised(prompt: str, negative_prompt: str, seconds: float) -> Floats:
    """Return samples of -1 to 1 at 44.1 kHz, shaped (2, samples), at about -18 dBFS."""
    count = max(1, round(seconds * RATE))
    mix = np.zeros((2, count), np.float32)
    for name in sounds_of(prompt, negative_prompt):
        sound = SOUNDS[name]
        random = np.random.default_rng([seed_of(prompt), seed_of(name)])
        mix += sound.voice(random, count) * np.float32(sound.level)
    track = np.tanh(levelled(mix) * _LEVEL * 1.1)
    edge = np.minimum(np.arange(count), np.arange(count)[::-1]) / (_FADE_SECONDS * RATE)
    faded: Floats = track * np.minimum(1, edge)
    return faded.astype(np.float32)
