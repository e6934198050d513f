"""Capabilities and concepts: complete, and in agreement with schema and documentation."""

from __future__ import annotations

from typing import Any

import pytest

from generations.luma.capabilities import (
    BUILD_TIER,
    CAPABILITIES,
    keyframe_case,
    prompt_refusal,
    video_refusals,
)
from generations.luma.concepts import (
    CAMERA_KEYS,
    CAMERA_MOVES,
    CameraGroup,
    label_for,
    moves_by_group,
)
from generations.luma.model_table import Operation
from generations.luma.schema import REQUEST_BY_TYPE, GenerationRequest, GenerationType, Keyframes
from generations.luma.sizes import video_size

IMAGE = {"type": "image", "url": "https://example.com/a.jpg"}
GENERATION = {"type": "generation", "id": "123e4567-e89b-12d3-a456-426614174000"}


def test_every_request_has_its_capability() -> None:
    assert {str(operation) for operation in CAPABILITIES} == set(REQUEST_BY_TYPE)
    for operation, capability in CAPABILITIES.items():
        assert capability.operation is operation
        assert capability.schema is REQUEST_BY_TYPE[operation]


@pytest.mark.parametrize("operation", Operation)
def test_settings_stand_exactly_where_the_request_has_them(operation: Operation) -> None:
    capability = CAPABILITIES[operation]
    assert bool(capability.models) == ("model" in capability.fields)
    assert bool(capability.aspect_ratios) == ("aspect_ratio" in capability.fields)
    assert bool(capability.resolutions) == ("resolution" in capability.fields)
    assert bool(capability.durations) == ("duration" in capability.fields)


@pytest.mark.parametrize("operation", Operation)
def test_media_fields_are_fields_of_the_request_or_the_id_in_the_path(operation: Operation) -> None:
    for place in CAPABILITIES[operation].media_fields:
        assert place.field == "id" or place.field.split(".")[0] in CAPABILITIES[operation].fields


@pytest.mark.parametrize("operation", Operation)
def test_models_are_those_that_the_request_accepts(operation: Operation) -> None:
    capability = CAPABILITIES[operation]
    if capability.models:
        enum: Any = capability.schema.model_fields["model"].annotation
        assert capability.models == tuple(enum)


def test_every_resolution_has_a_size() -> None:
    for capability in CAPABILITIES.values():
        for resolution in capability.resolutions:
            assert video_size("16:9", resolution)


@pytest.mark.parametrize(
    ("operation", "model", "seconds"),
    [
        (Operation.MODIFY_VIDEO, "ray-2", 10),
        (Operation.MODIFY_VIDEO, "ray-flash-2", 15),
        (Operation.REFRAME_VIDEO, "ray-2", 10),
        (Operation.REFRAME_VIDEO, "ray-flash-2", 30),
        (Operation.REFRAME_IMAGE, "photon-1", None),
    ],
)
def test_longest_source_depends_on_the_model(
    operation: Operation, model: str, seconds: int | None
) -> None:
    assert CAPABILITIES[operation].longest_source(model) == seconds


def test_largest_sources_are_documented() -> None:
    largest = {operation: each.source_bytes for operation, each in CAPABILITIES.items()}
    assert largest[Operation.REFRAME_IMAGE] == 10_000_000
    assert largest[Operation.REFRAME_VIDEO] == largest[Operation.MODIFY_VIDEO] == 100_000_000
    assert largest[Operation.VIDEO] is None


def test_references_are_limited() -> None:
    most = {place.field: place.most for place in CAPABILITIES[Operation.IMAGE].media_fields}
    assert most == {"image_ref": 4, "style_ref": 1, "character_ref": 4, "modify_image_ref": 1}


def test_build_tier_is_the_documented_one() -> None:
    video, image = BUILD_TIER[GenerationType.VIDEO], BUILD_TIER[GenerationType.IMAGE]
    assert (video.concurrent, video.creates_per_minute) == (10, 20)
    assert (image.concurrent, image.creates_per_minute) == (40, 80)


CASES = [
    (None, None, "text to video", True),
    (IMAGE, None, "image to video", True),
    (None, IMAGE, "end frame", False),
    (IMAGE, IMAGE, "keyframes", False),
    (GENERATION, None, "extend", True),
    (None, GENERATION, "extend reverse", False),
    (GENERATION, IMAGE, "interpolate video to image", False),
    (IMAGE, GENERATION, "interpolate image to video", False),
    (GENERATION, GENERATION, "interpolate between two videos", False),
]


@pytest.mark.parametrize(("frame0", "frame1", "name", "loops"), CASES)
def test_loop_needs_a_free_end(frame0: Any, frame1: Any, name: str, loops: bool) -> None:
    keyframes = Keyframes.model_validate({"frame0": frame0, "frame1": frame1})
    case = keyframe_case(keyframes)
    assert case.name == name
    assert case.loop_refusal == (None if loops else f"Loop is not supported for {name}")


def test_no_keyframes_are_text_to_video() -> None:
    assert keyframe_case(None).name == "text to video"


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("", "Prompt is required"),
        (None, "Prompt is required"),
        ("ab", "Prompt is too short, minimum length is 3 characters"),
        ("abc", None),
        ("x" * 5000, None),
        ("x" * 5001, "Prompt is too long, maximum length is 5000 characters"),
    ],
)
def test_length_of_a_prompt(prompt: str | None, sentence: str | None) -> None:
    assert prompt_refusal(prompt, required=True) == sentence


def test_prompt_may_be_missing_where_it_is_not_required() -> None:
    assert prompt_refusal(None, required=False) is None
    assert prompt_refusal("ab", required=False) is not None


def refusals(**fields: Any) -> dict[str, str]:
    return dict(video_refusals(GenerationRequest.model_validate({"model": "ray-2", **fields})))


def test_good_video_has_nothing_to_refuse() -> None:
    assert refusals(prompt="A lake", loop=True) == {}
    assert refusals(keyframes={"frame1": IMAGE}) == {}


def test_prompt_is_required_unless_a_keyframe_is_an_image() -> None:
    assert refusals() == {"prompt": "Prompt is required"}
    assert refusals(keyframes={"frame0": GENERATION}) == {"prompt": "Prompt is required"}


def test_all_refusals_are_told_at_once() -> None:
    assert refusals(prompt="ab", loop=True, keyframes={"frame0": IMAGE, "frame1": IMAGE}) == {
        "prompt": "Prompt is too short, minimum length is 3 characters",
        "loop": "Loop is not supported for keyframes",
    }


def test_empty_keyframes_are_refused() -> None:
    told = refusals(prompt="A lake", keyframes={"frame0": None, "frame1": None})
    assert told == {"keyframes": "No keyframes provided"}


# Concepts

DOCUMENTED = [
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


def test_concepts_are_the_34_of_the_api() -> None:
    assert len(CAMERA_MOVES) == 34
    assert frozenset(DOCUMENTED) == CAMERA_KEYS


def test_every_concept_has_words_of_its_own() -> None:
    for attribute in ("key", "label", "hint"):
        assert len({getattr(move, attribute) for move in CAMERA_MOVES}) == 34
    assert all(move.label and move.hint for move in CAMERA_MOVES)


def test_groups_hold_every_concept_once() -> None:
    groups = moves_by_group()
    assert list(groups) == list(CameraGroup)
    assert [move for moves in groups.values() for move in moves] == list(CAMERA_MOVES)
    assert all(groups.values())


def test_label_of_a_concept_that_is_new() -> None:
    assert label_for("pov") == "Point of view"
    assert label_for("whip_pan") == "Whip pan"
