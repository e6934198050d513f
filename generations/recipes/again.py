"""Making a generation again: its order, and those of its sources that cannot be used."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from generations.models import Generation, Kind
from generations.models.states import DEAD
from generations.recipes.check import Order, check
from generations.recipes.inputs import find_input, rows_of
from generations.recipes.kinds import KINDS
from generations.recipes.recipe import recipe_of
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


def quote_again(seat: Seat, row: Generation) -> AgainQuote:
    """What it costs today to make it again with its dead sources. Two queries for each."""
    try:
        return AgainQuote([order.micros for _, order in orders_again(seat, row)])
    except StudioError as error:
        return AgainQuote(problem=" ".join(error.fields.values()) or error.sentence)


def orders_again(seat: Seat, row: Generation) -> list[Anew]:
    """The orders of a generation and of its dead sources, sources first. Two queries for each."""
    orders: dict[int, Anew] = {}
    _order(seat, row, orders)
    return list(orders.values())


def _order(seat: Seat, row: Generation, orders: dict[int, Anew]) -> None:
    recipe = recipe_of(row)
    rows = rows_of(seat, recipe.inputs)
    given, kept = [], []
    for choice in recipe.inputs:
        source = rows.get(choice.generation) if choice.generation else None
        slot = KINDS[Kind(row.kind)].slot(choice.slot)
        if slot is None or not isinstance(source, Generation) or source.state not in DEAD:
            kept.append(choice)
            continue
        if source.pk not in orders:
            _order(seat, source, orders)
        found = find_input(slot, choice, rows)
        found.problem = ""
        given.append(found)
    again = replace(recipe, inputs=tuple(kept))
    orders[row.pk] = (row, check(seat, again, given, rows))
