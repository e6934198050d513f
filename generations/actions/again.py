"""Making something again: the same recipe, new, with those of its sources that came to nothing."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from generations.actions.submission import (
    PriceChanged,
    Submission,
    made_before,
    submit,
    write_once,
    write_one,
)
from generations.lifecycle import hints
from generations.lifecycle.api_key import current_key
from generations.models import Chain, Generation, State
from generations.recipes.again import Anew, has_dead_source, orders_again, total_of
from generations.recipes.check import Order
from generations.recipes.inputs import FoundInput
from generations.recipes.recipe import recipe_of
from studio.teams.access import Seat


def make_again(
    seat: Seat, row: Generation, *, submit_key: UUID, quoted_micros: int | None
) -> Submission:
    """Make a new generation with the same recipe: same settings, new result, new price.

    Sources that came to nothing are made anew before it, at one price, with all holds or none;
    the one asked for is the last of what was made. Raises as `submit` does.
    """
    if not has_dead_source(row):
        return submit(seat, recipe_of(row), submit_key=submit_key, quoted_micros=quoted_micros)
    earlier = made_before(seat, submit_key)
    if earlier:
        return Submission(earlier, repeated=True)
    anew = orders_again(seat, row)
    same_price([order for _, order in anew], quoted_micros)
    return write_once(seat, submit_key, lambda: write_anew(seat, anew, submit_key))


def write_anew(
    seat: Seat, anew: Sequence[Anew], submit_key: UUID, chain: Chain | None = None
) -> list[Generation]:
    """Write them in order, each on the new ones before it. Inside a transaction."""
    key = current_key()
    made: dict[UUID, Generation] = {}
    for index, (row, order) in enumerate(anew):
        for one in order.inputs:
            _on_the_new(one, made)
        made[row.uuid] = write_one(
            seat,
            order,
            submit_key=submit_key,
            index=index,
            key=key,
            chain=chain,
            position=row.chain_position if chain else None,
        )
    give_hints(list(made.values()))
    return list(made.values())


def _on_the_new(one: FoundInput, made: dict[UUID, Generation]) -> None:
    if one.source is not None:
        one.source = made.get(one.source.uuid, one.source)


def give_hints(made: Sequence[Generation]) -> None:
    """Tell the queue of those that wait for nothing, once they are written."""
    ready = [row for row in made if row.state == State.QUEUED]
    transaction.on_commit(lambda: hints.submit(ready), robust=True)


def same_price(orders: Sequence[Order], quoted_micros: int | None) -> None:
    """Raise PriceChanged when the price is dearer than quoted, or newly known or unknown."""
    total = total_of([order.micros for order in orders])
    if (total is None) != (quoted_micros is None) or (total or 0) > (quoted_micros or 0):
        raise PriceChanged(total)
