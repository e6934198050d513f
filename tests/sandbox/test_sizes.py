"""Sizes in pixels: the 720p map, its multiples, and Photon's own."""

import pytest

from generations.sandbox.sizes import image_size, video_size

RATIOS = ("1:1", "4:3", "3:4", "16:9", "9:16", "21:9", "9:21")
VIDEO_720P = {
    "1:1": (1024, 1024),
    "4:3": (1152, 864),
    "3:4": (864, 1152),
    "16:9": (1280, 720),
    "9:16": (720, 1280),
    "21:9": (1552, 656),
    "9:21": (656, 1552),
}
PHOTON = {
    "1:1": (1536, 1536),
    "4:3": (1792, 1344),
    "3:4": (1344, 1792),
    "16:9": (2048, 1152),
    "9:16": (1152, 2048),
    "21:9": (2432, 1024),
    "9:21": (1024, 2432),
}


@pytest.mark.parametrize("ratio", RATIOS)
def test_720p_is_the_published_map(ratio: str) -> None:
    assert video_size(ratio, "720p") == VIDEO_720P[ratio]


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize(("resolution", "factor"), [("540p", 0.75), ("1080p", 1.5), ("4k", 3)])
def test_other_resolutions_are_multiples_with_even_sides(
    ratio: str, resolution: str, factor: float
) -> None:
    for got, base in zip(video_size(ratio, resolution), VIDEO_720P[ratio], strict=True):
        assert got % 2 == 0
        assert abs(got - base * factor) <= 1


@pytest.mark.parametrize(
    ("resolution", "size"),
    [("540p", (960, 540)), ("1080p", (1920, 1080)), ("4k", (3840, 2160))],
)
def test_wide_sizes_are_the_usual_ones(resolution: str, size: tuple[int, int]) -> None:
    assert video_size("16:9", resolution) == size


@pytest.mark.parametrize("ratio", RATIOS)
def test_images_have_photons_native_sizes(ratio: str) -> None:
    assert image_size(ratio) == PHOTON[ratio]


def test_an_unknown_ratio_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        image_size("5:4")
    with pytest.raises(KeyError):
        video_size("5:4", "720p")


def test_an_unknown_resolution_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        video_size("16:9", "8k")
