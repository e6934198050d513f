"""Reads of money: what is left, what is held, what was spent."""

from dataclasses import dataclass

from generations.spending.models import Account
from studio.teams.models import Team


@dataclass(frozen=True)
class Balance:
    """Micro-dollars. `luma_micros` is what the API last said of its account; none: not known.

    `paused` is why nothing is sent with its key, while that is so.
    """

    luma_micros: int | None
    pending_micros: int
    posted_micros: int
    limit_micros: int | None
    paused: str = ""

    @property
    def available_micros(self) -> int | None:
        """What can be spent now as far as is known: the API's word less what is still held."""
        return None if self.luma_micros is None else self.luma_micros - self.pending_micros


def balance(team: Team, luma_micros: int | None = None) -> Balance:
    """The team's sums beside the API's own balance. One query."""
    account = Account.objects.filter(team=team).first() or Account(team=team)
    return Balance(
        luma_micros=luma_micros,
        pending_micros=account.pending_micros,
        posted_micros=account.posted_micros,
        limit_micros=account.limit_micros,
    )
