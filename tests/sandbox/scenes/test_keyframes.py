"""Given first and last frames are kept; extensions and loops join without a jump."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generations.sandbox.scenes import VideoSpec, first_frame, last_frame, probe, render_video

from .conftest import SMALL
from .measures import (
    all_frames,
    covered,
    difference,
    neighbour_differences,
    photograph,
    psnr,
)

CONCEPTS = [(), ("static",), ("pan_left",), ("zoom_out",), ("handheld",), ("roll_right",)]


def rendered(folder: Path, prompt: str = "hills at noon", **spec: object) -> Path:
    video = folder / "video.mp4"
    asked = {"size": SMALL, "seconds": 1} | spec
    render_video(VideoSpec(prompt, **asked), video, folder / "thumbnail.jpg")  # type: ignore[arg-type]
    return video


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (256, 256)])
@pytest.mark.parametrize("concepts", CONCEPTS)
def test_start_is_the_first_frame(
    tmp_path: Path, size: tuple[int, int], concepts: tuple[str, ...]
) -> None:
    image = photograph()
    video = rendered(tmp_path, size=size, start=image, concepts=concepts)
    assert psnr(first_frame(video), covered(image, size)) >= 33


@pytest.mark.parametrize("size", [(320, 180), (180, 320)])
@pytest.mark.parametrize("concepts", CONCEPTS)
def test_end_is_the_last_frame(
    tmp_path: Path, size: tuple[int, int], concepts: tuple[str, ...]
) -> None:
    image = photograph()
    video = rendered(tmp_path, size=size, end=image, concepts=concepts)
    assert psnr(last_frame(video), covered(image, size)) >= 33


def test_start_and_end_are_first_and_last(tmp_path: Path) -> None:
    start, end = photograph((700, 700)), photograph((900, 500)).transpose(Image.Transpose.ROTATE_90)
    video = rendered(tmp_path, start=start, end=end)
    assert psnr(first_frame(video), covered(start, SMALL)) >= 33
    assert psnr(last_frame(video), covered(end, SMALL)) >= 33


def test_keyframes_hold_at_720p(tmp_path: Path) -> None:
    image, size = photograph((2000, 1500)), (1280, 720)
    video = rendered(tmp_path, size=size, start=image, end=image)
    assert psnr(first_frame(video), covered(image, size)) >= 35
    assert psnr(last_frame(video), covered(image, size)) >= 35


def test_a_picture_smaller_than_the_frame_is_enlarged(tmp_path: Path) -> None:
    image = photograph((64, 48))
    assert psnr(first_frame(rendered(tmp_path, start=image)), covered(image, SMALL)) >= 33


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_pictures_of_any_mode_are_taken(tmp_path: Path, mode: str) -> None:
    image = photograph((400, 225)).convert(mode)
    video = rendered(tmp_path, size=(160, 90), start=image)
    assert psnr(first_frame(video), covered(image, (160, 90))) >= 30


@pytest.mark.parametrize("concepts", [(), ("push_in",), ("truck_right",)])
def test_the_film_moves_away_from_its_start(tmp_path: Path, concepts: tuple[str, ...]) -> None:
    frames = all_frames(rendered(tmp_path, start=photograph(), concepts=concepts))
    away = [difference(frames[0], frame) for frame in frames]
    assert away[-1] > 4
    assert away[-1] > away[6] > away[1]


def test_it_leaves_its_start_gently(tmp_path: Path) -> None:
    frames = all_frames(rendered(tmp_path, start=photograph(), seconds=2))
    steps = neighbour_differences(frames)
    assert steps[0] < 4
    assert max(steps) < 12


def test_an_extension_begins_on_its_sources_last_frame(
    tmp_path: Path, clip_end: Image.Image
) -> None:
    video = rendered(tmp_path, "the sea at night", start=clip_end)
    assert psnr(first_frame(video), clip_end) >= 33


def test_a_reverse_extension_ends_on_its_sources_first_frame(
    tmp_path: Path, clip_start: Image.Image
) -> None:
    video = rendered(tmp_path, "the sea at night", end=clip_start)
    assert psnr(last_frame(video), clip_start) >= 33


def test_an_interpolation_does_both(
    tmp_path: Path, clip_start: Image.Image, clip_end: Image.Image
) -> None:
    video = rendered(tmp_path, start=clip_end, end=clip_start)
    assert psnr(first_frame(video), clip_end) >= 33
    assert psnr(last_frame(video), clip_start) >= 33


def test_an_interpolation_passes_from_one_to_the_other(tmp_path: Path) -> None:
    start, end = photograph(), Image.new("RGB", (500, 300), (30, 40, 90))
    frames = all_frames(rendered(tmp_path, start=start, end=end))
    towards = [difference(frame, frames[-1]) for frame in frames]
    assert towards[0] > towards[12] > towards[20] > towards[23] == 0
    assert max(neighbour_differences(frames)) < difference(frames[0], frames[-1]) / 3


@pytest.mark.parametrize(
    "prompt", ["hills at noon", "rain on the sea at dusk", "snow falls in the woods", "a galaxy"]
)
@pytest.mark.parametrize("concepts", [(), ("static",), ("pan_left", "push_in"), ("handheld",)])
def test_a_loops_seam_is_no_larger_than_its_steps(
    tmp_path: Path, prompt: str, concepts: tuple[str, ...]
) -> None:
    frames = all_frames(rendered(tmp_path, prompt, seconds=2, loop=True, concepts=concepts))
    assert difference(frames[-1], frames[0]) <= max(neighbour_differences(frames))


@pytest.mark.parametrize("concepts", [(), ("zoom_in",), ("truck_left",)])
def test_a_loop_from_an_image_closes_too(tmp_path: Path, concepts: tuple[str, ...]) -> None:
    video = rendered(tmp_path, seconds=2, loop=True, start=photograph(), concepts=concepts)
    frames = all_frames(video)
    assert psnr(frames[0], covered(photograph(), SMALL)) >= 33
    assert difference(frames[-1], frames[0]) <= max(neighbour_differences(frames))


def test_a_loop_moves(tmp_path: Path) -> None:
    frames = all_frames(rendered(tmp_path, seconds=2, loop=True))
    assert difference(frames[0], frames[24]) > 2 * np.median(neighbour_differences(frames))


def test_keyframes_do_not_change_the_length(tmp_path: Path) -> None:
    image = photograph()
    assert probe(rendered(tmp_path, start=image, end=image, seconds=2)).frames == 48


def test_the_thumbnail_shows_the_start(tmp_path: Path) -> None:
    rendered(tmp_path, start=photograph())
    with Image.open(tmp_path / "thumbnail.jpg") as thumbnail:
        assert psnr(thumbnail, covered(photograph(), SMALL)) >= 30
