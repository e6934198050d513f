"""Chains from the press to the last charge, on a live sandbox."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import LazySettings

from generations.actions.chains import links_of
from generations.models import Chain, Generation, State
from generations.states import IN_PROGRESS
from generations.tasks.watching import Watcher
from studio.teams.access import Seat
from tests.generations.core.conftest import Queue, attempt_of, fresh, run
from tests.generations.core.test_chain_core import CHAIN, chained, extended, repaired, through
from tests.generations.making import make_image
from tests.sandbox.conftest import Live, launched
from tests.spending.ledger import check_books, story

QUICK = {**CHAIN, "model": "ray-flash-2", "resolution": "540p"}


@pytest.fixture(autouse=True)
def exact_books(db: None) -> Iterator[None]:
    """Whatever happens, the sums equal the ledger."""
    yield
    check_books()


@pytest.fixture(scope="module")
def alive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with launched(tmp_path_factory.mktemp("alive"), "--limits", "off", "--pace", "0") as running:
        yield running


@pytest.fixture
def studio(
    alive: Live, live_server: Any, settings: LazySettings, queue: Queue, own_world: None
) -> Queue:
    """The studio on the live sandbox, which reaches it for callbacks and pictures."""
    settings.LUMAAI_BASE_URL = alive.url
    settings.PUBLIC_BASE_URL = live_server.url
    return queue


def charged(alive: Live) -> int:
    """How many charges stand in the API's own ledger, refunds taken off."""
    with alive.api() as api:
        entries = [row["entry"] for row in api.truth()["ledger"]]
    return entries.count("charge") - entries.count("refund")


def settle(chain: Chain, queue: Queue, seconds: float = 60) -> list[State]:
    """Work like worker and watcher until nothing of the chain is under way."""
    watcher, until = Watcher(), time.monotonic() + seconds
    while IN_PROGRESS & {State(link.state) for link in links_of(chain)}:
        assert time.monotonic() < until, [(one.state, one.note) for one in links_of(chain)]
        run(queue)
        watcher.watch()
        watcher.sweep()
        time.sleep(0.05)
    return [State(link.state) for link in links_of(chain)]


def real(where: Seat, count: int) -> list[Generation]:
    """Images with files that the sandbox can fetch."""
    return [make_image(where.team, where.user) for _ in range(count)]


DONE, FAILED, CANCELLED = State.COMPLETED, State.FAILED, State.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_a_chain_of_seven_finishes_with_seven_charges(
    where: Seat, studio: Queue, alive: Live
) -> None:
    before = charged(alive)
    chain, links = chained(where, replace(through(*real(where, 8)), settings=QUICK))
    assert settle(chain, studio) == [DONE] * 7
    assert charged(alive) - before == 7
    assert [story(attempt_of(link)) for link in links] == ["hold post"] * 7


@pytest.mark.django_db(transaction=True)
def test_an_image_chain_whose_third_link_fails_finishes_the_other_six(
    where: Seat, studio: Queue, alive: Live
) -> None:
    before = charged(alive)
    prompts = ("", "", "fail: Job failed")
    plan = replace(through(*real(where, 8), prompts=prompts), settings=QUICK)
    chain, links = chained(where, plan)
    assert settle(chain, studio) == [DONE, DONE, FAILED, DONE, DONE, DONE, DONE]
    assert charged(alive) - before == 6
    assert story(attempt_of(links[2])) == "hold post refund"


@pytest.mark.django_db(transaction=True)
def test_an_extension_whose_third_link_fails_stops_there_and_can_be_continued(
    where: Seat, studio: Queue, alive: Live
) -> None:
    begun, _ = chained(where, replace(through(*real(where, 2)), settings=QUICK))
    settle(begun, studio)
    before = charged(alive)
    plan = extended(links_of(begun)[0], 7, prompts=("", "", "fail: Job failed"))
    chain, links = chained(where, replace(plan, settings=QUICK))
    assert settle(chain, studio) == [DONE, DONE, FAILED, *[CANCELLED] * 4]
    assert charged(alive) - before == 2
    assert [story(attempt_of(link)) for link in links[3:]] == ["hold void"] * 4
    assert not any(attempt_of(link).marked_at for link in links[3:])
    Generation.objects.filter(pk=links[2].pk).update(
        recipe={**links[2].recipe, "prompt": "it goes on"}
    )
    made = repaired(where, chain)
    assert len(made) == 5
    assert settle(chain, studio) == [DONE] * 7
    assert charged(alive) - before == 7
    assert [fresh(link) for link in links_of(chain)[:2]] == links[:2]
