"""Types of single values: addresses, ids, moments, and the lenient reading of each."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AnyUrl,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

T = TypeVar("T")

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_uuid(value: object) -> bool:
    """Whether the value is a string in the canonical 8-4-4-4-12 form, as every id of the API is."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def _check_uri(value: str) -> str:
    """Return the address unchanged: pydantic's type would rewrite it, and echoes must be equal."""
    try:
        AnyUrl(value)
    except ValidationError as error:
        reason = error.errors()[0].get("ctx", {}).get("error", "it cannot be read")
        raise PydanticCustomError(
            "url_parsing", "Input should be a valid URL, {error}", {"error": str(reason)}
        ) from None
    return value


def _check_uuid(value: str) -> str:
    if not is_uuid(value):
        raise PydanticCustomError("uuid_parsing", "Input should be a valid UUID")
    return value


def _none_if_unreadable(value: object, handler: ValidatorFunctionWrapHandler) -> Any:
    try:
        return handler(value)
    except ValidationError:
        return None


def _in_utc(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


Uri = Annotated[
    str, AfterValidator(_check_uri), WithJsonSchema({"type": "string", "format": "uri"})
]
Uuid = Annotated[
    str, AfterValidator(_check_uuid), WithJsonSchema({"type": "string", "format": "uuid"})
]
Moment = Annotated[datetime, AfterValidator(_in_utc)]
Lenient = Annotated[T | None, WrapValidator(_none_if_unreadable)]
