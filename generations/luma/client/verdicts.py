"""What an HTTP answer means: accepted, refused, try later, or unknown.

A create counts as refused only with a status of REFUSING and the API's own JSON `detail`. It stays
unconfirmed if a proxy may have answered, and with every status after which the API may still have
accepted it (408, 409, 425, 499, 5xx, a redirect, a 2xx without an id).
"""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from generations.luma.client.answers import CreditsAnswer, ListAnswer, RemoteGeneration
from generations.luma.client.reading import read_detail, read_json, refusal, retry_after
from generations.luma.client.wire import Reply
from generations.luma.errors import LumaRateLimited, LumaUnavailable, LumaUnconfirmed
from generations.luma.schema import Credits, Generation, is_uuid

REFUSING = frozenset({400, 401, 402, 403, 404, 405, 413, 415, 422})
PASSING = frozenset({408, 409, 425, 499})


def created(reply: Reply, *, secret: SecretStr) -> RemoteGeneration:
    """Return the new generation; raise LumaRejected, LumaRateLimited or LumaUnconfirmed."""
    payload = read_json(reply.body)
    if 200 <= reply.status < 300 and isinstance(payload, dict) and is_uuid(payload.get("id")):
        return RemoteGeneration(Generation.model_validate(payload), payload)
    detail = read_detail(payload)
    if detail is not None and reply.status == 429:
        raise LumaRateLimited("Luma is busy.", retry_after(reply.headers))
    if detail is not None and reply.status in REFUSING:
        raise refusal(reply.status, detail, secret=secret)
    raise LumaUnconfirmed(
        f"Luma's answer (HTTP {reply.status}) does not say whether it accepted this.", reply.status
    )


def _accepted(reply: Reply, *, secret: SecretStr) -> Any:
    """Return the JSON of a read, or None. An unclear answer means "again": reads change nothing."""
    payload = read_json(reply.body)
    if 200 <= reply.status < 300:
        return payload
    if reply.status == 429:
        raise LumaRateLimited("Luma is busy.", retry_after(reply.headers))
    if not 400 <= reply.status < 500 or reply.status in PASSING:
        message = f"Luma cannot answer right now (HTTP {reply.status})."
        raise LumaUnavailable(message, retry_after(reply.headers))
    detail = read_detail(payload) or f"Luma refused (HTTP {reply.status})."
    raise refusal(reply.status, detail, secret=secret)


def _accepted_object(reply: Reply, *, secret: SecretStr) -> dict[str, Any]:
    payload = _accepted(reply, secret=secret)
    if not isinstance(payload, dict):
        raise LumaUnavailable("Luma's answer cannot be read.")
    return payload


def deleted(reply: Reply, *, secret: SecretStr) -> None:
    """Accept any 2xx, with or without a body."""
    _accepted(reply, secret=secret)


def found(reply: Reply, *, secret: SecretStr) -> RemoteGeneration:
    """Return the generation of an answer."""
    payload = _accepted_object(reply, secret=secret)
    return RemoteGeneration(Generation.model_validate(payload), payload)


def listed(reply: Reply, *, secret: SecretStr) -> ListAnswer:
    """Return a page of generations, and whether all of it could be read."""
    payload = _accepted_object(reply, secret=secret)
    rows = payload.get("generations")
    readable = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    has_more = payload.get("has_more")
    return ListAnswer(
        rows=tuple(RemoteGeneration(Generation.model_validate(row), row) for row in readable),
        has_more=has_more if isinstance(has_more, bool) else None,
        whole=isinstance(rows, list)
        and all(is_uuid(row.get("id")) for row in readable)
        and len(readable) == len(rows),
        raw=payload,
    )


def balance(reply: Reply, *, secret: SecretStr) -> CreditsAnswer:
    """Return the account's balance."""
    payload = _accepted_object(reply, secret=secret)
    return CreditsAnswer(Credits.model_validate(payload), payload)


def concept_keys(reply: Reply, *, secret: SecretStr) -> tuple[str, ...]:
    """Return the keys of the concepts. Raises LumaUnavailable unless it is a list of strings."""
    payload = _accepted(reply, secret=secret)
    if not isinstance(payload, list) or not all(isinstance(key, str) for key in payload):
        raise LumaUnavailable("Luma's answer cannot be read.")
    return tuple(payload)


def pong(reply: Reply, *, secret: SecretStr) -> str:
    """Return the message of the ping, or ""."""
    message = _accepted_object(reply, secret=secret).get("message")
    return message if isinstance(message, str) else ""
