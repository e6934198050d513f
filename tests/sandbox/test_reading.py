"""How requests are read: nulls, unknown fields, schema errors, the key, paths and methods."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest

from .conftest import Api, Json

ROUTES = [
    ("GET", "/ping"),
    ("GET", "/credits"),
    ("GET", "/generations"),
    ("POST", "/generations"),
    ("POST", "/generations/video"),
    ("POST", "/generations/image"),
    ("POST", "/generations/image/reframe"),
    ("POST", "/generations/video/reframe"),
    ("POST", "/generations/video/modify"),
    ("GET", "/generations/concepts/list"),
    ("GET", "/generations/camera_motion/list"),
    ("GET", "/generations/x"),
    ("DELETE", "/generations/x"),
    ("POST", "/generations/x/upscale"),
    ("POST", "/generations/x/audio"),
]


def reasons(answer: httpx.Response) -> list[Json]:
    assert answer.status_code == 422, answer.text
    detail: list[Json] = answer.json()["detail"]
    for each in detail:
        assert isinstance(each["type"], str)
        assert isinstance(each["msg"], str)
        assert isinstance(each["input"], str)
        assert all(isinstance(part, str) for part in each["loc"])
        assert all(isinstance(value, str) for value in each.get("ctx", {}).values())
    return detail


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("key", ["", "Bearer", "Bearer wrong", "Basic sandbox", "sandbox"])
def test_every_route_asks_for_the_key(idle: Api, method: str, path: str, key: str) -> None:
    answer = idle.request(method, path, headers={"Authorization": key})
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Invalid API key is provided"}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_trailing_slash_is_tolerated(idle: Api, method: str, path: str) -> None:
    plain, slashed = (idle.request(method, path + end) for end in ("", "/"))
    assert (plain.status_code, plain.content) == (slashed.status_code, slashed.content)


def test_explicit_nulls_mean_not_given(idle: Api) -> None:
    nulls = dict.fromkeys(("aspect_ratio", "loop", "keyframes", "callback_url", "duration"))
    answer = idle.video(**nulls, generation_type=None, concepts=None)
    assert answer.status_code == 201
    assert answer.json()["request"]["generation_type"] == "video"


def test_explicit_nulls_inside_references_mean_not_given(idle: Api) -> None:
    reference = {"url": "http://127.0.0.1:9/a.jpg", "weight": None}
    assert idle.image(image_ref=[reference], character_ref=None, format=None).status_code == 201


def test_the_whole_request_is_echoed_with_nulls_for_what_was_not_set(idle: Api) -> None:
    token = "http://127.0.0.1:9/hooks/luma/t0ken?a=b"
    told = idle.video(callback_url=token).json()
    assert told["request"] == {
        "generation_type": "video",
        "model": "ray-2",
        "prompt": "a calm lake at dawn",
        "aspect_ratio": None,
        "loop": None,
        "keyframes": None,
        "callback_url": token,
        "resolution": "540p",
        "duration": None,
        "concepts": None,
    }


def test_a_created_generation_is_queued_and_has_no_assets(idle: Api) -> None:
    told = idle.video().json()
    assert set(told) == {
        *("id", "generation_type", "state", "failure_reason"),
        *("created_at", "assets", "model", "request"),
    }
    assert told["state"] == "queued"
    assert told["assets"] is None
    assert told["failure_reason"] is None
    assert told["generation_type"] == "video"
    assert told["model"] == "ray-2"


def test_an_image_answers_with_the_internal_name_of_its_model(idle: Api) -> None:
    told = idle.image().json()
    assert (told["generation_type"], told["model"]) == ("image", "photon-v1.0")
    assert told["request"]["model"] == "photon-1"


def test_unknown_fields_are_accepted_with_a_line_in_the_log(
    idle: Api, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="sandbox"):
        answer = idle.image(style=[{"url": "http://127.0.0.1:9/a.jpg"}], seed=4)
    assert answer.status_code == 201
    assert [line for line in caplog.messages if "unknown field style" in line]
    assert [line for line in caplog.messages if "unknown field seed" in line]


def test_further_identities_are_no_unknown_fields(
    idle: Api, caplog: pytest.LogCaptureFixture
) -> None:
    people = {"identity1": {"images": ["http://127.0.0.1:9/a.jpg"]}}
    assert idle.image(character_ref=people).status_code == 201
    assert caplog.messages == []


def test_an_unknown_model_is_a_schema_error(idle: Api) -> None:
    [told] = reasons(idle.video(model="ray-1.6"))
    assert told["loc"] == ["body", "model"]
    assert told["input"] == "ray-1.6"
    assert "ray-flash-2" in told["msg"]


def test_a_missing_model_is_a_schema_error(idle: Api) -> None:
    [told] = reasons(idle.video(model=None))
    assert (told["type"], told["loc"]) == ("missing", ["body", "model"])


@pytest.mark.parametrize(
    ("fields", "loc"),
    [
        ({"aspect_ratio": "2:1"}, ["body", "aspect_ratio"]),
        ({"loop": "perhaps"}, ["body", "loop"]),
        ({"prompt": 7}, ["body", "prompt"]),
        ({"callback_url": "not an address"}, ["body", "callback_url"]),
        ({"callback_url": "ftp://127.0.0.1/x"}, ["body", "callback_url"]),
        ({"concepts": [{"name": "x"}]}, ["body", "concepts", "0", "key"]),
        ({"keyframes": {"frame0": {"url": "http://a.b/c"}}}, ["body", "keyframes", "frame0"]),
        (
            {"keyframes": {"frame0": {"type": "image", "url": "file:///etc/passwd"}}},
            ["body", "keyframes", "frame0", "url"],
        ),
    ],
)
def test_schema_errors_name_their_place(idle: Api, fields: Json, loc: list[str]) -> None:
    found = [each["loc"] for each in reasons(idle.video(**fields))]
    assert any(each[: len(loc)] == loc for each in found)


def test_addresses_in_lists_are_checked(idle: Api) -> None:
    people = {"identity0": {"images": ["http://a.b/c", "file:///x"]}}
    [told] = reasons(idle.image(character_ref=people))
    assert told["loc"] == ["body", "character_ref", "identity0", "images", "1"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"NaN", b"[]", b'"a"', b"null"])
def test_a_body_that_is_no_json_object_is_a_schema_error(idle: Api, body: bytes) -> None:
    assert reasons(idle.post("/generations/video", content=body))


def test_half_a_character_is_a_schema_error(idle: Api) -> None:
    body = b'{"model": "ray-2", "prompt": "half of \\ud83d a pair"}'
    [told] = reasons(idle.post("/generations/video", content=body))
    assert told["type"] == "json_invalid"


def test_a_body_nested_too_deeply_is_a_schema_error(idle: Api) -> None:
    assert reasons(idle.post("/generations/video", content=b"[" * 200_000))


def test_a_huge_body_is_refused(idle: Api) -> None:
    answer = idle.video(prompt="a" * 2_000_000)
    assert answer.status_code == 413
    assert idle.truth()["generations"] == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/generations/a/b/c", 404),
        ("PUT", "/generations", 405),
        ("DELETE", "/generations", 405),
        ("POST", "/credits", 405),
        ("GET", "/generations/x/upscale", 405),
        ("GET", "/generations/x", 404),
        ("DELETE", "/generations/x", 404),
    ],
)
def test_wrong_paths_and_methods(idle: Api, method: str, path: str, status: int) -> None:
    answer = idle.request(method, path)
    assert answer.status_code == status
    assert isinstance(answer.json()["detail"], str)
    assert ("allow" in answer.headers) == (status == 405)


def test_outside_the_mount_is_nothing(idle: Api) -> None:
    url = str(idle.base_url.join("/generations"))
    assert idle.get(url).status_code == 404


def test_the_legacy_create_is_the_same_as_the_new_one(idle: Api) -> None:
    body = {"model": "ray-2", "prompt": "a lake"}
    old, new = (idle.post(f"/generations{end}", json=body) for end in ("", "/video"))
    assert old.status_code == new.status_code == 201
    assert old.json()["request"] == new.json()["request"]


def test_concepts_and_camera_motions_are_listed(idle: Api) -> None:
    concepts: list[Any] = idle.get("/generations/concepts/list").json()
    assert len(concepts) == len(set(concepts)) == 34
    assert {"dolly_zoom", "static", "eye_level"} <= set(concepts)
    assert "camera orbit left" in idle.get("/generations/camera_motion/list").json()
