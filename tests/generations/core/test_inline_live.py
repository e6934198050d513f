"""Pictures that are waited for, from the form to the file on the card, over real sockets."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from generations.media import store
from generations.models import Attempt, Generation, State
from generations.spending.models import Account
from generations.states import IN_PROGRESS
from generations.tasks import submitting
from generations.tasks.watching import Watcher
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.core.conftest import Queue, attempt_of, fresh, later, run
from tests.generations.making import HTMX, address, as_person, of_team, text
from tests.sandbox.conftest import Live, launched
from tests.spending.ledger import check_books

pytestmark = pytest.mark.django_db(transaction=True)

PACE = "2"
"""About two seconds for a picture."""


@pytest.fixture(scope="module")
def alive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with launched(tmp_path_factory.mktemp("alive"), "--limits", "off", "--pace", PACE) as running:
        yield running


@pytest.fixture
def studio(
    alive: Live, live_server: Any, settings: LazySettings, queue: Queue, own_world: None
) -> Queue:
    """The studio on the live sandbox, which reaches it for callbacks."""
    settings.LUMAAI_BASE_URL = alive.url
    settings.PUBLIC_BASE_URL = live_server.url
    return queue


@pytest.fixture
def pressed(client: Client, team: Team, ed: User, studio: Queue) -> Generation:
    """Ed ticked "Wait for the picture" and pressed Generate at the price on the button."""
    data = {
        "kind": "image",
        "prompt": "A red kite over a beach",
        "model": "photon-flash-1",
        "aspect_ratio": "1:1",
        "format": "png",
        "sync": "on",
        "sync_timeout": "20",
        "variations": "1",
        "submit_key": str(uuid.uuid4()),
    }
    page = text(as_person(client, ed).get(of_team("quote", team), data))
    data["quoted"] = page.split('name="quoted" value="')[1].split('"')[0]
    answer = client.post(of_team("submit", team), data, headers=HTMX)
    assert answer.status_code == 200, text(answer)
    return Generation.objects.get()


def charges(alive: Live) -> int:
    """How many charges stand in the API's own ledger, refunds taken off."""
    with alive.api() as api:
        entries = [row["entry"] for row in api.truth()["ledger"]]
    return entries.count("charge") - entries.count("refund")


def sent_inline(studio: Queue) -> Watcher:
    """The cluster leaves it alone; the watcher sends it in a slot and waits for the answer."""
    run(studio)
    assert not Attempt.objects.exclude(outcome=Attempt.Outcome.PLANNED).exists()
    watcher = Watcher()
    later(5)
    watcher.sweep()
    watcher.inline.wait(30)
    return watcher


def brought_home(row: Generation, watcher: Watcher, studio: Queue) -> None:
    """Work like worker and watcher until it is in the library."""
    until = time.monotonic() + 30
    while fresh(row).state in IN_PROGRESS:
        assert time.monotonic() < until, (fresh(row).state, fresh(row).note)
        run(studio)
        watcher.watch()
        time.sleep(0.05)
    fresh(row, State.COMPLETED)


def check_card(client: Client, row: Generation, alive: Live, before: int) -> None:
    """The card has its file and its price; it was charged once, here and at the API."""
    made = fresh(row)
    assert made.original is not None
    assert made.original.content_type == "image/png"
    assert store.path_of(made.original).read_bytes().startswith(b"\x89PNG")
    card = text(client.get(address("card", made)))
    assert 'data-state="completed"' in card
    assert made.poster is not None
    assert str(made.poster.uuid) in card
    assert charges(alive) - before == 1
    assert Account.objects.get().posted_micros == made.quote_micros
    check_books()


def test_the_answer_is_the_finished_picture(
    client: Client, pressed: Generation, studio: Queue, alive: Live
) -> None:
    before = charges(alive)
    watcher = sent_inline(studio)
    fresh(pressed, State.STORING)
    answer = attempt_of(pressed).response
    assert answer is not None
    assert answer["state"] == "completed"
    assert answer["assets"]["image"]
    assert (answer["request"]["sync"], answer["request"]["sync_timeout"]) == (True, 20)
    brought_home(pressed, watcher, studio)
    check_card(client, pressed, alive, before)


def test_what_is_not_ready_in_time_is_followed_like_any_other(
    client: Client, pressed: Generation, studio: Queue, alive: Live
) -> None:
    """The API answers after `sync_timeout` with what there is; less than the form allows here."""
    recipe = {**pressed.recipe, "sync_timeout": 0.2}
    Generation.objects.filter(pk=pressed.pk).update(recipe=recipe)
    before = charges(alive)
    watcher = sent_inline(studio)
    answer = attempt_of(pressed).response
    assert answer is not None
    assert answer["state"] in ("queued", "dreaming")
    assert answer["assets"] is None
    brought_home(pressed, watcher, studio)
    check_card(client, pressed, alive, before)


def test_an_answer_that_takes_too_long_is_looked_for_and_not_asked_for_again(
    client: Client,
    pressed: Generation,
    studio: Queue,
    alive: Live,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Clients that send again after their own timeout pay for three pictures."""
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:1"
    monkeypatch.setattr(submitting, "_deadline", lambda generation: 1.0)
    before = charges(alive)
    watcher = sent_inline(studio)
    assert attempt_of(fresh(pressed, State.UNCONFIRMED)).remote_id is None
    brought_home(pressed, watcher, studio)
    assert pressed.attempts.count() == 1
    check_card(client, pressed, alive, before)
