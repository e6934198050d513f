"""An added track is heard, as long as the pictures, follows the prompt, and leaves them alone."""

from pathlib import Path

import av
import numpy as np
import pytest

from generations.sandbox.scenes import add_audio, probe
from generations.sandbox.scenes.sound import sounds_of, synthesised
from generations.sandbox.scenes.voices import RATE, SOUNDS

from .measures import brightness_of_pitch, loudness, samples, video_packets


def sounded(source: Path, folder: Path, prompt: str, negative_prompt: str | None = None) -> Path:
    video = folder / "sounded.mp4"
    add_audio(
        source,
        prompt=prompt,
        negative_prompt=negative_prompt,
        video=video,
        thumbnail=folder / "thumbnail.jpg",
    )
    return video


def test_it_has_an_aac_track_as_long_as_the_pictures(clip: Path, tmp_path: Path) -> None:
    video = sounded(clip, tmp_path, "waves on the shore")
    with av.open(str(video)) as source:
        track = source.streams.audio[0]
        assert track.codec_context.name == "aac"
        assert track.codec_context.sample_rate == RATE
        assert track.duration is not None
        assert track.time_base is not None
        assert float(track.duration * track.time_base) == pytest.approx(1.0, abs=0.1)
    assert probe(video).has_audio


def test_it_is_heard(clip: Path, tmp_path: Path) -> None:
    assert loudness(samples(sounded(clip, tmp_path, "waves on the shore"))) > -40


def test_its_pictures_are_untouched(clip: Path, tmp_path: Path) -> None:
    assert video_packets(sounded(clip, tmp_path, "wind")) == video_packets(clip)


def test_its_pictures_keep_their_times(clip: Path, tmp_path: Path) -> None:
    before, after = probe(clip), probe(sounded(clip, tmp_path, "wind"))
    assert (after.frames, after.seconds, after.fps) == (before.frames, before.seconds, before.fps)


def test_a_track_replaces_an_earlier_one(clip: Path, tmp_path: Path) -> None:
    once = sounded(clip, tmp_path, "wind").rename(tmp_path / "once.mp4")
    twice = sounded(once, tmp_path, "drums")
    with av.open(str(twice)) as source:
        assert len(source.streams.audio) == 1
    assert video_packets(twice) == video_packets(clip)


def test_tracks_differ_by_prompt(clip: Path, tmp_path: Path) -> None:
    first = samples(sounded(clip, tmp_path, "thunder rumbles"))
    second = samples(sounded(clip, tmp_path, "crickets at night"))
    length = min(first.shape[1], second.shape[1])
    assert abs(np.corrcoef(first[0, :length], second[0, :length])[0, 1]) < 0.2
    assert brightness_of_pitch(second) > 3 * brightness_of_pitch(first)


def test_two_prompts_of_one_sound_differ_too() -> None:
    first, second = synthesised("gentle waves", "", 1), synthesised("mighty waves", "", 1)
    assert not np.array_equal(first, second)


def test_the_same_prompt_sounds_the_same() -> None:
    assert np.array_equal(
        synthesised("rain on a roof", "", 1), synthesised("rain on a roof", "", 1)
    )


@pytest.mark.parametrize("name", sorted(SOUNDS))
def test_every_sound_is_heard_and_never_clips(name: str) -> None:
    track = synthesised(name, "", 2)
    assert track.shape == (2, 2 * RATE)
    assert -30 < loudness(track) < -12
    assert np.abs(track).max() < 1


@pytest.mark.parametrize(
    ("prompt", "sounds"),
    [
        ("ocean waves", ["waves"]),
        ("footsteps in a windy street with traffic", ["wind", "traffic", "footsteps"]),
        ("piano music", ["melody", "pad"]),
        ("a thunderstorm", ["rain", "thunder"]),
    ],
)
def test_words_call_for_their_sounds(prompt: str, sounds: list[str]) -> None:
    assert sounds_of(prompt) == sounds


def test_a_prompt_without_sounds_gets_those_of_its_scene() -> None:
    assert sounds_of("a harbour with a lighthouse and ships")[0] == "waves"
    assert sounds_of("something") != []


def test_a_negative_prompt_takes_sounds_out() -> None:
    assert sounds_of("waves and birds", "birds") == ["waves"]
    with_birds, without = (synthesised("waves and birds", n, 2) for n in ("", "no birds please"))
    assert brightness_of_pitch(without) < brightness_of_pitch(with_birds)


def test_silence_is_never_delivered() -> None:
    track = synthesised("waves", "waves, wind", 1)
    assert sounds_of("waves", "waves, wind") == ["pad"]
    assert loudness(track) > -40


def test_the_thumbnail_is_written(clip: Path, tmp_path: Path) -> None:
    sounded(clip, tmp_path, "wind")
    assert (tmp_path / "thumbnail.jpg").stat().st_size > 500
