"""What the client returns: the parsed answer with its raw JSON beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from generations.luma.schema import Credits, Generation


@dataclass(frozen=True, slots=True)
class RemoteGeneration:
    """One generation. From a create its id is a valid UUID; elsewhere any field may be None."""

    generation: Generation
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """A page of generations.

    `whole` is False when something in the page could not be read: such a page never proves that a
    generation does not exist. `has_more` is None when the API did not say.
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
        """In micro-dollars; None when it is missing or cannot be true (negative, infinite)."""
        cents = self.credits.credit_balance
        if cents is None or not math.isfinite(cents) or cents < 0:
            return None
        return round(cents * 10_000)
