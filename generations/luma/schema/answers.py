"""What the API answers: every object parses, and a value that cannot be read becomes None."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generations.luma.schema.enums import GenerationType, State
from generations.luma.schema.requests import REQUEST_BY_TYPE, AnyRequest
from generations.luma.schema.values import Lenient, Moment, Uri, Uuid


class AnswerSchema(BaseModel):
    """The base of all answers: any JSON object can be parsed as one."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=(), coerce_numbers_to_str=True)


class Error(AnswerSchema):
    """The body of a refusal. Schema errors have a list of objects as detail, read as None."""

    detail: Lenient[str] = None


class Assets(AnswerSchema):
    """Addresses of the result's files; a finished video also has an image, its thumbnail."""

    video: Lenient[Uri] = None
    image: Lenient[Uri] = None
    progress_video: Lenient[Uri] = None


class Generation(AnswerSchema):
    """A generation as the API answers it; `request` is the unchanged echo of the request.

    `model` may be an internal name (photon-v1.0): read `request["model"]` instead. A `created_at`
    without zone is UTC.
    """

    id: Lenient[Uuid] = None
    generation_type: Lenient[Annotated[GenerationType | str, Field(union_mode="left_to_right")]] = (
        GenerationType.VIDEO
    )
    state: Lenient[Annotated[State | str, Field(union_mode="left_to_right")]] = None
    failure_reason: Lenient[str] = None
    created_at: Lenient[Moment] = None
    assets: Lenient[Assets] = None
    model: Lenient[str] = None
    request: Lenient[dict[str, Any]] = None

    def files(self) -> dict[str, str]:
        """Return the addresses of the result's files by kind; empty while there are none."""
        return {kind: url for kind, url in self.assets or () if url}

    def parsed_request(self) -> AnyRequest | None:
        """Return the echo as one of the seven requests, or None if it is missing or unknown."""
        schema = REQUEST_BY_TYPE.get(str((self.request or {}).get("generation_type")))
        if schema is None:
            return None
        try:
            return schema.model_validate(self.request)
        except ValidationError:
            return None


class ListGenerationResponse(AnswerSchema):
    """A page of generations; a row that is no object is read as None."""

    has_more: Lenient[bool] = None
    count: Lenient[int] = None
    limit: Lenient[int] = None
    offset: Lenient[int] = None
    generations: Lenient[list[Lenient[Generation]]] = None


class Credits(AnswerSchema):
    """The account's balance in US cents, with fractions."""

    credit_balance: Lenient[Annotated[float, Field(json_schema_extra={"format": "float"})]] = None
