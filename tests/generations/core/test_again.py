"""Making again: what was not sent because its source failed is made anew with that source."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from generations.actions.again import make_again
from generations.actions.submission import PriceChanged
from generations.lifecycle.waiting import SOURCE_WITHOUT_RESULT, advance_waiting
from generations.models import Generation, State
from generations.recipes.again import remake_of
from generations.recipes.repair import links_of
from generations.spending.actions import LimitReached
from generations.spending.models import Account
from studio.accounts.models import User
from studio.teams.access import Seat
from tests.generations.core.chains import chained, extended
from tests.generations.core.conftest import PRICE, Queue, fresh, press
from tests.generations.core.test_waiting import becomes, extension
from tests.generations.making import address, as_person, card_of, make, text

pytestmark = pytest.mark.usefixtures("exact_books")


@pytest.fixture
def dropped(seat: Seat, queue: Queue) -> list[Generation]:
    """A shot that failed, and two extensions that waited in turn."""
    rows = press(seat)
    for _ in range(2):
        rows += press(seat, extension(rows[-1]))
    becomes(rows[0], State.FAILED)
    advance_waiting()
    queue.clear()
    return [fresh(rows[0], State.FAILED), *(fresh(row, State.CANCELLED) for row in rows[1:])]


def made_with(row: Generation) -> list[Generation]:
    """Everything that the press made which made this row, in order."""
    return list(Generation.objects.filter(submit_key=row.submit_key).order_by("submit_index"))


def sources(row: Generation) -> list[int | None]:
    return list(row.inputs.values_list("source_id", flat=True))


def test_it_is_made_anew_with_all_that_died_before_it(
    seat: Seat, dropped: list[Generation]
) -> None:
    quote = remake_of(seat, dropped[2])
    assert quote.micros == [PRICE] * 3
    held = Account.objects.get().pending_micros
    made = made_with(make_again(seat, dropped[2], submit_key=uuid4(), quoted_micros=quote.total))
    assert [row.state for row in made] == [State.QUEUED, State.WAITING, State.WAITING]
    assert [sources(row) for row in made] == [[], [made[0].pk], [made[1].pk]]
    assert [row.recipe for row in made] == [row.recipe for row in dropped]
    assert Account.objects.get().pending_micros == held + 3 * PRICE


def test_only_what_it_needs_is_made(seat: Seat, dropped: list[Generation]) -> None:
    made = make_again(seat, dropped[1], submit_key=uuid4(), quoted_micros=2 * PRICE)
    assert len(made_with(made)) == 2
    alone = make_again(seat, dropped[0], submit_key=uuid4(), quoted_micros=PRICE)
    assert len(made_with(alone)) == 1


def test_one_key_is_one_repair(seat: Seat, dropped: list[Generation]) -> None:
    key = uuid4()
    first = make_again(seat, dropped[1], submit_key=key, quoted_micros=2 * PRICE)
    count = Generation.objects.count()
    again = make_again(seat, dropped[1], submit_key=key, quoted_micros=2 * PRICE)
    assert again == first
    assert Generation.objects.count() == count


def test_all_of_it_is_made_or_nothing(seat: Seat, dropped: list[Generation]) -> None:
    count = Generation.objects.count()
    with pytest.raises(PriceChanged):
        make_again(seat, dropped[1], submit_key=uuid4(), quoted_micros=PRICE)
    spent = Account.objects.get()
    Account.objects.update(limit_micros=spent.pending_micros + spent.posted_micros + PRICE)
    with pytest.raises(LimitReached):
        make_again(seat, dropped[1], submit_key=uuid4(), quoted_micros=2 * PRICE)
    assert Generation.objects.count() == count


def test_card_and_page_offer_it_at_its_price(
    seat: Seat, dropped: list[Generation], client: Client
) -> None:
    browser, last = as_person(client, seat.user), dropped[1]
    card = card_of(seat.user, last)
    assert SOURCE_WITHOUT_RESULT.format(title=dropped[0].title) in card
    assert f'href="{last.get_absolute_url()}#repair"' in card
    page = text(browser.get(last.get_absolute_url()))
    button = re.search(r"<button[^>]*make-again.*?</button>", page, re.DOTALL)
    assert button is not None
    assert "Repair: make 2 anew ≈ $1.42" in button[0]
    form = {"submit_key": str(uuid4()), "quoted": str(2 * PRICE)}
    answer = browser.post(address("make_again", last), form)
    made = Generation.objects.latest("pk")
    assert answer["Location"] == made.get_absolute_url()
    assert made.state == State.WAITING
    assert made.recipe == last.recipe


def test_what_somebody_cancelled_offers_no_repair(
    seat: Seat, dropped: list[Generation], client: Client
) -> None:
    row = becomes(press(seat)[0], State.CANCELLED)
    browser = as_person(client, seat.user)
    assert "Repair" not in card_of(seat.user, row)
    assert "Repair" not in text(browser.get(row.get_absolute_url()))


def test_what_cannot_be_made_anew_says_why(
    seat: Seat, dropped: list[Generation], client: Client
) -> None:
    Generation.objects.filter(pk=dropped[0].pk).update(
        recipe={**dropped[0].recipe, "model": "ray-9"}
    )
    page = text(as_person(client, seat.user).get(dropped[1].get_absolute_url()))
    assert "It cannot be made again as it is: This model is not available." in page
    assert "make-again" not in page


def test_a_broken_link_leads_to_the_repair_of_its_chain(
    seat: Seat, client: Client, ed: User, queue: Queue
) -> None:
    source = make(seat.team, ed, seconds=5)
    chain, links = chained(seat, extended(source, 3))
    becomes(links[0], State.FAILED)
    advance_waiting()
    browser = as_person(client, ed)
    for link in links_of(chain):
        assert f"{link.get_absolute_url()}#repair" in card_of(ed, link)
        page = text(browser.get(link.get_absolute_url()))
        assert f'href="{chain.get_absolute_url()}"' in page
        assert "Repair in its chain" in page
        assert "Make again" not in page
    queue_page = text(browser.get(f"/t/{seat.team.slug}/queue/"))
    assert f'href="{links[0].get_absolute_url()}#repair"' in queue_page
    assert "Retry" not in queue_page
