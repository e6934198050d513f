"""A reframed source stands where the geometry says, whole, and the canvas around it is painted."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generations.sandbox.scenes import Geometry, first_frame, probe, reframe_image, reframe_video
from generations.sandbox.scenes.reframe import placed_box

from .conftest import SMALL
from .measures import all_frames, difference, photograph, pixels, psnr

FULL = Geometry(
    grid_position_x=40,
    grid_position_y=60,
    x_start=40,
    x_end=200,
    y_start=60,
    y_end=150,
    resized_width=160,
    resized_height=90,
)


def reframed(
    source: Path,
    folder: Path,
    size: tuple[int, int] = (256, 256),
    geometry: Geometry | None = None,
    first: Image.Image | None = None,
) -> Path:
    video = folder / "reframed.mp4"
    reframe_video(
        source,
        size=size,
        geometry=geometry,
        prompt="more sea",
        first_frame=first,
        video=video,
        thumbnail=folder / "thumbnail.jpg",
    )
    return video


def region(image: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    return image.crop(box)


def test_without_geometry_the_source_fits_in_the_middle() -> None:
    assert placed_box((320, 180), (180, 320), None) == (0, 108, 180, 209)
    assert placed_box((320, 180), (640, 180), None) == (160, 0, 480, 180)


@pytest.mark.parametrize(
    ("geometry", "box"),
    [
        (FULL, (40, 60, 200, 150)),
        (Geometry(x_start=10, x_end=110, y_start=20, y_end=70), (10, 20, 110, 70)),
        (
            Geometry(grid_position_x=8, grid_position_y=12, resized_width=100, resized_height=50),
            (8, 12, 108, 62),
        ),
        (Geometry(grid_position_x=8, grid_position_y=12), (8, 12, 328, 192)),
        (Geometry(x_start=-50, x_end=100, y_start=0, y_end=80), (-50, 0, 100, 80)),
    ],
)
def test_geometry_places_the_source(geometry: Geometry, box: tuple[int, int, int, int]) -> None:
    assert placed_box((320, 180), (256, 256), geometry) == box


def test_empty_geometry_means_none() -> None:
    assert placed_box((320, 180), (180, 320), Geometry()) == (0, 108, 180, 209)


@pytest.mark.parametrize("size", [(256, 256), (180, 320), (388, 164)])
def test_a_video_contains_its_source(clip: Path, tmp_path: Path, size: tuple[int, int]) -> None:
    video = reframed(clip, tmp_path, size)
    left, top, right, bottom = box = placed_box(SMALL, size, None)
    for before, after in zip(all_frames(clip)[::8], all_frames(video)[::8], strict=True):
        expected = before.resize((right - left, bottom - top), Image.Resampling.LANCZOS)
        assert psnr(region(after, box), expected) >= 28


def test_a_video_contains_its_source_where_geometry_says(clip: Path, tmp_path: Path) -> None:
    after = first_frame(reframed(clip, tmp_path, geometry=FULL))
    expected = first_frame(clip).resize((160, 90), Image.Resampling.LANCZOS)
    assert psnr(region(after, (40, 60, 200, 150)), expected) >= 28
    assert psnr(region(after, (60, 90, 220, 180)), expected) < 25


def test_a_source_may_overhang(clip: Path, tmp_path: Path) -> None:
    geometry = Geometry(x_start=-80, x_end=240, y_start=-20, y_end=160)
    after = first_frame(reframed(clip, tmp_path, (200, 200), geometry))
    expected = first_frame(clip).crop((80, 20, 280, 180))
    assert psnr(region(after, (0, 0, 200, 160)), expected) >= 28


def test_a_video_keeps_its_length_and_gets_the_size(clip: Path, tmp_path: Path) -> None:
    shape = probe(reframed(clip, tmp_path, (180, 320)))
    assert (shape.width, shape.height) == (180, 320)
    assert shape.frames == probe(clip).frames
    with Image.open(tmp_path / "thumbnail.jpg") as thumbnail:
        assert thumbnail.size == (180, 320)


def test_the_rest_is_painted_and_joins_softly(clip: Path, tmp_path: Path) -> None:
    after = first_frame(reframed(clip, tmp_path, (180, 320)))
    left, top, right, _ = placed_box(SMALL, (180, 320), None)
    above = region(after, (left, top - 4, right, top - 1))
    below_edge = region(after, (left, top + 1, right, top + 4))
    assert difference(above, below_edge) < 20
    outside = pixels(region(after, (0, 0, 180, top - 2)))
    assert outside.mean() > 20
    assert outside.std() > 2


def test_a_given_first_frame_stands_around(clip: Path, tmp_path: Path) -> None:
    green = Image.new("RGB", (256, 256), (30, 150, 60))
    after = first_frame(reframed(clip, tmp_path, geometry=FULL, first=green))
    assert difference(region(after, (0, 200, 256, 256)), region(green, (0, 200, 256, 256))) < 6


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_an_image_contains_its_source(tmp_path: Path, suffix: str) -> None:
    source, target = photograph((640, 360)), tmp_path / f"image{suffix}"
    reframe_image(source, size=(512, 512), geometry=None, prompt="more", image=target)
    with Image.open(target) as after:
        assert after.format == {".jpg": "JPEG", ".png": "PNG"}[suffix]
        assert after.size == (512, 512)
        box = placed_box((640, 360), (512, 512), None)
        expected = source.resize((512, 288), Image.Resampling.LANCZOS)
        assert psnr(region(after.convert("RGB"), box), expected) >= 33


def test_an_image_contains_its_source_where_geometry_says(tmp_path: Path) -> None:
    source, target = photograph((320, 180)), tmp_path / "image.png"
    reframe_image(source, size=(256, 256), geometry=FULL, prompt="more", image=target)
    with Image.open(target) as after:
        expected = source.resize((160, 90), Image.Resampling.LANCZOS)
        assert psnr(region(after, (40, 60, 200, 150)), expected) >= 45


def test_an_images_surroundings_go_on_from_its_edge(tmp_path: Path) -> None:
    source = Image.fromarray(np.full((100, 200, 3), (200, 60, 40), np.uint8))
    target = tmp_path / "image.png"
    reframe_image(source, size=(200, 200), geometry=None, prompt="more", image=target)
    with Image.open(target) as after:
        assert difference(after, Image.new("RGB", (200, 200), (200, 60, 40))) < 1
