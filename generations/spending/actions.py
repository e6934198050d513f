"""All writes of money: hold before sending, post when accepted, void when not, refund on failure.

Every function is called inside the transaction that changes the state of the generation, so that
money and state cannot differ. Amounts are in micro-dollars. A reference has at most one ledger
entry of each kind: a second call changes nothing.
"""

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import F, Q

from generations.luma.pricing import format_price
from generations.spending.models import Account, LedgerEntry
from studio.errors import StudioError
from studio.teams.models import Team

EntryKind = LedgerEntry.Kind


class LimitReached(StudioError):
    """The price is above what the team's limit leaves; nothing was held."""


def open_account(team: Team) -> Account:
    """Return the team's account. Makes it on first use."""
    return Account.objects.get_or_create(team=team)[0]


def place_hold(team: Team, reference: uuid.UUID, micros: int | None) -> None:
    """Hold the price, or raise LimitReached. An unknown price (None) holds 0.

    A team with a limit cannot hold an unknown price.
    """
    place_holds(team, {reference: micros})


def place_holds(team: Team, amounts: Mapping[uuid.UUID, int | None]) -> None:
    """Hold the prices of several references, all of them, or raise LimitReached.

    One conditional update decides, so that two presses cannot both take the last dollar.
    """
    _require_transaction()
    account = open_account(team)
    if None in amounts.values() and account.limit_micros is not None:
        raise LimitReached(
            "The price of this is unknown and your team has a spending limit, so it cannot be "
            "sent. Nothing was charged. An owner can lift the limit."
        )
    amount = sum(micros or 0 for micros in amounts.values())
    fits = Q(limit_micros__isnull=True) | Q(
        limit_micros__gte=F("posted_micros") + F("pending_micros") + amount
    )
    held = Account.objects.filter(fits, pk=account.pk).update(
        pending_micros=F("pending_micros") + amount
    )
    if not held:
        raise LimitReached(_limit_sentence(account, amount))
    LedgerEntry.objects.bulk_create(
        LedgerEntry(account=account, reference=reference, kind=EntryKind.HOLD, micros=micros or 0)
        for reference, micros in amounts.items()
    )


def post_hold(reference: uuid.UUID) -> bool:
    """Charge a hold, because the API accepted the generation. A voided hold is charged as late.

    False if there is no hold, or it was charged before.
    """
    _require_transaction()
    hold = _entry(reference, EntryKind.HOLD)
    if hold is None or _entry(reference, EntryKind.POST) or _entry(reference, EntryKind.LATE):
        return False
    voided = _entry(reference, EntryKind.VOID) is not None
    pending = F("pending_micros") - (0 if voided else hold.micros)
    Account.objects.filter(pk=hold.account_id).update(
        pending_micros=pending, posted_micros=F("posted_micros") + hold.micros
    )
    _write(hold, EntryKind.LATE if voided else EntryKind.POST)
    return True


def void_hold(reference: uuid.UUID) -> bool:
    """Release a hold. False if there is none, or it was charged or voided before."""
    _require_transaction()
    hold = _entry(reference, EntryKind.HOLD)
    if hold is None or any(
        _entry(reference, kind) for kind in (EntryKind.POST, EntryKind.VOID, EntryKind.LATE)
    ):
        return False
    Account.objects.filter(pk=hold.account_id).update(
        pending_micros=F("pending_micros") - hold.micros
    )
    _write(hold, EntryKind.VOID)
    return True


def refund(reference: uuid.UUID) -> bool:
    """Give a charge back, because the API refunds failed generations. False if it was before."""
    _require_transaction()
    posted = _entry(reference, EntryKind.POST) or _entry(reference, EntryKind.LATE)
    if posted is None or _entry(reference, EntryKind.REFUND):
        return False
    Account.objects.filter(pk=posted.account_id).update(
        posted_micros=F("posted_micros") - posted.micros
    )
    _write(posted, EntryKind.REFUND)
    return True


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Money moves only inside the transaction of what it is for.")


def _entry(reference: uuid.UUID, kind: str) -> LedgerEntry | None:
    return LedgerEntry.objects.filter(reference=reference, kind=kind).first()


def _write(earlier: LedgerEntry, kind: str) -> None:
    LedgerEntry.objects.create(
        account_id=earlier.account_id, reference=earlier.reference, kind=kind, micros=earlier.micros
    )


def _limit_sentence(account: Account, amount: int) -> str:
    limit = account.limit_micros or 0
    left = max(0, limit - account.posted_micros - account.pending_micros)
    return (
        f"This needs {format_price(amount, estimate=False)}; your team has "
        f"{format_price(left, estimate=False)} left. Nothing was sent or charged. "
        "An owner of the team can raise the limit."
    )
