"""Drafts of chains, submitted and repaired at any price."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from generations.actions.chains import repair_chain, submit_chain
from generations.models import Chain, Generation
from generations.recipes.chain import ChainDraft, chain_order
from generations.recipes.choice import InputChoice
from generations.recipes.repair import links_of
from studio.teams.access import Seat
from tests.generations.core.conftest import SHOT

CHAIN = {name: SHOT[name] for name in ("model", "aspect_ratio", "resolution", "duration")}
ANY = 10**12


def through(*rows: Generation, **more: Any) -> ChainDraft:
    """Return a chain through these."""
    items = tuple(InputChoice("item", generation=row.uuid) for row in rows)
    return ChainDraft(items, dict(CHAIN), **{"prompt": "slowly", **more})


def extended(row: Generation, times: int, **more: Any) -> ChainDraft:
    """Return a chain that extends a clip so often."""
    return replace(through(row, **more), times=times)


def chained(seat: Seat, draft: ChainDraft) -> tuple[Chain, list[Generation]]:
    order = chain_order(seat, draft)
    chain = submit_chain(seat, order, title=draft.title, submit_key=uuid4(), quoted_micros=ANY)
    return chain, links_of(chain)


def repaired(seat: Seat, chain: Chain) -> list[Generation]:
    return repair_chain(seat, chain, submit_key=uuid4(), quoted_micros=ANY)
