"""Making something again: the same recipe, new, with those of its sources that came to nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import transaction

from generations import hints
from generations.actions.recipes import recipe_of
from generations.actions.submission import (
    Order,
    PriceChanged,
    Submission,
    check,
    made_before,
    submit,
    write_once,
    write_one,
)
from generations.inputs import FoundInput, find_input, rows_of
from generations.keys import current_key
from generations.kinds import KINDS
from generations.models import Chain, Generation, Kind, State
from generations.states import DEAD
from studio.errors import StudioError
from studio.teams.access import Seat

Anew = tuple[Generation, Order]
"""One that came to nothing, and the order that makes it anew."""


@dataclass
class AgainQuote:
    """What making it again comes to: the price of each, sources first, or why it cannot be."""

    micros: list[int | None] = field(default_factory=list)
    problem: str = ""

    @property
    def total(self) -> int | None:
        """The price of all; None when that of one is unknown."""
        return total_of(self.micros)


def total_of(micros: Sequence[int | None]) -> int | None:
    """The sum of prices; None when one is unknown."""
    known = [one for one in micros if one is not None]
    return sum(known) if len(known) == len(micros) else None


def has_dead_source(row: Generation) -> bool:
    """Whether something it was to be made from came to nothing. One query."""
    return row.inputs.filter(source__state__in=DEAD).exists()


def quote_again(where: Seat, row: Generation) -> AgainQuote:
    """What it costs today to make it again with its dead sources. Two queries for each."""
    try:
        return AgainQuote([order.micros for _, order in orders_again(where, row)])
    except StudioError as error:
        return AgainQuote(problem=" ".join(error.fields.values()) or error.sentence)


def make_again(
    where: Seat, row: Generation, *, submit_key: UUID, quoted_micros: int | None
) -> Submission:
    """Make a new generation with the same recipe: same settings, new result, new price.

    Sources that came to nothing are made anew before it, at one price, with all holds or none;
    the one asked for is the last of what was made. Raises as `submit` does.
    """
    if not has_dead_source(row):
        return submit(where, recipe_of(row), submit_key=submit_key, quoted_micros=quoted_micros)
    earlier = made_before(where, submit_key)
    if earlier:
        return Submission(earlier, repeated=True)
    anew = orders_again(where, row)
    same_price([order for _, order in anew], quoted_micros)
    return write_once(where, submit_key, lambda: write_anew(where, anew, submit_key))


def orders_again(where: Seat, row: Generation) -> list[Anew]:
    """The orders of a generation and of its dead sources, sources first. Two queries for each."""
    orders: dict[int, Anew] = {}
    _order(where, row, orders)
    return list(orders.values())


def _order(where: Seat, row: Generation, orders: dict[int, Anew]) -> None:
    recipe = recipe_of(row)
    rows = rows_of(where, recipe.inputs)
    given, kept = [], []
    for choice in recipe.inputs:
        source = rows.get(choice.generation) if choice.generation else None
        slot = KINDS[Kind(row.kind)].slot(choice.slot)
        if slot is None or not isinstance(source, Generation) or source.state not in DEAD:
            kept.append(choice)
            continue
        if source.pk not in orders:
            _order(where, source, orders)
        found = find_input(slot, choice, rows)
        found.problem = ""
        given.append(found)
    again = replace(recipe, inputs=tuple(kept))
    orders[row.pk] = (row, check(where, again, given, rows))


def write_anew(
    where: Seat, anew: Sequence[Anew], submit_key: UUID, chain: Chain | None = None
) -> list[Generation]:
    """Write them in order, each on the new ones before it. Inside a transaction."""
    key = current_key()
    made: dict[UUID, Generation] = {}
    for index, (row, order) in enumerate(anew):
        for one in order.inputs:
            _on_the_new(one, made)
        made[row.uuid] = write_one(
            where,
            order,
            submit_key=submit_key,
            index=index,
            key=key,
            chain=chain,
            position=row.chain_position if chain else None,
        )
    hint_ready(list(made.values()))
    return list(made.values())


def _on_the_new(one: FoundInput, made: dict[UUID, Generation]) -> None:
    if one.source is not None:
        one.source = made.get(one.source.uuid, one.source)


def hint_ready(made: Sequence[Generation]) -> None:
    """Tell the queue of those that wait for nothing, once they are written."""
    ready = [row for row in made if row.state == State.QUEUED]
    transaction.on_commit(lambda: hints.submit(ready), robust=True)


def same_price(orders: Sequence[Order], quoted_micros: int | None) -> None:
    """Raise PriceChanged when the price is dearer than quoted, or newly known or unknown."""
    total = total_of([order.micros for order in orders])
    if (total is None) != (quoted_micros is None) or (total or 0) > (quoted_micros or 0):
        raise PriceChanged(total)
