"""Inline calls, from the form to the file on the card, over real sockets."""

import pytest
from django.conf import LazySettings
from django.test import Client

from generations.media import store
from generations.models import Attempt, Generation, State
from generations.models.states import IN_PROGRESS
from generations.spending.models import Account
from generations.tasks import submitting
from generations.tasks.watching import Watcher
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.core.conftest import Queue, attempt_of, fresh, later, run
from tests.generations.core.live import charged, work
from tests.generations.making import card_of, press_at_its_price
from tests.sandbox.conftest import Live
from tests.spending.ledger import check_books

pytestmark = pytest.mark.django_db(transaction=True)

PACE = "2"
"""About two seconds for a picture."""


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
    }
    press_at_its_price(client, team, ed, data)
    return Generation.objects.get()


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
    work(studio, lambda: fresh(row).state not in IN_PROGRESS, watcher=watcher)
    fresh(row, State.COMPLETED)


def check_card(row: Generation, alive: Live, before: int) -> None:
    """The card has its file and its price; it was charged once, here and at the API."""
    made = fresh(row)
    assert made.original is not None
    assert made.original.content_type == "image/png"
    assert store.path_of(made.original).read_bytes().startswith(b"\x89PNG")
    card = card_of(made.author, made)
    assert 'data-state="completed"' in card
    assert made.poster is not None
    assert str(made.poster.uuid) in card
    assert charged(alive) - before == 1
    assert Account.objects.get().posted_micros == made.quote_micros
    check_books()


def test_the_answer_is_the_finished_picture(
    pressed: Generation, studio: Queue, alive: Live
) -> None:
    before = charged(alive)
    watcher = sent_inline(studio)
    fresh(pressed, State.STORING)
    answer = attempt_of(pressed).response
    assert answer is not None
    assert answer["state"] == "completed"
    assert answer["assets"]["image"]
    assert (answer["request"]["sync"], answer["request"]["sync_timeout"]) == (True, 20)
    brought_home(pressed, watcher, studio)
    check_card(pressed, alive, before)


def test_what_is_not_ready_in_time_is_followed_like_any_other(
    pressed: Generation, studio: Queue, alive: Live
) -> None:
    """The API answers after `sync_timeout` with what there is; less than the form allows here."""
    recipe = {**pressed.recipe, "sync_timeout": 0.2}
    Generation.objects.filter(pk=pressed.pk).update(recipe=recipe)
    before = charged(alive)
    watcher = sent_inline(studio)
    answer = attempt_of(pressed).response
    assert answer is not None
    assert answer["state"] in ("queued", "dreaming")
    assert answer["assets"] is None
    brought_home(pressed, watcher, studio)
    check_card(pressed, alive, before)


def test_an_answer_that_takes_too_long_is_in_doubt_and_not_asked_for_again(
    pressed: Generation,
    studio: Queue,
    alive: Live,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Clients that send again after their own timeout pay for three pictures."""
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:1"
    monkeypatch.setattr(submitting, "_deadline", lambda generation: 1.0)
    before = charged(alive)
    watcher = sent_inline(studio)
    assert attempt_of(fresh(pressed, State.UNCONFIRMED)).remote_id is None
    brought_home(pressed, watcher, studio)
    assert pressed.attempts.count() == 1
    check_card(pressed, alive, before)
