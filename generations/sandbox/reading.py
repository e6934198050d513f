"""Reading requests: from bytes to a checked schema object, and back to the echo in answers."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any, TypeVar
from urllib.parse import parse_qs

from pydantic import BaseModel, ValidationError

from generations.luma.schema import RequestSchema

from .refusals import bad_request, malformed, reason, reason_from
from .rules import check_addresses

MAX_LISTED = 1000
DEFAULT_LISTED = 100

log = logging.getLogger("sandbox")

Wanted = TypeVar("Wanted", bound=RequestSchema)
Path = tuple[object, ...]


def read_body(body: bytes) -> dict[str, Any]:
    """Return the JSON object in `body` without its nulls: an explicit null means "not given"."""
    try:
        given = json.loads(body)
        json.dumps(given, ensure_ascii=False).encode()  # raises for half a surrogate pair
    except (ValueError, RecursionError) as error:
        position = str(getattr(error, "pos", 0))
        raise malformed([reason("json_invalid", ("body", position), "JSON decode error")]) from None
    if not isinstance(given, dict):
        raise malformed([reason("dict_type", ("body",), "Input should be an object", given)])
    kept: dict[str, Any] = _without_nulls(given)
    return kept


def read_request(schema: type[Wanted], operation: str, body: bytes) -> Wanted:
    """Return `body` as `schema`. Raises Refused (422) for what the schema does not allow.

    Unknown fields are logged and ignored. A `generation_type` of another route is refused with the
    documented "Unknown request type".
    """
    given = read_body(body)
    if given.get("generation_type", operation) != operation:
        raise bad_request("Unknown request type")
    try:
        request = schema.model_validate(given)
    except ValidationError as error:
        raise malformed(reason_from(dict(each)) for each in error.errors()) from None
    check_addresses(_addresses(request, ()))
    for name in _unknown_fields(request, ""):
        log.warning("unknown field %s in a request to %s: accepted and ignored", name, operation)
    return request


def echo(request: RequestSchema, operation: str) -> dict[str, Any]:
    """Return the whole request as the answer repeats it, with null for what was not set."""
    return {**request.model_dump(mode="json"), "generation_type": operation}


def read_page(query: str) -> tuple[int, int]:
    """Return `limit` (from 1; above 1000 it is 1000) and `offset`. Raises Refused (422)."""
    asked = parse_qs(query)
    limit = _integer(asked, "limit", DEFAULT_LISTED, least=1)
    return min(limit, MAX_LISTED), _integer(asked, "offset", 0, least=0)


def _integer(asked: dict[str, list[str]], name: str, default: int, *, least: int) -> int:
    text = asked.get(name, [str(default)])[-1]
    loc = ("query", name)
    if not text.lstrip("-").isdecimal() or len(text) > 18:
        raise malformed([reason("int_parsing", loc, "Input should be a valid integer", text)])
    if int(text) < least:
        told = reason("greater_than_equal", loc, f"Input should be at least {least}", text)
        raise malformed([told | {"ctx": {"ge": str(least)}}])
    return int(text)


def _without_nulls(given: Any) -> Any:
    if isinstance(given, dict):
        return {name: _without_nulls(each) for name, each in given.items() if each is not None}
    if isinstance(given, list):
        return [_without_nulls(each) for each in given]
    return given


def _addresses(part: object, loc: Path) -> Iterator[tuple[Path, str | None]]:
    """Yield every address in a request, with its location."""
    if isinstance(part, BaseModel):
        for name, each in part:
            if name in ("url", "callback_url"):
                yield (*loc, name), each
            else:
                yield from _addresses(each, (*loc, name))
    elif isinstance(part, list):
        for index, each in enumerate(part):
            inside = isinstance(each, str) and loc[-1:] == ("images",)
            yield from [((*loc, index), each)] if inside else _addresses(each, (*loc, index))


def _unknown_fields(part: object, prefix: str) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _unknown_fields(each, prefix)
    if not isinstance(part, BaseModel):
        return
    for name in part.model_extra or {}:
        if not name.startswith("identity"):
            yield f"{prefix}{name}"
    for name in type(part).model_fields:
        yield from _unknown_fields(getattr(part, name), f"{prefix}{name}.")
