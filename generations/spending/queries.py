"""Reads of accounts: balances and open holds."""

from dataclasses import dataclass

from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet, Value
from django.db.models.expressions import Combinable

from generations.spending.models import CLOSING, LedgerEntry
from studio.teams.models import Team

NOT_KNOWN = Value(None, output_field=BigIntegerField())
NO_PAUSE = Value("")


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


def balance(
    team: Team, *, luma_micros: Combinable = NOT_KNOWN, paused: Combinable = NO_PAUSE
) -> Balance:
    """Return the team's sums with the balance and the pause of its key. One query.

    `luma_micros` and `paused` are expressions, because this app does not know the key's table.
    """
    rows = Team.objects.filter(pk=team.pk).values_list(
        *("account__pending_micros", "account__posted_micros", "account__limit_micros"),
        *(luma_micros, paused),
    )
    pending, posted, limit, at_luma, reason = rows.get()
    return Balance(
        luma_micros=at_luma,
        pending_micros=pending or 0,
        posted_micros=posted or 0,
        limit_micros=limit,
        paused=reason or "",
    )


def open_holds(reference: str) -> QuerySet[LedgerEntry]:
    """Return the open hold of each row of an outer query, for a subquery.

    `reference` names the outer field that the ledger's reference is compared with.
    """
    closed = LedgerEntry.objects.filter(reference=OuterRef("reference"), kind__in=CLOSING)
    rows = LedgerEntry.objects.filter(reference=OuterRef(reference), kind=LedgerEntry.Kind.HOLD)
    return rows.exclude(Exists(closed))
