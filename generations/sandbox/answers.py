"""The JSON of a generation in answers and callbacks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .store import Row


def generation_answer(row: Row, origin: str) -> dict[str, Any]:
    """Return the API's Generation object. `assets` is null until completed: strict clients need it.

    `origin` is the sandbox's scheme, host and port, which may change from start to start.
    """
    return {
        "id": row.id,
        "generation_type": row.generation_type,
        "state": row.state,
        "failure_reason": row.failure_reason,
        "created_at": _moment(row.created_at),
        "assets": _assets(row, origin) if row.state == "completed" else None,
        "model": row.model,
        "request": row.request,
    }


def _assets(row: Row, origin: str) -> dict[str, str | None]:
    addresses = {name: f"{origin}/assets/{row.id}/{file}" for name, file in row.files.items()}
    return {name: addresses.get(name) for name in ("video", "image", "progress_video")}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
