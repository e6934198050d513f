"""The rules of money that hold at any time."""

from collections import defaultdict
from uuid import UUID

from generations.models import Attempt
from generations.spending.models import Account, LedgerEntry

Kind = LedgerEntry.Kind

ENDS: dict[frozenset[str], tuple[int, int]] = {
    frozenset({Kind.HOLD}): (1, 0),
    frozenset({Kind.HOLD, Kind.POST}): (0, 1),
    frozenset({Kind.HOLD, Kind.VOID}): (0, 0),
    frozenset({Kind.HOLD, Kind.POST, Kind.REFUND}): (0, 0),
    frozenset({Kind.HOLD, Kind.VOID, Kind.LATE}): (0, 1),
    frozenset({Kind.HOLD, Kind.VOID, Kind.LATE, Kind.REFUND}): (0, 0),
}
"""Every history that a reference may have, and whether it is then pending or posted."""


def check_books() -> None:
    """Check that each account is the sum of its entries and each history is possible."""
    histories: dict[UUID, dict[str, int]] = defaultdict(dict)
    owners: dict[UUID, int] = {}
    for entry in LedgerEntry.objects.all():
        assert entry.kind not in histories[entry.reference]
        histories[entry.reference][entry.kind] = entry.micros
        assert owners.setdefault(entry.reference, entry.account_id) == entry.account_id
    pending: dict[int, int] = defaultdict(int)
    posted: dict[int, int] = defaultdict(int)
    for reference, history in histories.items():
        assert len(set(history.values())) == 1, history
        held, spent = ENDS[frozenset(history)]
        pending[owners[reference]] += held * history[Kind.HOLD]
        posted[owners[reference]] += spent * history[Kind.HOLD]
    for account in Account.objects.all():
        assert account.pending_micros == pending[account.pk]
        assert account.posted_micros == posted[account.pk]


def entries_of(attempt: Attempt) -> str:
    """Return the kinds of an attempt's ledger entries, in order."""
    kinds = LedgerEntry.objects.filter(reference=attempt.uuid).order_by("pk")
    return " ".join(kinds.values_list("kind", flat=True))
