"""Money moves: hold before sending, post when accepted, void when not, refund when it failed.

Every function is called inside the transaction of what it belongs to, so that the money and the
state cannot differ. Amounts are micro-dollars. A movement of one kind happens once a reference:
a second call changes nothing.
"""

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import F, Q

from generations.luma.pricing import format_price
from generations.spending.models import Account, LedgerEntry
from studio.errors import StudioError
from studio.teams.models import Team

Kind = LedgerEntry.Kind


class LimitReached(StudioError):
    """The team's limit leaves less than the price; nothing was held."""


def open_account(team: Team) -> Account:
    """Return the team's account, made on first use."""
    return Account.objects.get_or_create(team=team)[0]


def place_hold(team: Team, reference: uuid.UUID, micros: int | None) -> None:
    """Set money aside, or raise LimitReached. An unknown price holds nothing and needs no limit."""
    place_holds(team, {reference: micros})


def place_holds(team: Team, amounts: Mapping[uuid.UUID, int | None]) -> None:
    """Set money aside for several things: for all of them, or raise LimitReached.

    One conditional update decides, so that two submissions cannot both take the last dollar.
    """
    _in_transaction()
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
        raise LimitReached(_too_dear(account, amount))
    LedgerEntry.objects.bulk_create(
        LedgerEntry(account=account, reference=reference, kind=Kind.HOLD, micros=micros or 0)
        for reference, micros in amounts.items()
    )


def post_hold(reference: uuid.UUID) -> bool:
    """The API took the work: what was held is spent. A voided hold is posted as late."""
    _in_transaction()
    hold = _entry(reference, Kind.HOLD)
    if hold is None or _entry(reference, Kind.POST) or _entry(reference, Kind.LATE):
        return False
    released = _entry(reference, Kind.VOID) is not None
    pending = F("pending_micros") - (0 if released else hold.micros)
    Account.objects.filter(pk=hold.account_id).update(
        pending_micros=pending, posted_micros=F("posted_micros") + hold.micros
    )
    _write(hold, Kind.LATE if released else Kind.POST)
    return True


def void_hold(reference: uuid.UUID) -> bool:
    """Nothing was taken: release what was held."""
    _in_transaction()
    hold = _entry(reference, Kind.HOLD)
    if hold is None or any(_entry(reference, kind) for kind in (Kind.POST, Kind.VOID, Kind.LATE)):
        return False
    Account.objects.filter(pk=hold.account_id).update(
        pending_micros=F("pending_micros") - hold.micros
    )
    _write(hold, Kind.VOID)
    return True


def refund(reference: uuid.UUID) -> bool:
    """The generation failed at the API, which gives its money back: so do we."""
    _in_transaction()
    posted = _entry(reference, Kind.POST) or _entry(reference, Kind.LATE)
    if posted is None or _entry(reference, Kind.REFUND):
        return False
    Account.objects.filter(pk=posted.account_id).update(
        posted_micros=F("posted_micros") - posted.micros
    )
    _write(posted, Kind.REFUND)
    return True


def _in_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Money moves only inside the transaction of what it is for.")


def _entry(reference: uuid.UUID, kind: str) -> LedgerEntry | None:
    return LedgerEntry.objects.filter(reference=reference, kind=kind).first()


def _write(like: LedgerEntry, kind: str) -> None:
    LedgerEntry.objects.create(
        account_id=like.account_id, reference=like.reference, kind=kind, micros=like.micros
    )


def _too_dear(account: Account, amount: int) -> str:
    limit = account.limit_micros or 0
    left = max(0, limit - account.posted_micros - account.pending_micros)
    return (
        f"This needs {format_price(amount, estimate=False)}; your team has "
        f"{format_price(left, estimate=False)} left. Nothing was sent or charged. "
        "An owner of the team can raise the limit."
    )
