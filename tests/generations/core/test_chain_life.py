"""Chains on a live sandbox whose third link fails (one that ends: faults/test_chain_killed.py)."""

from dataclasses import replace

import pytest

from generations.models import Chain, Generation, State
from generations.models.states import IN_PROGRESS
from generations.recipes.repair import links_of
from studio.teams.access import Seat
from tests.generations.core.chains import CHAIN, chained, extended, repaired, through
from tests.generations.core.conftest import Queue, attempt_of, fresh
from tests.generations.core.live import charged, work
from tests.generations.making import make_image
from tests.sandbox.conftest import Live
from tests.spending.ledger import entries_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("exact_books")]

QUICK = {**CHAIN, "model": "ray-flash-2", "resolution": "540p"}


def states(chain: Chain) -> list[State]:
    return [State(link.state) for link in links_of(chain)]


def settled(chain: Chain, queue: Queue) -> list[State]:
    """Return the links when nothing of the chain is in progress any more."""
    work(queue, lambda: not IN_PROGRESS.intersection(states(chain)), sweep=True)
    return states(chain)


def real(seat: Seat, count: int) -> list[Generation]:
    """Images with files that the sandbox can fetch."""
    return [make_image(seat.team, seat.user) for _ in range(count)]


DONE, FAILED, CANCELLED = State.COMPLETED, State.FAILED, State.CANCELLED


def test_an_image_chain_whose_third_link_fails_finishes_the_other_six(
    seat: Seat, studio: Queue, alive: Live
) -> None:
    before = charged(alive)
    prompts = ("", "", "fail: Job failed")
    plan = replace(through(*real(seat, 8), prompts=prompts), settings=QUICK)
    chain, links = chained(seat, plan)
    assert settled(chain, studio) == [DONE, DONE, FAILED, DONE, DONE, DONE, DONE]
    assert charged(alive) - before == 6
    assert entries_of(attempt_of(links[2])) == "hold post refund"


def test_an_extension_whose_third_link_fails_stops_there_and_can_be_continued(
    seat: Seat, studio: Queue, alive: Live
) -> None:
    begun, _ = chained(seat, replace(through(*real(seat, 2)), settings=QUICK))
    settled(begun, studio)
    before = charged(alive)
    plan = extended(links_of(begun)[0], 7, prompts=("", "", "fail: Job failed"))
    chain, links = chained(seat, replace(plan, settings=QUICK))
    assert settled(chain, studio) == [DONE, DONE, FAILED, *[CANCELLED] * 4]
    assert charged(alive) - before == 2
    assert [entries_of(attempt_of(link)) for link in links[3:]] == ["hold void"] * 4
    assert not any(attempt_of(link).marked_at for link in links[3:])
    Generation.objects.filter(pk=links[2].pk).update(
        recipe={**links[2].recipe, "prompt": "it goes on"}
    )
    made = repaired(seat, chain)
    assert len(made) == 5
    assert settled(chain, studio) == [DONE] * 7
    assert charged(alive) - before == 7
    assert [fresh(link) for link in links_of(chain)[:2]] == links[:2]
