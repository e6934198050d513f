"""Money: each movement once, sums that equal the ledger, and a limit that is never exceeded."""

import itertools
import threading
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, Value

from generations.spending import actions
from generations.spending.actions import LimitReached, open_account, place_hold
from generations.spending.models import Account, LedgerEntry
from generations.spending.queries import balance
from studio.teams.models import Team
from tests.spending.ledger import check_books
from tests.spending.racing import at_once

DOLLAR = 1_000_000


@pytest.fixture
def account(team: Team) -> Account:
    return open_account(team)


def held(team: Team, micros: int | None = DOLLAR) -> UUID:
    reference = uuid4()
    with transaction.atomic():
        place_hold(team, reference, micros)
    return reference


def sums(account: Account) -> tuple[int, int]:
    account.refresh_from_db()
    return account.pending_micros, account.posted_micros


def test_a_hold_sets_money_aside(team: Team, account: Account) -> None:
    held(team)
    assert sums(account) == (DOLLAR, 0)
    check_books()


def test_a_posted_hold_is_spent(team: Team, account: Account) -> None:
    assert actions.post_hold(held(team))
    assert sums(account) == (0, DOLLAR)
    check_books()


def test_a_voided_hold_is_free_again(team: Team, account: Account) -> None:
    assert actions.void_hold(held(team))
    assert sums(account) == (0, 0)
    check_books()


def test_a_refund_gives_back_what_was_posted(team: Team, account: Account) -> None:
    reference = held(team)
    actions.post_hold(reference)
    assert actions.refund(reference)
    assert sums(account) == (0, 0)
    check_books()


def test_what_arrives_after_its_hold_was_voided_is_charged_late(
    team: Team, account: Account
) -> None:
    reference = held(team)
    actions.void_hold(reference)
    assert actions.post_hold(reference)
    assert sums(account) == (0, DOLLAR)
    assert LedgerEntry.objects.latest("pk").kind == "late"
    assert actions.refund(reference)
    check_books()


@pytest.mark.parametrize("first", ["post_hold", "void_hold", "refund"])
def test_nothing_happens_without_a_hold(first: str, account: Account) -> None:
    assert not getattr(actions, first)(uuid4())
    assert not LedgerEntry.objects.exists()


STEPS = ("post_hold", "void_hold", "refund")


@pytest.mark.parametrize("steps", list(itertools.product(STEPS, repeat=3)), ids="-".join)
def test_any_order_of_movements_keeps_the_books(
    steps: tuple[str, ...], team: Team, account: Account
) -> None:
    reference = held(team)
    for step in steps:
        getattr(actions, step)(reference)
        check_books()


@pytest.mark.parametrize("step", STEPS)
def test_a_movement_happens_once(step: str, team: Team, account: Account) -> None:
    reference = held(team)
    if step == "refund":
        actions.post_hold(reference)
    assert getattr(actions, step)(reference)
    before = sums(account)
    assert not getattr(actions, step)(reference)
    assert sums(account) == before


def test_a_second_hold_for_one_reference_is_refused_by_the_database(
    team: Team, account: Account
) -> None:
    reference = held(team)
    with pytest.raises(IntegrityError), transaction.atomic():
        place_hold(team, reference, DOLLAR)
    assert sums(account) == (DOLLAR, 0)
    check_books()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["post_hold", "void_hold", "refund"])
def test_money_does_not_move_outside_a_transaction(step: str) -> None:
    with pytest.raises(RuntimeError):
        getattr(actions, step)(uuid4())


def test_the_limit_is_reached_to_the_last_cent_and_not_passed(team: Team, account: Account) -> None:
    Account.objects.update(limit_micros=2 * DOLLAR)
    held(team)
    held(team)
    with pytest.raises(LimitReached) as refusal, transaction.atomic():
        place_hold(team, uuid4(), 1)
    assert sums(account) == (2 * DOLLAR, 0)
    assert "your team has $0.00 left" in refusal.value.sentence
    check_books()


def test_a_cent_short_is_said_with_both_amounts(team: Team, account: Account) -> None:
    Account.objects.update(limit_micros=1_740_000)
    with pytest.raises(LimitReached) as refusal, transaction.atomic():
        place_hold(team, uuid4(), 1_750_000)
    assert refusal.value.sentence.startswith(
        "This needs $1.75; your team has $1.74 left. Nothing was sent or charged."
    )


def test_spent_money_counts_against_the_limit(team: Team, account: Account) -> None:
    Account.objects.update(limit_micros=DOLLAR)
    actions.post_hold(held(team))
    with pytest.raises(LimitReached):
        held(team)


def test_a_refund_makes_room_under_the_limit(team: Team, account: Account) -> None:
    Account.objects.update(limit_micros=DOLLAR)
    reference = held(team)
    actions.post_hold(reference)
    actions.refund(reference)
    held(team)
    check_books()


def test_an_unknown_price_holds_nothing_and_needs_no_limit(team: Team, account: Account) -> None:
    held(team, None)
    assert sums(account) == (0, 0)
    assert LedgerEntry.objects.get().micros == 0


def test_an_unknown_price_is_refused_under_a_limit(team: Team, account: Account) -> None:
    Account.objects.update(limit_micros=10**12)
    with pytest.raises(LimitReached, match="The price of this is unknown"):
        held(team, None)
    assert not LedgerEntry.objects.exists()


def test_a_lowered_limit_breaks_nothing_under_way(team: Team, account: Account) -> None:
    reference = held(team)
    Account.objects.update(limit_micros=1)
    assert actions.post_hold(reference)
    with pytest.raises(LimitReached):
        held(team)
    check_books()


def test_a_late_charge_may_pass_the_limit(team: Team, account: Account) -> None:
    Account.objects.update(limit_micros=DOLLAR)
    late = held(team)
    actions.void_hold(late)
    actions.post_hold(held(team))
    assert actions.post_hold(late)
    assert sums(account) == (0, 2 * DOLLAR)
    check_books()


@pytest.mark.parametrize("column", ["pending_micros", "posted_micros"])
def test_the_database_refuses_sums_below_nothing(column: str, account: Account) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.update(**{column: -1})


def test_the_balance_is_what_luma_says_less_what_is_held(team: Team) -> None:
    assert balance(team).available_micros is None
    held(team)
    told = balance(team, luma_micros=Value(50 * DOLLAR))
    assert (told.available_micros, told.pending_micros, told.posted_micros) == (
        49 * DOLLAR,
        DOLLAR,
        0,
    )


@pytest.mark.django_db(transaction=True)
def test_sixteen_threads_never_pass_the_limit() -> None:
    team = Team.objects.create(name="Racers", slug="racers")
    open_account(team)
    Account.objects.update(limit_micros=100)

    def spend(number: int) -> None:
        for _ in range(5):
            try:
                held(team, 7)
            except LimitReached:
                return

    assert at_once(16, spend) == []
    account = Account.objects.get()
    assert account.pending_micros == 98
    check_books()


@pytest.mark.django_db(transaction=True)
def test_threads_that_hold_post_and_void_leave_exact_sums() -> None:
    team = Team.objects.create(name="Racers", slug="racers")

    def trade(number: int) -> None:
        for step in ("post_hold", "void_hold", "refund"):
            reference = held(team, number + 1)
            with transaction.atomic():
                getattr(actions, step)(reference)

    assert at_once(8, trade) == []
    assert LedgerEntry.objects.filter(kind="hold").count() == 24
    check_books()


@pytest.mark.django_db(transaction=True)
def test_reading_before_writing_would_have_overspent() -> None:
    """The race is real: the same threads with a read before the write pass the limit."""
    team = Team.objects.create(name="Racers", slug="racers")
    account = open_account(team)
    Account.objects.update(limit_micros=7)
    read = threading.Barrier(4)

    def naive(number: int) -> None:
        found = Account.objects.get(pk=account.pk)
        read.wait(20)
        if found.pending_micros + 7 <= 7:
            Account.objects.filter(pk=account.pk).update(pending_micros=F("pending_micros") + 7)

    assert at_once(4, naive) == []
    account.refresh_from_db()
    assert account.pending_micros > 7
