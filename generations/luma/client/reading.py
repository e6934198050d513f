"""Reading answers of the API: JSON made safe to store, refusals as one line, waiting times."""

from __future__ import annotations

import email.utils
import json
import math
import re
import time
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from pydantic import SecretStr

from generations.luma.errors import LumaKeyRefused, LumaNotFound, LumaOutOfCredit, LumaRejected
from generations.luma.failures import field_of_refusal

LONGEST_WAIT = 600.0
LONGEST_DETAIL = 500
SHORTEST_SECRET = 8  # "sandbox" is a key, but no secret, and occurs in sentences

_CREDIT_WORDS = re.compile(
    r"\b(insufficient|not enough|out of|no more|add|no)\s+(\w+\s+)?(credit|balance|fund)"
)


def read_json(body: bytes | None) -> Any:
    """Return the parsed body, or None if it is no JSON.

    The result can be stored in any database: infinite numbers become strings, NaN becomes None,
    and refused characters (NUL, lone surrogates) are replaced.
    """
    if not body:
        return None
    try:
        parsed = json.loads(body, parse_float=_finite, parse_constant=_no_constant)
        return _storable(parsed)
    except (ValueError, RecursionError):
        return None


def _finite(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def _no_constant(_name: str) -> None:
    return None


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value


def read_detail(payload: Any) -> Any:
    """Return the `detail` of an answer, or None: without it the API itself did not answer."""
    detail = payload.get("detail") if isinstance(payload, dict) else None
    return detail if isinstance(detail, str | list | dict) and detail else None


def refusal(status: int, detail: Any, *, secret: SecretStr) -> LumaRejected:
    """Return the error for a refusal. The secret is replaced if the API repeats it."""
    fields = tuple((loc, _plain(msg, secret)) for loc, msg in _schema_errors(detail))
    line = _plain(_one_line(detail, fields), secret)
    known = field_of_refusal(line)
    if not fields and known:
        fields = ((known, line),)
    return _kind_of_refusal(status, line)(status, line, fields)


def _kind_of_refusal(status: int, line: str) -> type[LumaRejected]:
    speaks_of_credit = status in {400, 403, 422} and _CREDIT_WORDS.search(line.lower())
    if status == 402 or speaks_of_credit:
        return LumaOutOfCredit
    if status in {401, 403}:
        return LumaKeyRefused
    return LumaNotFound if status == 404 else LumaRejected


def _schema_errors(detail: Any) -> list[tuple[str, str]]:
    """Return field and message of FastAPI's list of {loc, msg}, without a leading "body"."""
    rows = detail if isinstance(detail, list) else [detail]
    return [
        (_place(row.get("loc")), str(row["msg"]))
        for row in rows
        if isinstance(row, dict) and row.get("msg")
    ]


def _place(loc: Any) -> str:
    steps = [str(step) for step in loc] if isinstance(loc, list) else []
    return ".".join(steps[1:] if steps[:1] == ["body"] else steps)


def _one_line(detail: Any, fields: tuple[tuple[str, str], ...]) -> str:
    if isinstance(detail, str):
        return detail
    if fields:
        return "; ".join(f"{loc}: {msg}" if loc else msg for loc, msg in fields)
    return json.dumps(detail, ensure_ascii=False)


def _plain(text: str, secret: SecretStr) -> str:
    if len(secret) >= SHORTEST_SECRET:
        text = text.replace(secret.get_secret_value(), "[key]")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_DETAIL]


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of Retry-After, 0 to 600 (RFC 9110 10.2.3: a number or a date)."""
    asked = headers.get("retry-after", "").strip()
    seconds = _seconds(asked)
    if seconds is None:
        seconds = _seconds_until(asked)
    if seconds is None or math.isnan(seconds) or seconds < 0:
        return None
    return min(seconds, LONGEST_WAIT)


def _seconds(asked: str) -> float | None:
    try:
        return float(asked)
    except ValueError:
        return None


def _seconds_until(asked: str) -> float | None:
    try:
        moment = email.utils.parsedate_to_datetime(asked)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - time.time())
