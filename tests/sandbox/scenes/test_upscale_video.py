"""An upscaled video has the pixels that were asked for, and is sharper than plain enlarging."""

from pathlib import Path

import pytest
from PIL import Image

from generations.sandbox.scenes import first_frame, probe, upscale_video

from .measures import all_frames, psnr, sharpness


def upscaled(source: Path, folder: Path, size: tuple[int, int]) -> Path:
    video = folder / "upscaled.mp4"
    upscale_video(source, size=size, video=video, thumbnail=folder / "thumbnail.jpg")
    return video


@pytest.mark.parametrize("size", [(640, 360), (480, 270), (960, 540)])
def test_it_has_the_pixels_and_every_frame(
    clip: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    shape, before = probe(upscaled(clip, tmp_path, size)), probe(clip)
    assert (shape.width, shape.height) == size
    assert (shape.frames, shape.seconds, shape.fps) == (before.frames, before.seconds, before.fps)


def test_it_shows_the_same_pictures(clip: Path, tmp_path: Path) -> None:
    after = all_frames(upscaled(clip, tmp_path, (640, 360)))
    for small, large in zip(all_frames(clip)[::6], after[::6], strict=True):
        assert psnr(small, large.resize(small.size, Image.Resampling.BOX)) >= 32


def test_it_is_sharper_than_plain_enlarging(clip: Path, tmp_path: Path) -> None:
    plain = first_frame(clip).resize((960, 540), Image.Resampling.BILINEAR)
    assert sharpness(first_frame(upscaled(clip, tmp_path, (960, 540)))) > sharpness(plain)


def test_its_thumbnail_is_a_jpeg(clip: Path, tmp_path: Path) -> None:
    upscaled(clip, tmp_path, (640, 360))
    with Image.open(tmp_path / "thumbnail.jpg") as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("JPEG", (640, 360))
