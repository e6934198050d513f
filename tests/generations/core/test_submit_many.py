"""Many prompts in one press: all rows with their money or none, in as many queries as one."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generations.actions import PriceChanged, submit
from generations.models import Attempt, Event, Generation, GenerationInput
from generations.recipes.check import order_of
from generations.recipes.choice import InputChoice
from generations.spending.actions import LimitReached
from generations.spending.models import Account, LedgerEntry
from studio.errors import StudioError
from studio.teams.access import Seat
from tests.generations.core.conftest import PRICE, Queue, animation, press, shot
from tests.spending.ledger import check_books
from tests.spending.racing import at_once


def choice(prompts: Iterable[str]) -> str:
    """A prompt that is expanded to these."""
    return f"{{{'|'.join(prompts)}}}"


HARBOURS = tuple(f"harbour number {number}" for number in range(50))
FIFTY = shot(choice(HARBOURS))


def test_prompts_and_variations_are_written_in_order(seat: Seat, queue: Queue) -> None:
    made = press(seat, replace(shot("{a cat|a dog}"), variations=2))
    assert [row.prompt for row in made] == ["a cat", "a cat", "a dog", "a dog"]
    assert [row.recipe["prompt"] for row in made] == [row.prompt for row in made]
    assert [row.submit_index for row in made] == [0, 1, 2, 3]
    assert len({row.fingerprint for row in made}) == 2
    check_books()


def test_every_one_has_its_inputs_attempt_hold_and_event(
    seat: Seat, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generations.recipes.inputs.address_problem", lambda url: None)
    picture = InputChoice("start_frame", url="https://pictures.example.org/a.jpg")
    made = press(seat, animation(picture, prompt="{to the left|to the right}"))
    for row in made:
        assert row.inputs.get().url == picture.url
        attempt = row.attempts.get()
        assert LedgerEntry.objects.get(reference=attempt.uuid).micros == PRICE
    assert Event.objects.filter(verb="user.queued").count() == 2
    check_books()


def test_fifty_cost_hardly_more_queries_than_two(seat: Seat, queue: Queue) -> None:
    press(seat)
    with CaptureQueriesContext(
        connection,
    ) as two:
        press(seat, shot(choice(HARBOURS[:2])))
    with CaptureQueriesContext(connection) as fifty:
        assert len(press(seat, FIFTY)) == 50
    assert len(fifty) <= len(two) + 8, [one["sql"][:60] for one in fifty.captured_queries]
    assert len(two) <= 20


def test_a_cent_short_makes_none_of_fifty(seat: Seat, queue: Queue) -> None:
    Account.objects.create(team=seat.team, limit_micros=50 * PRICE - 1)
    with pytest.raises(LimitReached):
        press(seat, FIFTY)
    for table in (Generation, GenerationInput, Attempt, LedgerEntry, Event):
        assert not table.objects.exists()
    assert Account.objects.get().pending_micros == 0
    Account.objects.update(limit_micros=50 * PRICE)
    assert len(press(seat, FIFTY)) == 50
    check_books()


def test_the_price_is_that_of_the_whole_press(seat: Seat, queue: Queue) -> None:
    with pytest.raises(PriceChanged) as asked:
        press(seat, FIFTY, quoted=50 * PRICE - 1)
    assert asked.value.micros == 50 * PRICE
    assert not Generation.objects.exists()


def test_a_wrong_one_keeps_all_from_being_made(seat: Seat, queue: Queue) -> None:
    with pytest.raises(StudioError) as wrong:
        press(seat, shot("{a cat|no|a dog}"))
    assert wrong.value.fields == {"prompt": "Prompt 2 of 3 (“no”): At least 3 characters."}
    assert not Generation.objects.exists()


def test_more_than_the_most_are_refused_whoever_asks(seat: Seat, queue: Queue) -> None:
    with pytest.raises(StudioError) as wrong:
        press(seat, shot(choice((*HARBOURS, "one more"))))
    assert wrong.value.fields == {"prompt": "51 generations; 50 at most for one press."}


@pytest.mark.django_db(transaction=True)
def test_parallel_presses_make_all_of_theirs_or_none(seat: Seat, queue: Queue) -> None:
    """Room for two presses of fifty: of six at once two are whole, and four leave nothing."""
    Account.objects.create(team=seat.team, limit_micros=120 * PRICE)
    refused: list[int] = []

    def click(number: int) -> None:
        try:
            press(seat, FIFTY)
        except LimitReached:
            refused.append(number)

    assert at_once(6, click) == []
    assert (Generation.objects.count(), len(refused)) == (100, 4)
    assert Account.objects.get().pending_micros == 100 * PRICE
    check_books()


@pytest.mark.django_db(transaction=True)
def test_the_same_press_at_once_is_one_press(seat: Seat, queue: Queue) -> None:
    key = uuid4()
    made: list[list[int]] = []

    def click(number: int) -> None:
        rows, _ = submit(seat, order_of(seat, FIFTY), submit_key=key, quoted_micros=50 * PRICE)
        made.append([row.pk for row in rows])

    assert at_once(6, click) == []
    assert Generation.objects.count() == LedgerEntry.objects.count() == 50
    assert all(one == made[0] for one in made)
    check_books()
