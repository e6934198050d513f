"""A view at fractions of a pixel shows what it should, however it is computed."""

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from generations.sandbox.scenes.noise import field
from generations.sandbox.scenes.plates import Picture, flat_plate, joined, plate
from generations.sandbox.scenes.resample import View, seen

WIDTH, HEIGHT = 480, 300


def smooth_plane(seed: int = 1, shrink: int = 1) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    values = field(np.random.default_rng(seed), (WIDTH // shrink, HEIGHT // shrink), (60, 60), 3)
    return (values * 255).astype(np.uint8)


PLANES = (smooth_plane(1), smooth_plane(2, 2), smooth_plane(3, 2), smooth_plane(4))


def by_pillow(view: View, size: tuple[int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    box = (
        view.left,
        view.top,
        view.left + size[0] / view.scale,
        view.top + size[1] / view.scale,
    )
    image = Image.fromarray(PLANES[0]).resize(size, Image.Resampling.BILINEAR, box)
    return np.asarray(image)


@pytest.mark.parametrize("scale", [1.0, 1.004, 1.03, 1.11, 1.2657, 1.5, 2.0, 0.8])
@pytest.mark.parametrize(("left", "top"), [(0.0, 0.0), (20.5, 31.25), (77.3, 12.8), (3.1, 40.9)])
@pytest.mark.parametrize("count", [1, 3, 4])
def test_every_way_agrees_with_pillow(scale: float, left: float, top: float, count: int) -> None:
    view, size = View(left, top, scale), (240, 136)
    got = np.asarray(seen(PLANES[:count], view, size)[0], np.float64)
    assert got.shape == (136, 240)
    assert np.abs(got - by_pillow(view, size)).mean() < 1.5


def test_chroma_has_half_the_sides_and_alpha_the_whole() -> None:
    sizes = [part.size for part in seen(PLANES, View(10, 10, 1.3), (240, 136))]
    assert sizes == [(240, 136), (120, 68), (120, 68), (240, 136)]


def test_a_view_beyond_the_edge_is_moved_onto_the_plane() -> None:
    beyond = seen(PLANES[:3], View(-50, 900, 1.3), (240, 136))
    onto = seen(PLANES[:3], View(0, HEIGHT - 136 / 1.3, 1.3), (240, 136))
    for first, second in zip(beyond, onto, strict=True):
        assert np.array_equal(np.asarray(first), np.asarray(second))


def test_a_slow_move_is_smooth() -> None:
    """No jump between neighbouring frames is much larger than the usual step."""
    pictures = [
        np.asarray(seen(PLANES[:3], View(10 + n * 0.13, 20, 1.11), (240, 136))[0], np.float64)
        for n in range(24)
    ]
    steps = [np.abs(a - b).mean() for a, b in pairwise(pictures)]
    assert max(steps) < 2.5 * np.median(steps)


def red(rows: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.full((rows, 64, 3), (0.8, 0.1, 0.1), np.float32)


def test_a_plate_covers_from_where_it_is_solid() -> None:
    alpha = np.zeros((40, 64), np.float32)
    alpha[10:] = 0.5
    alpha[20:] = 1
    ridge = plate(red(40), alpha, top=100, depth=0.5)
    assert ridge.covers_from(View(0, 100, 1.0), 64) == 20
    assert ridge.covers_from(View(0, 100, 2.0), 64) == 40


def test_a_plate_with_holes_covers_nothing() -> None:
    mist = flat_plate(
        (200, 128, 128), np.full((40, 64), 0.6, np.float32), top=0, depth=0.2, drift=0.1
    )
    assert mist.covers_from(View(0, 0, 1.0), 64) > 10_000


def test_a_plate_is_laid_by_its_alpha() -> None:
    alpha = np.zeros((64, 64), np.float32)
    alpha[16:32] = 0.5
    alpha[32:] = 1
    picture = Picture(64, 64)
    plate(red(64), alpha, top=0, depth=0.5).lay(picture, View(0, 0, 1.0), 64)
    luma = np.asarray(picture.y, np.float64)
    full = luma[40:60].mean()
    assert luma[:14].mean() == 16
    assert luma[18:30].mean() == pytest.approx((16 + full) / 2, abs=2)
    assert full > 40


def test_rows_below_the_limit_are_left_alone() -> None:
    picture = Picture(64, 64)
    plate(red(64), None, top=0, depth=0.0).lay(picture, View(0, 0, 1.0), 30)
    luma = np.asarray(picture.y)
    assert luma[:30].min() > 30
    assert luma[30:].max() == 16


def test_neighbours_joined_look_as_they_did_apart() -> None:
    alpha = np.zeros((64, 64), np.float32)
    alpha[20:, :32] = 1
    beside = np.zeros((48, 64), np.float32)
    beside[10:, 16:] = 0.7
    far = plate(red(64), alpha, top=0, depth=0.10)
    near = plate(red(48) * 0.4, beside, top=16, depth=0.12)
    apart, together = Picture(64, 64), Picture(64, 64)
    for each in (far, near):
        each.lay(apart, View(0, 0, 1.0), 64)
    (one,) = joined([far, near], 0.05)
    one.lay(together, View(0, 0, 1.0), 64)
    for first, second in zip(apart.planes(), together.planes(), strict=True):
        assert np.abs(first.astype(int) - second.astype(int)).mean() < 3


def test_drifting_and_distant_neighbours_stay_apart() -> None:
    alpha = np.ones((32, 64), np.float32)
    still, far_off = (plate(red(32), alpha, top=0, depth=depth) for depth in (0.1, 0.6))
    drifting = plate(red(32), alpha, top=0, depth=0.12, drift=0.1)
    assert len(joined([still, far_off], 0.05)) == 2
    assert len(joined([still, drifting], 0.05)) == 2
