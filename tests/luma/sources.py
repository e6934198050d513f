"""A source to price, with nothing else to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """Pixels, seconds and resolution; what a test leaves out is not known."""

    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    resolution: str | None = None
