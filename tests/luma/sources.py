"""A source to price."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """Pixels, seconds and resolution, each None unless a test sets it."""

    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    resolution: str | None = None
