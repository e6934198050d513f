"""Making a generation again: the same recipe, a new result, at today's price."""

from uuid import UUID

from generations.actions.submission import (
    NewGeneration,
    made_before,
    require_price,
    write_generations,
    write_once,
)
from generations.models import Generation
from generations.recipes.again import Remake, remake_of
from generations.recipes.inputs import require_found
from studio.teams.access import Seat


def make_again(
    seat: Seat, row: Generation, *, submit_key: UUID, quoted_micros: int | None
) -> Generation:
    """Make a new generation with the same recipe, and before it those of its unusable sources.

    One price, all holds or none. Return the one that replaces `row`; a second call with the same
    key returns the same. Raises as `submit` does.
    """
    earlier = made_before(seat, submit_key)
    if earlier:
        return earlier[-1]
    remake = remake_of(seat, row)
    for _, order in remake.orders:
        require_found(order.inputs)
    remake.require()
    require_price(remake.total, quoted_micros)
    new = remade_generations(remake)
    made, _ = write_once(seat, submit_key, lambda: write_generations(seat, new, submit_key))
    return made[-1]


def remade_generations(remake: Remake) -> list[NewGeneration]:
    """Return what a remake writes: for each generation that it replaces one in the same place."""
    return [
        NewGeneration(order, order.prompts[0], row.chain_position, replaces=row.uuid)
        for row, order in remake.orders
    ]
