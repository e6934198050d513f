"""Answers and routes of the sandbox held to the contract's structure, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from generations.sandbox.operations import route_for

from .conftest import Api, Json

CONTRACT: Json = json.loads(
    (Path(__file__).resolve().parents[1] / "luma" / "contract.json").read_text()
)
NOWHERE = "http://127.0.0.1:9/a"
FAIL = "fail: Job failed"
TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


def breaches(value: Any, schema: Json, place: str = "answer") -> Iterator[str]:
    """Where a value departs from a schema; null stands for "not given"."""
    if "ref" in schema:
        yield from breaches(value, CONTRACT["schemas"][schema["ref"]], place)
    elif "oneOf" in schema or "anyOf" in schema:
        choices: list[Json] = schema["oneOf"] if "oneOf" in schema else schema["anyOf"]
        found = [list(breaches(value, each, place)) for each in choices]
        if all(found):
            yield f"{place}: fits none of {len(found)}: {found}"
    elif not isinstance(value, TYPES[schema["type"]]):
        yield f"{place}: {value!r} is no {schema['type']}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} is none of {schema['enum']}"
    elif schema.get("format") == "uuid":
        yield from [] if str(UUID(value)) == value else [f"{place}: {value!r} is no uuid"]
    elif schema["type"] == "array":
        for index, each in enumerate(value):
            yield from breaches(each, schema["items"], f"{place}[{index}]")
    elif schema["type"] == "object":
        yield from _breaches_of_object(value, schema, place)


def _breaches_of_object(value: Json, schema: Json, place: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    for name in set(schema.get("required", [])) - set(value):
        yield f"{place}: {name} is missing"
    for name, each in value.items():
        if name not in properties:
            yield f"{place}: {name} is not in the contract"
        elif each is not None:
            yield from breaches(each, properties[name], f"{place}.{name}")


def hold(operation: str, status: int, body: Any) -> None:
    schema = CONTRACT["operations"][operation]["responses"][str(status)]
    assert list(breaches(body, schema)) == []


def test_every_operation_of_the_contract_has_a_route() -> None:
    operations = CONTRACT["operations"]
    assert len(operations) == 13
    for name, each in operations.items():
        path = each["path"].replace("{id}", "00000000-0000-4000-8000-000000000000")
        route = route_for(each["method"].upper(), path)
        assert route is not None, name
        assert route.operation == name


VIDEO = {"model": "ray-2", "prompt": FAIL, "callback_url": f"{NOWHERE}/hook"}
CREATES: list[tuple[str, Json]] = [
    ("createGeneration", VIDEO),
    (
        "createGeneration",
        VIDEO
        | {
            "aspect_ratio": "21:9",
            "loop": False,
            "keyframes": {
                "frame0": {"type": "image", "url": NOWHERE},
                "frame1": {"type": "image", "url": NOWHERE},
            },
            "resolution": "1080p",
            "duration": "9s",
            "concepts": [{"key": "orbit_left"}],
        },
    ),
    (
        "generateImage",
        {
            "model": "photon-1",
            "prompt": FAIL,
            "aspect_ratio": "3:4",
            "format": "png",
            "image_ref": [{"url": NOWHERE, "weight": 0.5}],
            "style_ref": [{"url": NOWHERE}],
            "character_ref": {"identity0": {"images": [NOWHERE]}},
            "modify_image_ref": {"url": NOWHERE, "weight": 1},
            "sync": False,
            "sync_timeout": 3.5,
        },
    ),
    (
        "reframeImage",
        {
            "generation_type": "reframe_image",
            "media": {"url": NOWHERE},
            "model": "photon-flash-1",
            "prompt": FAIL,
            "aspect_ratio": "9:21",
            "x_start": 1,
            "resized_width": 100,
            "format": "jpg",
        },
    ),
    (
        "reframeVideo",
        {
            "generation_type": "reframe_video",
            "media": {"url": NOWHERE},
            "first_frame": {"url": NOWHERE},
            "model": "ray-2",
            "prompt": FAIL,
            "aspect_ratio": "1:1",
        },
    ),
    (
        "modifyVideo",
        {
            "generation_type": "modify_video",
            "media": {"url": NOWHERE},
            "model": "ray-flash-2",
            "mode": "reimagine_3",
            "prompt": FAIL,
        },
    ),
]


@pytest.mark.parametrize(("operation", "body"), CREATES)
def test_creates_answer_by_the_contract_from_queued_to_failed(
    working: Api, operation: str, body: Json
) -> None:
    answer = working.post(CONTRACT["operations"][operation]["path"], json=body)
    assert answer.status_code == 201
    hold(operation, 201, answer.json())
    hold("getGeneration", 200, working.finished(answer))
    hold("listGenerations", 200, working.get("/generations").json())


def test_a_completed_image_answers_by_the_contract(working: Api) -> None:
    done = working.finished(working.image())
    hold("getGeneration", 200, done)
    assert done["assets"]["image"].startswith("http://")


def test_small_reads_answer_by_the_contract(idle: Api) -> None:
    for operation in ("ping", "getCredits", "getConcepts", "listGenerations"):
        answer = idle.get(CONTRACT["operations"][operation]["path"])
        hold(operation, 200, answer.json())


@pytest.mark.parametrize("tail", ["upscale", "audio"])
def test_follow_ups_answer_by_the_contract(idle: Api, tmp_path: Path, tail: str) -> None:
    from .test_rules import completed

    operation = {"upscale": "upscaleGeneration", "audio": "addAudioToGeneration"}[tail]
    body = {"resolution": "4k"} if tail == "upscale" else {"prompt": "rain", "negative_prompt": "x"}
    answer = idle.post(f"/generations/{completed(idle, tmp_path)}/{tail}", json=body)
    assert answer.status_code == 200
    hold(operation, 200, answer.json())


@pytest.mark.parametrize("schema", ["Generation", "Credits", "ListGenerationResponse"])
def test_the_comparison_sees_a_breach(schema: str) -> None:
    wrong: Json = {"id": 7, "credit_balance": "much", "generations": [{"state": "resting"}]}
    assert list(breaches(wrong, CONTRACT["schemas"][schema]))
