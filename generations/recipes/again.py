"""Making generations again: the orders for them and for their unusable sources."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from generations.models import Generation, Kind
from generations.recipes.check import UNKNOWN_KIND, Order, check, invalid
from generations.recipes.draft import draft_of
from generations.recipes.inputs import find_inputs, rows_of, source_input
from generations.recipes.kinds import KINDS
from generations.recipes.kinds.slots import FoundInput
from studio.teams.access import Seat


@dataclass(frozen=True)
class Remake:
    """The generations that one press makes again, sources first, each with its order.

    `problems` say why it cannot be sent, by setting or slot, or by link of a chain.
    """

    orders: tuple[tuple[Generation, Order], ...] = ()
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def micros(self) -> list[int | None]:
        """The price of each in micro-dollars; None if it is unknown."""
        return [order.micros for _, order in self.orders]

    @property
    def total(self) -> int | None:
        """The price of all in micro-dollars; None if one of them is unknown."""
        return total_of(self.micros)

    @property
    def problem(self) -> str:
        return " ".join(self.problems.values())

    def require(self) -> None:
        """Raise StudioError with every problem."""
        if self.problems:
            raise invalid(self.problems)


def total_of(micros: Sequence[int | None]) -> int | None:
    """Return the sum of prices; None if one of them is unknown."""
    known = [one for one in micros if one is not None]
    return sum(known) if len(known) == len(micros) else None


def remake_of(seat: Seat, row: Generation) -> Remake:
    """Return the orders that make a generation and its unusable sources again. Two queries each."""
    if row.kind not in KINDS:
        return Remake(problems={"kind": UNKNOWN_KIND})
    orders: dict[int, tuple[Generation, Order]] = {}
    _add(seat, row, orders)
    problems: dict[str, str] = {}
    for _, order in orders.values():
        problems |= order.problems
    return Remake(tuple(orders.values()), problems)


def _add(seat: Seat, row: Generation, orders: dict[int, tuple[Generation, Order]]) -> None:
    """Add the order of a row after those of its unusable sources."""
    draft = draft_of(row)
    if not draft.entry.takes_prompt:  # its text is no pattern, so nothing in it is escaped
        text = row.recipe.get("prompt", "")
        draft = replace(draft, settings={**draft.settings, "prompt": text})
    rows = rows_of(seat, draft.inputs)
    inputs: list[FoundInput] = []
    for found in find_inputs(seat, KINDS[Kind(row.kind)], draft.inputs, rows):
        source = found.source
        if source is None or not source.facts.without_result:
            inputs.append(found)
            continue
        if source.pk not in orders:
            _add(seat, source, orders)
        inputs.append(replace(source_input(found.slot, found.choice, source), weight=found.weight))
    orders[row.pk] = (row, check(draft, inputs))
