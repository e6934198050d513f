"""What the client returns: parsed answers with their raw JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from generations.luma.schema import Credits, Generation


@dataclass(frozen=True, slots=True)
class RemoteGeneration:
    """A generation as the API tells it: parsed, and as raw JSON.

    From a create its id is a valid UUID; from other answers any field may be None.
    """

    generation: Generation
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """A page of generations.

    `whole` is False if part of the page could not be read: such a page does not prove that a
    generation is missing. `has_more` is None if the API did not say.
    """

    rows: tuple[RemoteGeneration, ...]
    has_more: bool | None
    whole: bool
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CreditsAnswer:
    """The account's balance."""

    credits: Credits
    raw: dict[str, Any]

    @property
    def balance_micros(self) -> int | None:
        """In micro-dollars; None if it is missing or impossible (negative, infinite)."""
        cents = self.credits.credit_balance
        if cents is None or not math.isfinite(cents) or cents < 0:
            return None
        return round(cents * 10_000)
