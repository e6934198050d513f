"""What the picker offers, and where what is picked there goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from generations.media.store import file_address
from generations.pages.generation import ShownGeneration
from generations.queries.library import pickable_page
from generations.queries.uploads import pickable_uploads
from studio.forms import read_uuid
from studio.teams.access import Seat


@dataclass(frozen=True)
class PickTarget:
    """Where a pick goes: the id of the form, its step's address, what the answer replaces.

    `put` is the step to which the reference is added, `more` the address of further pages, to
    which `before` is; `missing` says what there is none of.
    """

    name: str
    form: str
    url: str
    target: str
    put: str
    more: str
    missing: str


def picker_context(
    seat: Seat, accepts: Iterable[str], into: PickTarget, before: str | None = None
) -> dict[str, Any]:
    """The context of _picker_list.html and _picker_items.html. At most three queries."""
    kinds = tuple(accepts)
    rows, following = pickable_page(seat, kinds, read_uuid(before))
    brought = [] if before else pickable_uploads(seat, kinds)
    return {
        "picks": [ShownGeneration(row) for row in rows],
        "uploads": [(row, file_address(row.picture)) for row in brought],
        "next": following,
        "into": into,
    }
