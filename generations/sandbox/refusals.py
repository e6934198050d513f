"""Refusals of the API: a status, a `detail`, and sometimes headers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict


class Reason(TypedDict, total=False):
    """One schema error. Strict clients need strings in `loc` and as `input`."""

    type: str
    loc: list[str]
    msg: str
    input: str
    ctx: dict[str, str]


class Refused(Exception):
    """The request is answered with `status` and `{"detail": detail}`; nothing was created."""

    def __init__(
        self,
        status: int,
        detail: str | list[Reason],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def bad_request(sentence: str) -> Refused:
    """Return a 400: the request is well formed, but breaks a documented rule."""
    return Refused(400, sentence)


def not_found(what: str = "Generation not found") -> Refused:
    """Return a 404, also for a deleted generation."""
    return Refused(404, what)


def malformed(reasons: Iterable[Reason]) -> Refused:
    """Return a 422, whose `detail` is a list of schema errors."""
    return Refused(422, list(reasons))


def reason(kind: str, loc: Iterable[object], message: str, given: object = None) -> Reason:
    """Return a schema error about the value `given` at `loc`."""
    text = given if isinstance(given, str) else json.dumps(given, default=str)
    return {"type": kind, "loc": [str(part) for part in loc], "msg": message, "input": text}


def reason_from(error: Mapping[str, Any], *, prefix: str = "body") -> Reason:
    """Return an error of `ValidationError.errors()` in the API's shape."""
    told = reason(error["type"], (prefix, *error["loc"]), error["msg"], error["input"])
    if error.get("ctx"):
        told["ctx"] = {name: str(value) for name, value in error["ctx"].items()}
    return told
