"""What every page of a team shows around its content."""

from typing import Any

from generations.lifecycle import api_key
from studio.teams.access import Seat
from studio.teams.queries import teams_of


def shell_of(where: Seat, here: str = "") -> dict[str, Any]:
    """What base.html shows of a team: its name, the others, the balance. At most three queries.

    `here` names the open page for the navigation. Viewers get no balance.
    """
    return {
        "seat": where,
        "here": here,
        "teams": teams_of(where.user),
        "can_create": where.can("create"),
        "can_configure": where.can("configure"),
        "balance": api_key.balance(where.team) if where.can("see_balance") else None,
    }
