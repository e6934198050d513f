"""What the API refuses, in its documented words."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Api, Json

IMAGE: Json = {"type": "image", "url": "http://127.0.0.1:9/a.jpg"}
SOMEWHERE = "http://127.0.0.1:9/a"


def refusal(answer: Any) -> str:
    assert answer.status_code == 400, answer.text
    detail = answer.json()["detail"]
    assert isinstance(detail, str)
    return detail


@pytest.fixture
def clip(idle: Api, tmp_path: Any) -> str:
    """A completed video's id, without rendering one."""
    return completed(idle, tmp_path)


def completed(api: Api, directory: Any, **fields: Any) -> str:
    import sqlite3

    generation_id: str = api.video(**fields).json()["id"]
    with sqlite3.connect(directory / "sandbox.sqlite3") as connection:
        connection.execute(
            "update generations set state = 'completed' where id = ?", [generation_id]
        )
    connection.close()
    return generation_id


@pytest.mark.parametrize("prompt", [None, "", "   "])
def test_prompt_is_required(idle: Api, prompt: str | None) -> None:
    assert refusal(idle.video(prompt=prompt)) == "Prompt is required"
    assert refusal(idle.image(prompt=prompt)) == "Prompt is required"


def test_prompt_may_be_left_out_with_an_image_keyframe(idle: Api) -> None:
    assert idle.video(prompt=None, keyframes={"frame0": IMAGE}).status_code == 201
    assert idle.video(prompt=None, keyframes={"frame1": IMAGE}).status_code == 201


def test_prompt_is_required_to_extend(idle: Api, clip: str) -> None:
    frame = {"type": "generation", "id": clip}
    assert refusal(idle.video(prompt=None, keyframes={"frame0": frame})) == "Prompt is required"
    assert idle.video(keyframes={"frame0": frame}).status_code == 201


def test_prompt_of_two_characters_is_too_short(idle: Api) -> None:
    expected = "Prompt is too short, minimum length is 3 characters"
    assert refusal(idle.video(prompt="ab")) == expected
    assert refusal(idle.image(prompt="ab")) == expected
    assert refusal(idle.video(prompt="ab", keyframes={"frame0": IMAGE})) == expected
    assert idle.video(prompt="abc").status_code == 201


def test_prompt_of_5001_characters_is_too_long(idle: Api) -> None:
    expected = "Prompt is too long, maximum length is 5000 characters"
    assert refusal(idle.video(prompt="a" * 5001)) == expected
    assert idle.video(prompt="a" * 5000).status_code == 201


LOOPS = [
    (None, None, None),
    ("image", None, None),
    (None, "image", "Loop is not supported for end frame"),
    ("image", "image", "Loop is not supported for keyframes"),
    ("generation", None, None),
    (None, "generation", "Loop is not supported for extend reverse"),
    ("generation", "image", "Loop is not supported for interpolate video to image"),
    ("image", "generation", "Loop is not supported for interpolate image to video"),
    ("generation", "generation", "Loop is not supported for interpolate between two videos"),
]


@pytest.mark.parametrize(("frame0", "frame1", "refused"), LOOPS)
def test_loop_matrix(
    idle: Api, clip: str, frame0: str | None, frame1: str | None, refused: str | None
) -> None:
    frames = {"image": IMAGE, "generation": {"type": "generation", "id": clip}}
    given = {name: frames[kind] for name, kind in (("frame0", frame0), ("frame1", frame1)) if kind}
    keyframes = given or None
    assert idle.video(loop=False, keyframes=keyframes).status_code == 201
    answer = idle.video(loop=True, keyframes=keyframes)
    if refused is None:
        assert answer.status_code == 201
    else:
        assert refusal(answer) == refused


@pytest.mark.parametrize("keyframes", [{}, {"frame0": None, "frame1": None}])
def test_keyframes_without_a_frame_are_refused(idle: Api, keyframes: Json) -> None:
    assert refusal(idle.video(keyframes=keyframes)) == "No keyframes provided"


@pytest.mark.parametrize(
    ("path", "given"), [("/video", "image"), ("/image", "video"), ("/video/modify", "video")]
)
def test_generation_type_of_another_route_is_unknown(idle: Api, path: str, given: str) -> None:
    body = {"model": "ray-2", "prompt": "a lake", "generation_type": given}
    assert refusal(idle.post(f"/generations{path}", json=body)) == "Unknown request type"


@pytest.mark.parametrize("resolution", ["1080", "8k", "HD"])
def test_unknown_resolution_is_answered_with_the_known_ones(idle: Api, resolution: str) -> None:
    told = refusal(idle.video(resolution=resolution))
    assert told == (f"Invalid resolution '{resolution}', must be one of: 540p, 720p, 1080p, 4k")


def test_unknown_duration_is_answered_with_the_known_ones(idle: Api) -> None:
    assert refusal(idle.video(duration="10s")) == ("Invalid duration '10s', must be one of: 5s, 9s")


def test_unknown_concept_is_refused(idle: Api) -> None:
    assert refusal(idle.video(concepts=[{"key": "barrel_roll"}])) == (
        "Unknown concept 'barrel_roll'"
    )
    assert idle.video(concepts=[{"key": "dolly_zoom"}, {"key": "pan_left"}]).status_code == 201


def test_at_most_four_image_references(idle: Api) -> None:
    assert idle.image(image_ref=[{"url": SOMEWHERE}] * 4).status_code == 201
    assert "at most 4" in refusal(idle.image(image_ref=[{"url": SOMEWHERE}] * 5))


def test_at_most_four_images_of_a_character(idle: Api) -> None:
    assert idle.image(character_ref={"identity0": {"images": [SOMEWHERE] * 4}}).is_success
    too_many = {"identity0": {"images": [SOMEWHERE] * 5}}
    assert "character_ref.identity0" in refusal(idle.image(character_ref=too_many))


def test_a_character_needs_images(idle: Api) -> None:
    assert "images are required" in refusal(idle.image(character_ref={"identity0": {}}))
    assert "images are required" in refusal(idle.image(character_ref={}))


@pytest.mark.parametrize("weight", [-0.1, 1.1])
def test_weights_lie_between_zero_and_one(idle: Api, weight: float) -> None:
    for name, given in (
        ("image_ref", [{"url": SOMEWHERE, "weight": weight}]),
        ("style_ref", [{"url": SOMEWHERE, "weight": weight}]),
        ("modify_image_ref", {"url": SOMEWHERE, "weight": weight}),
    ):
        assert refusal(idle.image(**{name: given})) == f"{name}: weight must be between 0 and 1"


def test_a_reference_needs_an_address(idle: Api) -> None:
    assert refusal(idle.image(style_ref=[{"weight": 0.5}])) == "style_ref: url is required"


def test_geometry_lies_within_the_canvas(idle: Api) -> None:
    body: Json = {
        "generation_type": "reframe_image",
        "model": "photon-1",
        "aspect_ratio": "1:1",
        "media": {"url": SOMEWHERE},
    }

    def reframe(**fields: int) -> Any:
        return idle.post("/generations/image/reframe", json=body | fields)

    assert reframe(x_start=0, x_end=1536, y_start=10, y_end=1500).status_code == 201
    assert refusal(reframe(x_start=0, x_end=1537)) == "x_end must be between 0 and 1536"
    assert refusal(reframe(y_start=9, y_end=9)) == "y_end must be greater than y_start"
    assert refusal(reframe(grid_position_x=-1)) == "grid_position_x must be between 0 and 1536"
    assert refusal(reframe(resized_width=0)) == "resized_width must be between 1 and 1536"


def test_a_source_must_be_completed(idle: Api) -> None:
    queued = idle.video().json()["id"]
    expected = f"Generation {queued} is not in completed state"
    frame = {"type": "generation", "id": queued}
    assert refusal(idle.video(keyframes={"frame0": frame})) == expected
    assert refusal(idle.post(f"/generations/{queued}/upscale", json={})) == expected
    assert refusal(idle.post(f"/generations/{queued}/audio", json={})) == expected


def test_a_source_must_be_a_video(idle: Api) -> None:
    image = idle.image().json()["id"]
    expected = f"Generation {image} is not a video"
    frame = {"type": "generation", "id": image}
    assert refusal(idle.video(keyframes={"frame1": frame})) == expected
    assert refusal(idle.post(f"/generations/{image}/upscale", json={})) == expected


def test_a_source_must_exist(idle: Api) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    frame = {"type": "generation", "id": nobody}
    told = refusal(idle.video(keyframes={"frame0": frame}))
    assert told == f"Generation {nobody} not found"
    assert idle.post(f"/generations/{nobody}/upscale", json={}).status_code == 404
    assert idle.post(f"/generations/{nobody}/audio", json={}).status_code == 404


@pytest.mark.parametrize(
    ("source", "target", "allowed"),
    [
        ("540p", "540p", False),
        ("540p", "720p", True),
        ("540p", "1080p", True),
        ("540p", "4k", True),
        ("720p", "540p", False),
        ("720p", "720p", False),
        ("720p", "1080p", True),
        ("1080p", "720p", False),
        ("1080p", "4k", True),
        ("4k", "4k", False),
    ],
)
def test_an_upscale_must_go_up(
    idle: Api, tmp_path: Any, source: str, target: str, allowed: bool
) -> None:
    video = completed(idle, tmp_path, resolution=source)
    answer = idle.post(f"/generations/{video}/upscale", json={"resolution": target})
    if allowed:
        assert answer.status_code == 200
        assert answer.json()["id"] != video
    else:
        assert refusal(answer) == f"Cannot upscale {source} video to {target}: it must be higher"


def test_an_upscale_without_resolution_takes_the_next_tier(idle: Api, clip: str) -> None:
    before = idle.balance()
    assert idle.post(f"/generations/{clip}/upscale", json={}).status_code == 200
    assert before - idle.balance() == pytest.approx(5 * 6)


def test_nothing_refused_is_charged(idle: Api) -> None:
    before = idle.balance()
    idle.video(prompt="ab")
    idle.video(resolution="1080")
    idle.image(image_ref=[{"weight": 1}])
    assert idle.balance() == before
    assert idle.truth()["generations"] == []
