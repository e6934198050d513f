"""Chains: one press, all links or none; what breaks stays uncharged and can be made anew."""

from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest

from generations.actions import PriceChanged, cancel_generation
from generations.actions.chains import repair_chain, submit_chain
from generations.lifecycle.waiting import advance_waiting
from generations.models import Chain, Generation, Kind, State, Visibility
from generations.queries.chains import viewable_links
from generations.recipes.chain import MOST_LINKS, ChainDraft, chain_order
from generations.recipes.repair import broken_links, links_of, repair_of
from generations.spending.actions import LimitReached
from generations.spending.models import Account, LedgerEntry
from generations.tasks.watching import Watcher
from studio.accounts.models import User
from studio.errors import Conflict, StudioError
from studio.teams.access import Seat
from studio.teams.models import Role
from tests.generations.core.chains import ANY, chained, extended, repaired, through
from tests.generations.core.conftest import (
    PRICE,
    Queue,
    attempt_of,
    fresh,
    press,
)
from tests.generations.making import make
from tests.spending.ledger import entries_of
from tests.spending.racing import at_once

pytestmark = pytest.mark.usefixtures("exact_books")


def images(seat: Seat, count: int) -> list[Generation]:
    return [make(seat.team, seat.user, kind="image") for _ in range(count)]


def clip(seat: Seat, **fields: Any) -> Generation:
    return make(seat.team, seat.user, **fields)


def becomes(row: Generation, state: State) -> None:
    Generation.objects.filter(pk=row.pk).update(state=state)


def sources(link: Generation) -> dict[str, Generation | None]:
    return {row.slot: row.source for row in link.inputs.select_related("source")}


def test_images_become_keyframes_side_by_side(seat: Seat, queue: Queue) -> None:
    rows = images(seat, 8)
    chain, links = chained(seat, through(*rows))
    assert [link.state for link in links] == [State.QUEUED] * 7
    assert {link.kind for link in links} == {Kind.KEYFRAMES}
    assert [link.chain_position for link in links] == list(range(7))
    assert [sources(link) for link in links] == [
        {"start_frame": one, "end_frame": two} for one, two in pairwise(rows)
    ]
    assert chain.title == "Chain of 7"


def test_clips_and_images_in_turn_are_bridges(seat: Seat, queue: Queue) -> None:
    first, second, third = clip(seat), images(seat, 1)[0], clip(seat)
    _, links = chained(seat, through(first, second, third))
    assert [link.kind for link in links] == [Kind.BRIDGE, Kind.BRIDGE]


def test_two_images_after_a_clip_are_keyframes_again(seat: Seat, queue: Queue) -> None:
    _, links = chained(seat, through(clip(seat), *images(seat, 2)))
    assert [link.kind for link in links] == [Kind.BRIDGE, Kind.KEYFRAMES]


def test_extending_waits_in_turn(seat: Seat, queue: Queue) -> None:
    first = clip(seat)
    _, links = chained(seat, extended(first, 4))
    assert [link.state for link in links] == [State.QUEUED, *[State.WAITING] * 3]
    assert {link.kind for link in links} == {Kind.EXTEND}
    assert [sources(link)["start_frame"] for link in links] == [first, *links[:3]]
    assert links[2].note == "Waiting for “slowly”."
    assert len({link.fingerprint for link in links}) == 4


def test_only_what_can_go_is_told_to_the_queue(
    seat: Seat, queue: Queue, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        _, links = chained(seat, extended(clip(seat), 3))
    assert queue == [("submit_generation", links[0].pk)]


def test_an_unfinished_image_makes_only_its_own_links_wait(seat: Seat, queue: Queue) -> None:
    rows = images(seat, 4)
    becomes(rows[3], State.DREAMING)
    _, links = chained(seat, through(*rows))
    assert [link.state for link in links] == [State.QUEUED, State.QUEUED, State.WAITING]


def test_every_link_has_its_prompt_before_the_common_one(seat: Seat, queue: Queue) -> None:
    plan = through(*images(seat, 4), prompts=("rain", "  "), prompt="film grain")
    _, links = chained(seat, plan)
    assert [link.prompt for link in links] == ["rain\nfilm grain", "film grain", "film grain"]


def test_the_quote_is_the_sum_of_its_links(seat: Seat, queue: Queue) -> None:
    quote = chain_order(seat, through(*images(seat, 8)))
    assert (quote.micros, quote.total, quote.problems) == ([PRICE] * 7, 7 * PRICE, {})
    assert Chain.objects.count() == LedgerEntry.objects.count() == 0


def test_all_holds_are_placed_together(seat: Seat, queue: Queue) -> None:
    chained(seat, through(*images(seat, 8)))
    assert Account.objects.get().pending_micros == 7 * PRICE
    assert LedgerEntry.objects.count() == 7


@pytest.mark.parametrize("times", [0, 7])
def test_under_a_limit_for_six_links_not_one_is_made(seat: Seat, queue: Queue, times: int) -> None:
    Account.objects.create(team=seat.team, limit_micros=6 * PRICE)
    before = [*images(seat, 8), clip(seat)]
    plan = extended(before[-1], times) if times else through(*before[:8])
    with pytest.raises(LimitReached):
        chained(seat, plan)
    assert Generation.objects.count() == len(before)
    assert not Chain.objects.exists()
    assert Account.objects.get().pending_micros == 0
    Account.objects.update(limit_micros=7 * PRICE)
    assert len(chained(seat, plan)[1]) == 7


def ordered(seat: Seat, draft: ChainDraft, key: UUID, quoted: int | None) -> Chain:
    order = chain_order(seat, draft)
    return submit_chain(seat, order, submit_key=key, quoted_micros=quoted)


def test_the_same_key_twice_is_the_same_chain(seat: Seat, queue: Queue) -> None:
    key, rows = uuid4(), images(seat, 3)
    one = submit_chain(
        seat, chain_order(seat, through(*rows)), submit_key=key, quoted_micros=2 * PRICE
    )
    two = submit_chain(
        seat, chain_order(seat, through(*rows[:2])), submit_key=key, quoted_micros=None
    )
    assert one == two
    assert Chain.objects.count() == 1
    assert len(links_of(one)) == 2


def test_a_key_that_made_a_single_one_is_an_old_form(seat: Seat, queue: Queue) -> None:
    key = uuid4()
    press(seat, key=key)
    with pytest.raises(Conflict):
        submit_chain(
            seat, chain_order(seat, through(*images(seat, 3))), submit_key=key, quoted_micros=ANY
        )
    assert not Chain.objects.exists()


@pytest.mark.parametrize("quoted", [2 * PRICE - 1, None])
def test_another_price_than_on_the_button_is_asked_about(
    seat: Seat, queue: Queue, quoted: int | None
) -> None:
    with pytest.raises(PriceChanged) as asked:
        submit_chain(
            seat,
            chain_order(seat, through(*images(seat, 3))),
            submit_key=uuid4(),
            quoted_micros=quoted,
        )
    assert asked.value.micros == 2 * PRICE
    assert not Chain.objects.exists()


def test_problems_are_told_by_link(seat: Seat, queue: Queue) -> None:
    plan = through(clip(seat), clip(seat), *images(seat, 3), prompt="")
    problems = chain_order(seat, plan).problems
    assert list(problems) == ["link-1"]
    assert problems["link-1"].startswith("Link 1: ")


def test_problems_of_several_links_are_told_together(seat: Seat, queue: Queue) -> None:
    plan = through(clip(seat), clip(seat), clip(seat), clip(seat), prompt="")
    told = chain_order(seat, replace(plan, prompts=("", "rain"))).problems
    assert set(told) == {"link-1", "link-3"}


def test_a_dead_item_is_refused_at_its_links(seat: Seat, queue: Queue) -> None:
    rows = images(seat, 3)
    becomes(rows[2], State.FAILED)
    with pytest.raises(StudioError) as refused:
        chained(seat, through(*rows))
    assert "Link 2: It did not come to be" in refused.value.fields["link-2"]
    assert Generation.objects.count() == 3


@pytest.mark.parametrize("count", [0, 1, MOST_LINKS + 2])
def test_a_chain_has_two_to_twenty_five_items(seat: Seat, queue: Queue, count: int) -> None:
    assert "items" in chain_order(seat, through(*images(seat, count))).problems


@pytest.mark.parametrize("times", [-1, MOST_LINKS + 1])
def test_a_clip_is_extended_at_most_so_often(seat: Seat, queue: Queue, times: int) -> None:
    assert "times" in chain_order(seat, extended(clip(seat), times)).problems


def test_a_picture_cannot_be_extended(seat: Seat, queue: Queue) -> None:
    problems = chain_order(seat, extended(images(seat, 1)[0], 2)).problems
    assert problems == {"items": "Only a video can be extended; this is a picture."}


def test_somebody_elses_private_image_is_no_item(seat: Seat, queue: Queue, ada: User) -> None:
    hidden = make(seat.team, ada, kind="image", visibility=Visibility.PRIVATE)
    problems = chain_order(seat, through(hidden, *images(seat, 1))).problems
    assert list(problems) == ["link-1"]


def test_repair_makes_only_what_broke(seat: Seat, queue: Queue) -> None:
    rows = images(seat, 8)
    chain, links = chained(seat, through(*rows))
    for place, link in enumerate(links):
        becomes(link, State.FAILED if place == 2 else State.COMPLETED)
    assert repair_of(seat, chain).total == PRICE
    (again,) = repaired(seat, chain)
    assert (again.chain_position, again.state) == (2, State.QUEUED)
    assert sources(again) == sources(links[2])
    assert links_of(chain) == [*links[:2], again, *links[3:]]
    assert again.prompt == links[2].prompt


def broken_extension(seat: Seat) -> tuple[Chain, list[Generation]]:
    """A clip extended seven times, whose third link failed."""
    chain, links = chained(seat, extended(clip(seat), 7))
    for link in links[:2]:
        becomes(link, State.COMPLETED)
    becomes(links[2], State.FAILED)
    return chain, links


def test_repair_continues_an_extension_from_its_broken_link(seat: Seat, queue: Queue) -> None:
    chain, links = broken_extension(seat)
    advance_waiting()
    made = repaired(seat, chain)
    assert [one.chain_position for one in made] == [2, 3, 4, 5, 6]
    assert [sources(one)["start_frame"] for one in made] == [links[1], *made[:4]]
    assert [one.state for one in made] == [State.QUEUED, *[State.WAITING] * 4]
    assert broken_links(chain) == []


def test_links_that_wait_for_a_broken_one_are_repaired_with_it(seat: Seat, queue: Queue) -> None:
    """Before the sweep has cancelled them: else they would stay with a source that failed."""
    chain, links = broken_extension(seat)
    assert [link.chain_position for link in broken_links(chain)] == [2, 3, 4, 5, 6]
    assert repair_of(seat, chain).total == 5 * PRICE
    assert len(repaired(seat, chain)) == 5
    for link in links[3:]:
        assert (fresh(link).state, entries_of(attempt_of(link))) == (State.CANCELLED, "hold void")


def test_a_second_break_is_repaired_from_the_newest_link(seat: Seat, queue: Queue) -> None:
    chain, _ = broken_extension(seat)
    first = repaired(seat, chain)
    becomes(first[0], State.COMPLETED)
    becomes(first[1], State.REFUSED)
    second = repaired(seat, chain)
    assert [one.chain_position for one in second] == [3, 4, 5, 6]
    assert sources(second[0])["start_frame"] == first[0]
    assert len(links_of(chain)) == 7


def test_a_late_second_repair_does_nothing(seat: Seat, queue: Queue) -> None:
    chain, _ = broken_extension(seat)
    repaired(seat, chain)
    count = Generation.objects.count()
    with pytest.raises(Conflict):
        repaired(seat, chain)
    assert Generation.objects.count() == count


def test_the_same_repair_twice_is_one(seat: Seat, queue: Queue) -> None:
    chain, _ = broken_extension(seat)
    key = uuid4()
    one = repair_chain(seat, chain, submit_key=key, quoted_micros=5 * PRICE)
    two = repair_chain(seat, chain, submit_key=key, quoted_micros=5 * PRICE)
    assert one == two


def test_a_repair_dearer_than_its_button_is_asked_about(seat: Seat, queue: Queue) -> None:
    chain, _ = broken_extension(seat)
    with pytest.raises(PriceChanged):
        repair_chain(seat, chain, submit_key=uuid4(), quoted_micros=5 * PRICE - 1)
    assert len(broken_links(chain)) == 5


def test_a_repair_without_money_changes_nothing(seat: Seat, queue: Queue) -> None:
    chain, _ = broken_extension(seat)
    count = Generation.objects.count()
    Account.objects.update(limit_micros=1)
    with pytest.raises(LimitReached):
        repaired(seat, chain)
    assert Generation.objects.count() == count
    Account.objects.update(limit_micros=None)


def test_a_repair_whose_item_is_gone_says_at_which_link(seat: Seat, queue: Queue) -> None:
    rows = images(seat, 3)
    chain, links = chained(seat, through(*rows))
    becomes(links[1], State.CANCELLED)
    becomes(rows[2], State.MEDIA_LOST)
    assert list(repair_of(seat, chain).problems) == ["link-2"]


def test_cancelling_one_link_ends_those_behind_it(seat: Seat, queue: Queue) -> None:
    chain, links = chained(seat, extended(clip(seat), 4))
    cancel_generation(links[1], acting_user=seat.user)
    Watcher().sweep()
    assert [link.state for link in links_of(chain)] == [State.QUEUED, *[State.CANCELLED] * 3]
    assert Account.objects.get().pending_micros == PRICE


def test_private_links_of_another_are_not_shown(seat: Seat, queue: Queue, ada: User) -> None:
    chain, links = chained(seat, through(*images(seat, 4)))
    Generation.objects.filter(pk=links[1].pk).update(visibility=Visibility.PRIVATE)
    hers = Seat(seat.team, ada, Role.OWNER)
    assert viewable_links(hers, chain) == [links[0], links[2]]
    assert viewable_links(seat, chain) == links


def test_links_cost_no_query_each(seat: Seat, queue: Queue, django_assert_num_queries: Any) -> None:
    for count in (3, 9):
        chain, _ = chained(seat, extended(clip(seat), count))
        with django_assert_num_queries(1):
            links_of(chain)
        with django_assert_num_queries(2):
            broken_links(chain)


@pytest.mark.django_db(transaction=True)
def test_two_repairs_at_once_are_one(seat: Seat, queue: Queue) -> None:
    chain, _ = broken_extension(seat)
    before = Generation.objects.count()

    def repair(_: int) -> None:
        repaired(seat, chain)

    errors = at_once(3, repair)
    assert Generation.objects.count() == before + 5
    assert {type(error) for error in errors} == {Conflict}
    assert len(errors) == 2


@pytest.mark.django_db(transaction=True)
def test_one_press_that_arrives_twice_at_once_is_one_chain(seat: Seat, queue: Queue) -> None:
    plan, key = through(*images(seat, 3)), uuid4()

    def press_chain(_: int) -> None:
        submit_chain(seat, chain_order(seat, plan), submit_key=key, quoted_micros=ANY)

    errors = at_once(3, press_chain)
    assert errors == []
    assert Chain.objects.count() == 1
