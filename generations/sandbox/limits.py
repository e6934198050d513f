"""The account's balance and the limits of its tier, checked before a generation is added.

docs.lumalabs.ai/docs/rate-limits, "Build" tier. Retry-After with
a 429, and 402 with this sentence for too little credit, are the sandbox's choice: neither is
documented.
"""

from __future__ import annotations

import math
import time
from typing import Final, NamedTuple

from .refusals import Refused
from .store import NewGeneration, Row, Store

WINDOW_SECONDS: Final = 60.0
BUSY_RETRY_SECONDS: Final = 3


class Tier(NamedTuple):
    """How many generations of one type may be in progress, and created per minute."""

    in_progress: int
    per_minute: int


BUILD_TIER: Final = {"video": Tier(10, 20), "image": Tier(40, 80)}


def admit(store: Store, new: NewGeneration, *, limits: bool) -> Row:
    """Add and charge the generation, or raise Refused (429 or 402) and change nothing.

    One transaction, so that requests at the same time cannot pass a limit together.
    """
    with store.transaction():
        if limits:
            _check_limits(store, new.generation_type)
        if store.balance() < new.cents:
            raise Refused(402, "Insufficient credits")
        return store.add(new)


def _check_limits(store: Store, generation_type: str) -> None:
    tier = BUILD_TIER[generation_type]
    busy = store.value(
        "select count(*) from generations where generation_type = ?"
        " and state in ('queued', 'dreaming') and deleted_at is null",
        generation_type,
    )
    if busy >= tier.in_progress:
        why = f"at most {tier.in_progress} {generation_type} generations in progress"
        raise _too_many(why, BUSY_RETRY_SECONDS)
    since = time.time() - WINDOW_SECONDS
    recent = store.everything(
        "select created_at from generations where generation_type = ? and created_at > ?"
        " order by created_at desc limit ?",
        generation_type,
        since,
        tier.per_minute,
    )
    if len(recent) >= tier.per_minute:
        wait = recent[-1]["created_at"] - since
        raise _too_many(f"at most {tier.per_minute} {generation_type} creates per minute", wait)


def _too_many(why: str, retry_after: float) -> Refused:
    seconds = max(1, math.ceil(retry_after))
    return Refused(429, f"Rate limit exceeded: {why}", {"Retry-After": str(seconds)})
