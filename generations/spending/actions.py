"""All writes of money: a price is held, then charged or released, and refunded on failure.

Every function is called inside the transaction that changes the state of the generation, so that
money and state cannot differ. Amounts are in micro-dollars. A reference has at most one ledger
entry of each kind: a second call changes nothing.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q

from generations.luma.pricing import format_price
from generations.spending.models import CLOSING, Account, LedgerEntry
from studio.errors import StudioError
from studio.teams.models import Team

EntryKind = LedgerEntry.Kind


class Hold(NamedTuple):
    """Money set aside for a reference, in micro-dollars."""

    account_id: int
    reference: uuid.UUID
    micros: int


class LimitReached(StudioError):
    """The price is above what the team's limit leaves; nothing was held."""


def open_account(team: Team) -> Account:
    """Return the team's account; makes it on first use."""
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
    entries = _entries(reference)
    hold = entries.get(EntryKind.HOLD)
    if hold is None or EntryKind.POST in entries or EntryKind.LATE in entries:
        return False
    voided = EntryKind.VOID in entries
    pending = F("pending_micros") - (0 if voided else hold.micros)
    Account.objects.filter(pk=hold.account_id).update(
        pending_micros=pending, posted_micros=F("posted_micros") + hold.micros
    )
    _write(hold, EntryKind.LATE if voided else EntryKind.POST)
    return True


def void_hold(reference: uuid.UUID) -> bool:
    """Release a hold. False if there is none, or it was charged or voided before."""
    _require_transaction()
    entries = _entries(reference)
    hold = entries.get(EntryKind.HOLD)
    if hold is None or not CLOSING.isdisjoint(entries):
        return False
    void_open_holds([Hold(hold.account_id, reference, hold.micros)])
    return True


def void_open_holds(holds: Sequence[Hold]) -> None:
    """Release open holds of one account. Two queries, none without holds.

    The caller has read them in this transaction, and has locked the generation they are for. If
    one was closed after all, a constraint fails and nothing is written.
    """
    _require_transaction()
    if not holds:
        return
    released = sum(hold.micros for hold in holds)
    accounts = Account.objects.filter(pk=holds[0].account_id)
    accounts.update(pending_micros=F("pending_micros") - released)
    LedgerEntry.objects.bulk_create(
        LedgerEntry(**hold._asdict(), kind=EntryKind.VOID) for hold in holds
    )


def refund(reference: uuid.UUID) -> bool:
    """Give a charge back, because the API refunds failed generations.

    False if there was no charge, or it was given back before.
    """
    _require_transaction()
    entries = _entries(reference)
    posted = entries.get(EntryKind.POST) or entries.get(EntryKind.LATE)
    if posted is None or EntryKind.REFUND in entries:
        return False
    Account.objects.filter(pk=posted.account_id).update(
        posted_micros=F("posted_micros") - posted.micros
    )
    _write(posted, EntryKind.REFUND)
    return True


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Money moves only inside the transaction of what it is for.")


def _entries(reference: uuid.UUID) -> dict[str, LedgerEntry]:
    return {entry.kind: entry for entry in LedgerEntry.objects.filter(reference=reference)}


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
