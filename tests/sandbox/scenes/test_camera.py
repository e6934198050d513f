"""Each of the API's camera concepts moves the picture the way its name says."""

import numpy as np
import pytest
from PIL import Image

from generations.sandbox.scenes.camera import CONCEPTS, Path
from generations.sandbox.scenes.lens import Lens, rolled
from generations.sandbox.scenes.resample import View
from generations.sandbox.scenes.setting import read_setting
from generations.sandbox.scenes.stage import Stage, view_of
from generations.sandbox.scenes.video_file import Planes, image_of

from .measures import colour_distance, difference, saturation

KEYS = [
    "truck_left",
    "pan_right",
    "pedestal_down",
    "low_angle",
    "pedestal_up",
    "selfie",
    "pan_left",
    "roll_right",
    "zoom_in",
    "over_the_shoulder",
    "orbit_right",
    "orbit_left",
    "static",
    "tiny_planet",
    "high_angle",
    "bolt_cam",
    "dolly_zoom",
    "overhead",
    "zoom_out",
    "handheld",
    "roll_left",
    "pov",
    "aerial_drone",
    "push_in",
    "crane_down",
    "truck_right",
    "tilt_down",
    "elevator_doors",
    "tilt_up",
    "ground_level",
    "pull_out",
    "aerial",
    "crane_up",
    "eye_level",
]
SETTING = read_setting("mountains at noon")
SIZE = (240, 134)
MOVING = sorted(set(KEYS) - {"static"})


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage(SETTING, SIZE, seconds=2)


def path(*concepts: str, loop: bool = False) -> Path:
    return Path(concepts, SETTING, loop=loop)


def views(stage: Stage, key: str, depth: float) -> list[View]:
    camera = path(key)
    return [view_of(stage.world, camera.centred(moment), depth) for moment in (0.0, 1.0)]


def test_all_34_keys_are_known() -> None:
    assert len(KEYS) == 34
    assert set(CONCEPTS) == set(KEYS)


@pytest.fixture(scope="module")
def fixed() -> dict[float, Image.Image]:
    """A static camera's pictures, as they are when nothing but time passes."""
    stage, camera = Stage(SETTING, SIZE, seconds=2), path("static")
    return {m: image_of(stage.picture(camera.centred(m), m)) for m in (0.0, 0.1, 0.5, 1.0)}


@pytest.mark.parametrize("key", MOVING)
def test_each_concept_looks_other_than_a_static_camera(
    fixed: dict[float, Image.Image], key: str
) -> None:
    camera = path(key)
    stage = Stage(SETTING, SIZE, seconds=2, lens=camera.lens)
    differences = [
        difference(image_of(stage.picture(camera.centred(moment), moment, moment)), still)
        for moment, still in fixed.items()
    ]
    assert max(differences) > 1.0


def test_doors_hide_everything_at_first_and_nothing_at_last() -> None:
    lens = path("elevator_doors").lens
    stage, plain = (Stage(SETTING, SIZE, seconds=2, lens=each) for each in (lens, Lens()))
    still = path("static").centred(0.5)
    closed, half, opened = (image_of(stage.picture(still, 0.5, part)) for part in (0.0, 0.5, 1.0))
    bare = image_of(plain.picture(still, 0.5))
    assert difference(opened, bare) < 1
    assert difference(closed, bare) > difference(half, bare) > difference(opened, bare)
    assert saturation(closed) < 15


def test_a_tiny_planet_has_its_ground_in_the_middle() -> None:
    camera = path("tiny_planet")
    stage = Stage(SETTING, SIZE, seconds=2, lens=camera.lens)
    planet = image_of(stage.picture(camera.centred(0.5), 0.5))
    plain = image_of(Stage(SETTING, SIZE, seconds=2).picture(camera.centred(0.5), 0.5))
    middle = planet.crop((SIZE[0] // 2 - 8, SIZE[1] // 2 - 8, SIZE[0] // 2 + 8, SIZE[1] // 2 + 8))
    ground = plain.crop((0, SIZE[1] - 10, SIZE[0], SIZE[1] - 1))
    sky = plain.crop((0, 10, SIZE[0], 40))
    assert colour_distance(middle, ground) < colour_distance(middle, sky)


def test_a_rolled_picture_has_no_empty_corners() -> None:
    white = Planes(*(np.full(shape, 200, np.uint8) for shape in ((90, 160), (45, 80), (45, 80))))
    for degrees in (-16.0, -3.0, 7.0, 16.0):
        for plane in rolled(white, degrees, abs(degrees)):
            assert plane.min() == 200


def test_static_holds_the_camera(stage: Stage) -> None:
    first, last = views(stage, "static", 1.0)
    assert first == last


@pytest.mark.parametrize(("key", "sign"), [("pan_right", 1), ("pan_left", -1)])
def test_a_pan_moves_near_and_far_alike(stage: Stage, key: str, sign: int) -> None:
    far, near = (views(stage, key, depth) for depth in (0.0, 1.0))
    assert (far[1].left - far[0].left) * sign > 0.1 * stage.world.frame[0]
    assert far[1].left - far[0].left == pytest.approx(near[1].left - near[0].left)


@pytest.mark.parametrize(("key", "sign"), [("truck_right", 1), ("truck_left", -1)])
def test_a_truck_moves_near_things_more(stage: Stage, key: str, sign: int) -> None:
    far, near = (views(stage, key, depth) for depth in (0.0, 1.0))
    assert (near[1].left - near[0].left) * sign > 3 * abs(far[1].left - far[0].left)


@pytest.mark.parametrize(("key", "sign"), [("tilt_up", -1), ("tilt_down", 1)])
def test_a_tilt_moves_the_view_up_or_down(stage: Stage, key: str, sign: int) -> None:
    first, last = views(stage, key, 0.0)
    assert (last.top - first.top) * sign > 0.05 * stage.world.frame[1]


@pytest.mark.parametrize(("key", "sign"), [("pedestal_up", -1), ("crane_up", -1),
                                           ("pedestal_down", 1), ("crane_down", 1)])  # fmt: skip
def test_a_rising_camera_sees_near_things_sink(stage: Stage, key: str, sign: int) -> None:
    first, last = views(stage, key, 1.0)
    assert (last.top - first.top) * sign > 0.05 * stage.world.frame[1]


@pytest.mark.parametrize(("key", "grows"), [("push_in", True), ("zoom_in", True), ("pov", True),
                                            ("pull_out", False), ("zoom_out", False)])  # fmt: skip
def test_things_grow_or_shrink(stage: Stage, key: str, grows: bool) -> None:
    first, last = views(stage, key, 1.0)
    assert (last.scale > first.scale * 1.15) if grows else (first.scale > last.scale * 1.15)


def test_a_zoom_magnifies_far_things_and_a_push_does_not(stage: Stage) -> None:
    zoomed, pushed = views(stage, "zoom_in", 0.0), views(stage, "push_in", 0.0)
    assert zoomed[1].scale > 1.3
    assert pushed[1].scale < 1.1


def test_a_dolly_zoom_grows_near_things_and_shrinks_far_ones(stage: Stage) -> None:
    far, near = (views(stage, "dolly_zoom", depth) for depth in (0.0, 1.0))
    assert far[1].scale < far[0].scale
    assert near[1].scale > near[0].scale


@pytest.mark.parametrize(("key", "sign"), [("orbit_right", 1), ("orbit_left", -1)])
def test_an_orbit_moves_near_and_far_against_each_other(stage: Stage, key: str, sign: int) -> None:
    far, near = (views(stage, key, depth) for depth in (0.0, 1.0))
    assert (near[1].left - near[0].left) * sign > 0
    assert (far[1].left - far[0].left) * sign < 0


@pytest.mark.parametrize(("key", "sign"), [("roll_right", 1), ("roll_left", -1)])
def test_a_roll_turns_the_horizon(key: str, sign: int) -> None:
    camera = path(key)
    assert (camera.centred(1.0).roll - camera.centred(0.0).roll) * sign > 5


def test_a_hand_trembles() -> None:
    camera, calm = path("handheld"), path("eye_level")
    pans = [camera.centred(moment).pan for moment in np.linspace(0, 1, 60)]
    assert np.std(np.diff(pans)) > 0.0005
    assert np.std(np.diff([calm.centred(m).pan for m in np.linspace(0, 1, 60)])) < 1e-9


def test_concepts_add_up() -> None:
    both = path("pan_right", "tilt_up").centred(1.0)
    assert both.pan == pytest.approx(path("pan_right").centred(1.0).pan)
    assert both.tilt == pytest.approx(path("tilt_up").centred(1.0).tilt)


def test_an_unknown_concept_is_left_out() -> None:
    assert path("pan_right", "sideways").travel == path("pan_right").travel


def test_without_concepts_the_camera_drifts_gently() -> None:
    move = path().travel
    assert 0 < abs(move.truck) < 0.15
    assert 0 < move.dolly < 0.15


@pytest.mark.parametrize("key", KEYS)
def test_a_loop_ends_where_it_began(key: str) -> None:
    camera = path(key, loop=True)
    first, last = camera.centred(0.0), camera.centred(1.0)
    for name in ("pan", "tilt", "truck", "pedestal", "zoom", "dolly", "roll"):
        assert getattr(last, name) == pytest.approx(getattr(first, name), abs=1e-9)


@pytest.mark.parametrize("key", KEYS)
def test_the_view_never_leaves_the_painted_world(stage: Stage, key: str) -> None:
    camera = path(key, "pan_right", "tilt_up")
    for moment in (0.0, 0.3, 0.7, 1.0):
        for depth in (0.0, 0.4, 1.0):
            view = view_of(stage.world, camera.centred(moment), depth)
            assert view.left >= 0
            assert view.top >= 0
            assert view.left + stage.world.frame[0] / view.scale <= stage.world.width + 1e-6
            assert view.top + stage.world.frame[1] / view.scale <= stage.world.height + 1e-6
