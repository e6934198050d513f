"""Reads of accounts: what is left, what is held, what was spent."""

from dataclasses import dataclass

from generations.spending.models import Account
from studio.teams.models import Team


@dataclass(frozen=True)
class Balance:
    """Sums in micro-dollars. `luma_micros` is the API's last known balance; None: not known.

    `paused` is the reason why nothing is sent with the team's key at the moment, else empty.
    """

    luma_micros: int | None
    pending_micros: int
    posted_micros: int
    limit_micros: int | None
    paused: str = ""

    @property
    def available_micros(self) -> int | None:
        """The API's balance less what is still held; None: not known."""
        return None if self.luma_micros is None else self.luma_micros - self.pending_micros


def balance(team: Team, luma_micros: int | None = None) -> Balance:
    """Return the team's sums together with the API's balance. One query."""
    account = Account.objects.filter(team=team).first() or Account(team=team)
    return Balance(
        luma_micros=luma_micros,
        pending_micros=account.pending_micros,
        posted_micros=account.posted_micros,
        limit_micros=account.limit_micros,
    )
