"""The schema is held to the contract, field by field and enum by enum."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel, TypeAdapter

from generations.luma import schema
from tests.luma.state_contract import STATED, state

CONTRACT: dict[str, Any] = json.loads(STATED.read_text())
SCHEMAS: dict[str, Any] = CONTRACT["schemas"]
REQUESTS = sorted(name for name in SCHEMAS if name.endswith("Request"))
ANSWERS = ["Assets", "Credits", "Error", "Generation", "ListGenerationResponse"]
OBJECTS = sorted(name for name in SCHEMAS if SCHEMAS[name].get("type") == "object")
ENUMS = sorted(name for name in SCHEMAS if "enum" in SCHEMAS[name])


def test_statement_equals_the_contract() -> None:
    path = os.environ.get("DREAM_MACHINE_OPENAPI")
    if not path:
        pytest.skip("DREAM_MACHINE_OPENAPI is not set: nothing to compare contract.json with")
    assert state(yaml.safe_load(Path(path).read_text())) == CONTRACT


def test_statement_has_every_schema_and_operation_and_no_prose() -> None:
    assert len(SCHEMAS) == 33
    assert len(CONTRACT["operations"]) == 13
    words = STATED.read_text()
    assert "description" not in words
    assert "example" not in words


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_has_its_name_here(name: str) -> None:
    assert hasattr(schema, name)
    assert name in schema.__all__


@pytest.mark.parametrize("name", ENUMS)
def test_enum_has_exactly_the_contracts_values_in_its_order(name: str) -> None:
    enum = getattr(schema, name)
    assert issubclass(enum, StrEnum)
    assert [member.value for member in enum] == SCHEMAS[name]["enum"]


def test_enum_defaults_are_the_contracts() -> None:
    stated = {name: SCHEMAS[name]["default"] for name in ENUMS if "default" in SCHEMAS[name]}
    assert {enum.__name__: value for enum, value in schema.ENUM_DEFAULTS.items()} == stated


@pytest.mark.parametrize("name", ["VideoModelOutputDuration", "VideoModelOutputResolution"])
def test_open_enum_lists_the_contracts_values_and_any_string(name: str) -> None:
    closed, other = get_args(getattr(schema, name))
    assert list(get_args(closed)) == SCHEMAS[name]["anyOf"][0]["enum"]
    assert other is str
    assert TypeAdapter(getattr(schema, name)).validate_python("1080") == "1080"


def test_keyframe_is_told_apart_by_its_type() -> None:
    union, field = get_args(schema.Keyframe)
    assert [member.__name__ for member in get_args(union)] == [
        each["ref"] for each in SCHEMAS["Keyframe"]["oneOf"]
    ]
    assert field.discriminator == SCHEMAS["Keyframe"]["discriminator"]


def test_request_of_a_generation_is_one_of_the_contracts_seven() -> None:
    stated = [each["ref"] for each in SCHEMAS["Generation"]["properties"]["request"]["oneOf"]]
    assert [member.__name__ for member in get_args(schema.AnyRequest)] == stated
    for name, request in schema.REQUEST_BY_TYPE.items():
        generation_type = SCHEMAS[request.__name__]["properties"]["generation_type"]
        assert generation_type["enum"] == [name]


def ours(model: type[BaseModel]) -> dict[str, Any]:
    """A model's JSON schema in the form of contract.json."""
    return _ours(model.model_json_schema())


def _ours(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        return _with_default({"ref": node["$ref"].rpartition("/")[2]}, node)
    options = [each for each in node.get("anyOf", []) if each != {"type": "null"}]
    if len(options) == 1:
        return _with_default(_ours(options[0]), node)
    if "oneOf" in node:
        options = node["oneOf"]
    if options:
        return _with_default({"any": [_ours(each) for each in options]}, node)
    told: dict[str, Any] = {key: node[key] for key in ("type", "format", "enum") if key in node}
    if "const" in node:
        told["enum"] = [node["const"]]
    if "items" in node:
        told["items"] = _ours(node["items"])
    if "properties" in node:
        told["properties"] = {
            name: _ours(value) for name, value in sorted(node["properties"].items())
        }
    if node.get("required"):
        told["required"] = sorted(node["required"])
    return _with_default(told, node)


def _with_default(told: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    return {**told, "default": node["default"]} if node.get("default") is not None else told


# References that pydantic writes out, or names that our schema adds to the contract's
NAMED_ALTERNATIVES: dict[str, dict[str, Any]] = {
    "VideoModelOutputResolution": {
        "any": [{"type": "string", "enum": ["540p", "720p", "1080p", "4k"]}, {"type": "string"}]
    },
    "VideoModelOutputDuration": {
        "any": [{"type": "string", "enum": ["5s", "9s"]}, {"type": "string"}]
    },
    "Keyframe": {"any": [{"ref": "GenerationReference"}, {"ref": "ImageReference"}]},
}
OPEN_ANSWERS = {"State", "GenerationType"}


def stated(name: str, field: str) -> dict[str, Any]:
    """What the contract says of a field, with the few differences that are on purpose."""
    node = dict(SCHEMAS[name]["properties"][field])
    default = {"default": node.pop("default")} if "default" in node else {}
    if (name, field) == ("ImageGenerationRequest", "character_ref"):
        return {"ref": "CharacterRef"}  # an anonymous object in the contract
    if (name, field) == ("Generation", "request"):
        return {"type": "object"}  # kept as it came; parsed_request() knows the seven
    if name in ANSWERS and node.get("ref") in OPEN_ANSWERS:
        return {"any": [node, {"type": "string"}], **default}  # the API may invent more
    return {**NAMED_ALTERNATIVES.get(node.get("ref", ""), node), **default}


FIELDS = [(name, field) for name in OBJECTS for field in SCHEMAS[name]["properties"]]


def test_there_are_fields_to_compare() -> None:
    assert len(FIELDS) == 97


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_field_is_as_the_contract_states_it(name: str, field: str) -> None:
    told = ours(getattr(schema, name))["properties"]
    there = dict(stated(name, field))
    here = dict(told[field])
    here.pop("additionalProperties", None)
    if name in {"GenerationReference", "ImageReference"} and field == "type":
        there.pop("default")  # required and a default at once: required wins
    if field == "generation_type" and "generation_type" in SCHEMAS[name].get("required", []):
        there.pop("default")
    if there.get("items", {}).get("ref") == "Generation":
        assert here["items"] == {"ref": "Generation"}
    assert here == there


@pytest.mark.parametrize("name", OBJECTS)
def test_no_field_is_ours_alone(name: str) -> None:
    assert set(getattr(schema, name).model_fields) == set(SCHEMAS[name]["properties"])


@pytest.mark.parametrize("name", sorted(set(OBJECTS) - set(ANSWERS)))
def test_required_fields_of_what_we_send_are_the_contracts(name: str) -> None:
    fields = getattr(schema, name).model_fields
    required = sorted(field for field, about in fields.items() if about.is_required())
    assert required == SCHEMAS[name].get("required", [])


@pytest.mark.parametrize("name", ANSWERS)
def test_no_field_of_an_answer_is_required(name: str) -> None:
    answer = getattr(schema, name)
    answer.model_validate({})
    answer.model_validate(dict.fromkeys(answer.model_fields))


def test_character_ref_is_the_contracts_anonymous_object() -> None:
    inline = SCHEMAS["ImageGenerationRequest"]["properties"]["character_ref"]["properties"]
    assert ours(schema.CharacterRef)["properties"] == inline


VALUES: dict[str, Any] = {
    "type": "image",
    "url": "https://example.com/a.jpg",
    "id": "123e4567-e89b-12d3-a456-426614174000",
    "key": "static",
    "media": {"url": "https://example.com/a.mp4"},
    "aspect_ratio": "16:9",
    "mode": "flex_1",
}
MODELS = {
    "GenerationRequest": "ray-2",
    "ReframeVideoRequest": "ray-2",
    "ModifyVideoRequest": "ray-2",
}


def least(name: str) -> dict[str, Any]:
    """The smallest body that the contract allows."""
    body = {}
    for field in SCHEMAS[name].get("required", []):
        enum = SCHEMAS[name]["properties"][field].get("enum")
        body[field] = enum[0] if enum else VALUES.get(field, MODELS.get(name, "photon-1"))
    return body


@pytest.mark.parametrize("name", REQUESTS)
def test_least_body_is_accepted_and_sent_as_it_is(name: str) -> None:
    assert getattr(schema, name).model_validate(least(name)).wire() == least(name)


@pytest.mark.parametrize("name", REQUESTS)
def test_null_is_accepted_for_every_optional_field_and_never_sent(name: str) -> None:
    optional = set(SCHEMAS[name]["properties"]) - set(SCHEMAS[name].get("required", []))
    body = dict.fromkeys(optional) | least(name)
    assert getattr(schema, name).model_validate(body).wire() == least(name)


@pytest.mark.parametrize(
    ("name", "field"),
    [(name, field) for name in REQUESTS for field in SCHEMAS[name].get("required", [])],
)
def test_required_field_may_neither_be_missing_nor_null(name: str, field: str) -> None:
    body = least(name)
    for broken in ({**body, field: None}, {key: body[key] for key in body if key != field}):
        with pytest.raises(ValueError, match=field):
            getattr(schema, name).model_validate(broken)


CLOSED = [
    (name, field)
    for name in REQUESTS
    for field, node in SCHEMAS[name]["properties"].items()
    if "enum" in node or "enum" in SCHEMAS.get(node.get("ref", ""), {})
]


@pytest.mark.parametrize(("name", "field"), CLOSED)
def test_unknown_value_of_a_closed_enum_is_refused(name: str, field: str) -> None:
    with pytest.raises(ValueError, match=field):
        getattr(schema, name).model_validate({**least(name), field: "ray-1.6"})


@pytest.mark.parametrize("name", REQUESTS)
def test_unknown_field_is_kept_for_the_echo(name: str) -> None:
    body = {**least(name), "seed": 7, "style": [{"url": "x"}]}
    assert getattr(schema, name).model_validate(body).wire() == body


@pytest.mark.parametrize("address", ["", "lake.jpg", "//host/a.jpg", "http://", 17, ["x"]])
def test_what_is_no_address_is_refused(address: Any) -> None:
    with pytest.raises(ValueError, match="callback_url"):
        schema.GenerationRequest.model_validate({"model": "ray-2", "callback_url": address})


@pytest.mark.parametrize(
    "address", ["https://example.com", "HTTPS://Example.com:443/a b?q=ü#x", "http://127.0.0.1:1/"]
)
def test_address_is_sent_exactly_as_given(address: str) -> None:
    assert schema.Media(url=address).wire() == {"url": address}


@pytest.mark.parametrize("told", ["", "17", "123e4567e89b12d3a456426614174000", "{x}", None])
def test_what_is_no_id_is_refused(told: Any) -> None:
    body = {"frame0": {"type": "generation", "id": told}}
    with pytest.raises(ValueError, match="frame0"):
        schema.Keyframes.model_validate(body)


@pytest.mark.parametrize("frame", [{"type": "video"}, {"url": VALUES["url"]}, {"type": None}, "x"])
def test_keyframe_of_no_known_type_is_refused(frame: Any) -> None:
    with pytest.raises(ValueError, match="frame1"):
        schema.Keyframes.model_validate({"frame1": frame})


def test_infinite_weight_is_refused_because_json_cannot_say_it() -> None:
    with pytest.raises(ValueError, match="weight"):
        schema.ImageRef(url=VALUES["url"], weight=float("inf"))


def test_further_identities_are_read_like_the_first() -> None:
    identities = {f"identity{i}": {"images": [VALUES["url"]]} for i in range(3)}
    character = schema.CharacterRef.model_validate(identities)
    assert character.wire() == identities
    with pytest.raises(ValueError, match="identity1"):
        schema.CharacterRef.model_validate({"identity1": {"images": ["no address"]}})


def test_echo_is_read_as_the_request_it_was() -> None:
    for name, request in schema.REQUEST_BY_TYPE.items():
        echo = {**least(request.__name__), "generation_type": name}
        told = schema.Generation.model_validate({"request": echo}).parsed_request()
        assert type(told) is request


@pytest.mark.parametrize("echo", [None, {}, {"generation_type": "video"}, {"type": "video"}])
def test_echo_that_is_no_request_is_none(echo: Any) -> None:
    assert schema.Generation.model_validate({"request": echo}).parsed_request() is None


def test_moment_without_zone_is_utc() -> None:
    told = schema.Generation.model_validate({"created_at": "2026-11-22T10:00:00"})
    assert told.created_at is not None
    assert told.created_at.isoformat() == "2026-11-22T10:00:00+00:00"


def test_numbers_and_truths_may_come_as_strings() -> None:
    page = schema.ListGenerationResponse.model_validate({"count": "7", "has_more": "true"})
    assert (page.count, page.has_more) == (7, True)
    assert schema.Credits.model_validate({"credit_balance": "12.5"}).credit_balance == 12.5
