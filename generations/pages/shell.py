"""What every page of a team shows around its content."""

from dataclasses import dataclass

from django.db.models import QuerySet

from generations.lifecycle import api_key
from generations.pages.part import Part
from generations.spending.queries import Balance
from studio.teams.access import Seat
from studio.teams.models import Team
from studio.teams.queries import teams_of


@dataclass(frozen=True)
class Shell(Part):
    """What base.html reads of a team. `here` names the open page; viewers get no balance."""

    seat: Seat
    here: str
    teams: QuerySet[Team]
    can_create: bool
    can_configure: bool
    balance: Balance | None


def shell_of(seat: Seat, here: str = "") -> Shell:
    """Return the team's name, the person's other teams and the balance. At most two queries."""
    return Shell(
        seat=seat,
        here=here,
        teams=teams_of(seat.user),
        can_create=seat.can("create"),
        can_configure=seat.can("configure"),
        balance=api_key.balance(seat.team) if seat.can("see_balance") else None,
    )
