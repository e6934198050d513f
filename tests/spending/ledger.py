"""What must be true of money after anything that happens."""

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
"""Every story that a reference may have, and whether it is then pending or posted."""


def check_books() -> None:
    """Each account equals the sum of its entries, and each reference's story is a possible one."""
    stories: dict[UUID, dict[str, int]] = defaultdict(dict)
    owners: dict[UUID, int] = {}
    for entry in LedgerEntry.objects.all():
        assert entry.kind not in stories[entry.reference]
        stories[entry.reference][entry.kind] = entry.micros
        assert owners.setdefault(entry.reference, entry.account_id) == entry.account_id
    pending: dict[int, int] = defaultdict(int)
    posted: dict[int, int] = defaultdict(int)
    for reference, story in stories.items():
        assert len(set(story.values())) == 1, story
        held, spent = ENDS[frozenset(story)]
        pending[owners[reference]] += held * story[Kind.HOLD]
        posted[owners[reference]] += spent * story[Kind.HOLD]
    for account in Account.objects.all():
        assert account.pending_micros == pending[account.pk]
        assert account.posted_micros == posted[account.pk]


def story(attempt: Attempt) -> str:
    """What happened to an attempt's money, in order."""
    kinds = LedgerEntry.objects.filter(reference=attempt.uuid).order_by("pk")
    return " ".join(kinds.values_list("kind", flat=True))
