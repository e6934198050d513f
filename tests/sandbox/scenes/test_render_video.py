"""A rendered video is as specified: its format, length, size, and the prompt's picture."""

import struct
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from generations.sandbox.scenes import VideoSpec, first_frame, last_frame, probe, render_video

from .conftest import SMALL
from .measures import (
    all_frames,
    colour_distance,
    difference,
    mean_colour,
    neighbour_differences,
    pixels,
    saturation,
)


def rendered(folder: Path, prompt: str, **fields: object) -> Path:
    """A second of a prompt."""
    video = folder / "video.mp4"
    asked = {"size": SMALL, "seconds": 1} | fields
    render_video(VideoSpec(prompt, **asked), video, folder / "thumbnail.jpg")  # type: ignore[arg-type]
    return video


def boxes(video: Path) -> list[str]:
    """Names of an MP4's outermost boxes in their order."""
    content, place, names = video.read_bytes(), 0, []
    while place < len(content):
        length, name = struct.unpack(">I4s", content[place : place + 8])
        names.append(name.decode())
        place += length
    return names


def test_five_seconds_at_720p_are_120_frames(tmp_path: Path) -> None:
    video = rendered(tmp_path, "hills at dusk", size=(1280, 720), seconds=5)
    with av.open(str(video)) as source:
        stream = source.streams.video[0]
        frames = [(frame.width, frame.height, frame.format.name) for frame in source.decode(stream)]
        assert stream.codec_context.name == "h264"
        assert stream.average_rate == 24
        assert stream.duration is not None
        assert stream.time_base is not None
        assert float(stream.duration * stream.time_base) == pytest.approx(5)
        assert not source.streams.audio
    assert frames == [(1280, 720, "yuv420p")] * 120


def test_index_stands_before_the_pictures(clip: Path) -> None:
    names = boxes(clip)
    assert names.index("moov") < names.index("mdat")


def test_a_frame_can_be_sought_every_two_seconds(tmp_path: Path) -> None:
    video = rendered(tmp_path, "hills at dusk", size=(64, 64), seconds=5)
    with av.open(str(video)) as source:
        starts = [
            float((packet.pts or 0) * packet.time_base)
            for packet in source.demux(video=0)
            if packet.is_keyframe and packet.size
        ]
    assert max(np.diff([*starts, 5.0])) <= 2.0


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (256, 256), (388, 164), (164, 388)])
def test_each_shape_is_kept(tmp_path: Path, size: tuple[int, int]) -> None:
    shape = probe(rendered(tmp_path, "a lake in the mountains", size=size))
    assert (shape.width, shape.height) == size
    assert (shape.frames, shape.fps, shape.seconds) == (24, 24, 1)
    assert not shape.has_audio


@pytest.mark.parametrize("seconds", [1, 2, 3])
def test_length_is_24_frames_for_each_second(tmp_path: Path, seconds: int) -> None:
    assert probe(rendered(tmp_path, "dunes", size=(64, 64), seconds=seconds)).frames == 24 * seconds


def test_the_thumbnail_is_a_jpeg_of_the_first_frame(clip: Path, clip_start: Image.Image) -> None:
    with Image.open(clip.with_suffix(".jpg")) as thumbnail:
        assert thumbnail.format == "JPEG"
        assert thumbnail.size == SMALL
        assert difference(thumbnail, clip_start) < 4


def test_a_large_videos_thumbnail_is_small(tmp_path: Path) -> None:
    rendered(tmp_path, "dunes", size=(1920, 1080))
    with Image.open(tmp_path / "thumbnail.jpg") as thumbnail:
        assert thumbnail.size == (1280, 720)


def test_the_same_spec_gives_the_same_bytes(tmp_path: Path) -> None:
    first = rendered(tmp_path, "a misty forest in the rain").read_bytes()
    second = rendered(tmp_path, "a misty forest in the rain").read_bytes()
    assert first == second


def test_another_prompt_gives_another_picture(tmp_path: Path) -> None:
    first = first_frame(rendered(tmp_path, "a forest at noon"))
    second = first_frame(rendered(tmp_path, "a forest at noon, again"))
    assert difference(first, second) > 3


def test_colours_are_tagged_so_that_players_agree(clip: Path) -> None:
    with av.open(str(clip)) as source:
        frame = next(source.decode(video=0))
    assert frame.colorspace == 1
    assert frame.color_range == 1


def test_every_frame_differs_from_the_last(clip: Path) -> None:
    assert min(neighbour_differences(all_frames(clip))) > 0


def test_a_static_camera_still_sees_life(tmp_path: Path) -> None:
    video = rendered(tmp_path, "rain on the sea", concepts=("static",))
    assert np.mean(neighbour_differences(all_frames(video))) > 0.2


def test_a_picture_has_depth_and_is_no_noise(clip_start: Image.Image) -> None:
    values = pixels(clip_start)
    assert values.std() > 25
    assert len(np.unique(values.reshape(-1, 3), axis=0)) > 1000
    fine = np.abs(np.diff(values, axis=1)).mean()
    assert fine < 6


@pytest.mark.parametrize(
    ("bright", "dark"),
    [
        ("hills at noon", "hills at night"),
        ("the city at golden hour, warm", "the city at midnight"),
        ("a snowy field at noon", "a snowy field under the stars"),
    ],
)
def test_night_is_darker_than_day(tmp_path: Path, bright: str, dark: str) -> None:
    day, night = (first_frame(rendered(tmp_path, prompt)) for prompt in (bright, dark))
    assert mean_colour(day).mean() > mean_colour(night).mean() * 1.7


def test_noir_has_no_colour_and_vivid_has_more(tmp_path: Path) -> None:
    plain, noir, vivid = (
        saturation(first_frame(rendered(tmp_path, f"{word} the sea at sunset")))
        for word in ("", "noir", "vivid")
    )
    assert noir < 4 < plain < vivid


@pytest.mark.parametrize(
    ("word", "channel", "other"), [("crimson", 0, 2), ("cobalt", 2, 0), ("emerald", 1, 0)]
)
def test_a_palette_word_colours_the_picture(
    tmp_path: Path, word: str, channel: int, other: int
) -> None:
    plain, tinted = (
        mean_colour(first_frame(rendered(tmp_path, f"{each} hills at noon"))) for each in ("", word)
    )
    assert tinted[channel] - tinted[other] > plain[channel] - plain[other] + 3


def test_a_lake_mirrors_its_sky(tmp_path: Path) -> None:
    picture = first_frame(rendered(tmp_path, "ocean waves at sunset"))
    width, height = picture.size
    sky = picture.crop((0, int(height * 0.3), width, int(height * 0.55)))
    water = picture.crop((0, int(height * 0.7), width, int(height * 0.85)))
    ground = picture.crop((0, int(height * 0.95), width, height))
    assert colour_distance(sky, water) < 110
    assert colour_distance(sky, water) < colour_distance(sky, ground)


def test_a_city_at_night_has_lit_windows(tmp_path: Path) -> None:
    fields = {"size": (640, 360)}
    city = pixels(first_frame(rendered(tmp_path, "a city at midnight", **fields))).max(-1)
    hills = pixels(first_frame(rendered(tmp_path, "hills at midnight, fog", **fields))).max(-1)
    assert (city > 150).mean() > 5 * (hills > 150).mean()


def test_lightning_flashes(tmp_path: Path) -> None:
    video = rendered(tmp_path, "lightning over the sea", seconds=5, size=(64, 36))
    levels = [mean_colour(frame).mean() for frame in all_frames(video)]
    assert max(levels) > np.median(levels) + 15


def test_rain_falls(tmp_path: Path) -> None:
    wet = all_frames(rendered(tmp_path, "hills in the rain", concepts=("static",)))
    dry = all_frames(rendered(tmp_path, "hills, overcast", concepts=("static",)))
    assert np.mean(neighbour_differences(wet)) > 3 * np.mean(neighbour_differences(dry))


@pytest.mark.parametrize(
    "prompt",
    [
        "aurora over a frozen lake",
        "fireflies in a meadow at night",
        "snow falls in the woods",
        "hot air balloons, pyramids, a cabin, a sailboat, birds and a man under palms",
        "a planet in deep space",
        "\u96ea\u306e\u5c71",
        "!!!",
    ],
)
def test_every_kind_of_prompt_gives_a_film(tmp_path: Path, prompt: str) -> None:
    video = rendered(tmp_path, prompt)
    assert probe(video).frames == 24
    assert pixels(first_frame(video)).std() > 8


def test_first_and_last_frame_are_the_first_and_the_last(tmp_path: Path) -> None:
    video = rendered(tmp_path, "hills at noon", seconds=3, size=(96, 54), concepts=("pan_left",))
    frames = all_frames(video)
    assert difference(first_frame(video), frames[0]) == 0
    assert difference(last_frame(video), frames[-1]) == 0


def test_probing_something_else_than_a_video_fails(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.mp4"
    wrong.write_bytes(b"no video at all")
    with pytest.raises(av.error.FFmpegError):
        probe(wrong)
