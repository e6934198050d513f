"""What every page of a team shows around its content."""

from typing import Any

from generations.lifecycle import api_key
from studio.teams.access import Seat
from studio.teams.queries import teams_of


def shell_of(seat: Seat, here: str = "") -> dict[str, Any]:
    """What base.html shows of a team: its name, the others, the balance. At most two queries.

    `here` names the open page for the navigation. Viewers get no balance.
    """
    return {
        "seat": seat,
        "here": here,
        "teams": teams_of(seat.user),
        "can_create": seat.can("create"),
        "can_configure": seat.can("configure"),
        "balance": api_key.balance(seat.team) if seat.can("see_balance") else None,
    }
