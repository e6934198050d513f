"""A modified video differs by its mode, keeps its source's edges, and follows prompt and frame."""

from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from generations.sandbox.scenes import modify_video, probe
from generations.sandbox.scenes.modify import MODES

from .measures import all_frames, colour_distance, difference, edge_likeness


def modified(
    source: Path,
    folder: Path,
    mode: str = "flex_1",
    prompt: str = "a teal city at night",
    first_frame: Image.Image | None = None,
) -> Path:
    video = folder / f"{mode}.mp4"
    modify_video(
        source,
        prompt=prompt,
        mode=mode,
        first_frame=first_frame,
        video=video,
        thumbnail=folder / "thumbnail.jpg",
    )
    return video


@pytest.fixture(scope="module")
def by_mode(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> list[list[Image.Image]]:
    """The clip's frames in each mode, in the order of the modes."""
    folder = tmp_path_factory.mktemp("modes")
    return [all_frames(modified(clip, folder, mode)) for mode in MODES]


def test_there_are_nine_modes() -> None:
    assert len(set(MODES)) == 9


def test_it_is_as_long_and_as_large_as_its_source(clip: Path, tmp_path: Path) -> None:
    assert probe(modified(clip, tmp_path)) == probe(clip)
    with Image.open(tmp_path / "thumbnail.jpg") as thumbnail:
        assert thumbnail.format == "JPEG"


def test_it_departs_more_from_mode_to_mode(clip: Path, by_mode: list[list[Image.Image]]) -> None:
    source = all_frames(clip)
    away = [
        np.mean([difference(a, b) for a, b in zip(source[::6], frames[::6], strict=True)])
        for frames in by_mode
    ]
    assert away[0] > 1.5
    assert all(nearer < farther for nearer, farther in pairwise(away))


def test_it_keeps_its_sources_edges(clip: Path, by_mode: list[list[Image.Image]]) -> None:
    source = all_frames(clip)[10]
    likeness = [edge_likeness(source, frames[10]) for frames in by_mode]
    assert likeness[0] > 0.95
    assert min(likeness) > 0.75
    assert likeness[0] >= likeness[-1]


def test_edges_are_more_its_own_than_another_scenes(
    clip: Path, by_mode: list[list[Image.Image]]
) -> None:
    frames = all_frames(clip)
    mirrored = frames[10].transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert edge_likeness(frames[10], by_mode[-1][10]) > edge_likeness(mirrored, by_mode[-1][10])


def test_the_prompt_steers_the_colours(clip: Path, tmp_path: Path) -> None:
    red, blue = (
        all_frames(modified(clip, tmp_path, "reimagine_1", prompt))[5]
        for prompt in ("crimson desert at sunset", "a cobalt blue arctic at night")
    )
    assert colour_distance(red, blue) > 20


def test_a_first_frame_steers_the_palette(clip: Path, tmp_path: Path) -> None:
    green = Image.new("RGB", (200, 200), (40, 160, 70))
    plain = all_frames(modified(clip, tmp_path, "flex_3"))[5]
    steered = all_frames(modified(clip, tmp_path, "flex_3", first_frame=green))[5]
    assert colour_distance(steered, green) < colour_distance(plain, green)


def test_its_own_scenes_prompt_still_changes_it(clip: Path, tmp_path: Path) -> None:
    frames = all_frames(modified(clip, tmp_path, "flex_2", "a lighthouse by the sea at dusk"))
    assert difference(frames[5], all_frames(clip)[5]) > 2


def test_an_unknown_mode_is_refused(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="bend"):
        modified(clip, tmp_path, "bend_1")


def test_other_frame_rates_become_24_with_the_same_length(tmp_path: Path) -> None:
    source = tmp_path / "source.mp4"
    foreign_video(source, rate=30, frames=60)
    shape = probe(modified(source, tmp_path))
    assert (shape.fps, shape.frames, shape.seconds) == (24, 48, 2)


def foreign_video(video: Path, rate: int, frames: int) -> None:
    """A video made elsewhere: another rate, no colour tags, unusual colours."""
    with av.open(str(video), "w") as output:
        stream = output.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        for number in range(frames):
            picture = Image.new("RGB", (160, 90), (number * 4 % 255, 80, 120))
            output.mux(
                stream.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24"))
            )
        output.mux(stream.encode())
