"""The API down, slow, or answering badly: what the card then says, and where the money is."""

import html
from typing import Any

import httpx
import pytest
from django.test import Client

from generations import tasks
from generations.luma.client import LumaClient
from generations.models import Generation, State
from generations.spending.models import Account
from generations.tasks import luma
from studio.accounts.models import User
from studio.teams.access import Seat
from studio.teams.models import Team
from tests.generations.core.conftest import Queue, fresh, press
from tests.generations.core.wire import Wire, reply
from tests.generations.making import as_person, of_team, text

HTML = "<html><body>Bad gateway</body></html>"
DOUBT = "We do not yet know whether Luma received this. We are checking; nothing is sent twice."


def silent(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("")


def answers(status: int, detail: Any, **headers: str) -> Any:
    return lambda request: reply(status, detail, **headers)


CASES = [
    pytest.param(silent, State.UNCONFIRMED, DOUBT, "hold", id="slow"),
    pytest.param(answers(200, HTML), State.UNCONFIRMED, DOUBT, "hold", id="HTML"),
    pytest.param(
        answers(401, {"detail": "Invalid API key is provided"}),
        State.QUEUED,
        "Luma does not accept the studio's key. The owner was told; nothing is lost or charged.",
        "hold",
        id="401",
    ),
    pytest.param(
        answers(402, {"detail": "Payment required"}),
        State.QUEUED,
        "The Luma account is out of credit. This waits and goes out by itself once it is filled.",
        "hold",
        id="402",
    ),
    pytest.param(
        answers(422, {"detail": "Prompt is too odd"}),
        State.REFUSED,
        "Luma refused this: Prompt is too odd. Not charged.",
        "",
        id="422",
    ),
    pytest.param(
        answers(429, {"detail": "Too many"}, retry_after="5"),
        State.QUEUED,
        "Luma is busy. Your place is kept; the next try comes by itself. Nothing was charged.",
        "hold",
        id="429",
    ),
    pytest.param(answers(500, {"detail": "Oops"}), State.UNCONFIRMED, DOUBT, "hold", id="500"),
]


@pytest.mark.parametrize(("spoiler", "state", "sentence", "money"), CASES)
def test_the_card_says_what_happened(
    client: Client,
    team: Team,
    ed: User,
    seat: Seat,
    wire: Wire,
    queue: Queue,
    spoiler: Any,
    state: State,
    sentence: str,
    money: str,
) -> None:
    made = press(seat)[0]
    wire.next_create.append(spoiler)
    tasks.submit_generation(made.pk)
    fresh(made, state)
    assert len(wire.creates()) == 1
    assert (Account.objects.get().pending_micros > 0) == (money == "hold")
    assert sentence in card(client, team, ed, made)


def card(client: Client, team: Team, ed: User, made: Generation) -> str:
    """The card of a generation in the library, as people read it."""
    page = html.unescape(text(as_person(client, ed).get(of_team("library", team))))
    found = page.split(f'id="generation-{made.uuid}"')[1].split("</article>")[0]
    assert "a calm lake at dawn" in found
    return found


def test_while_nobody_listens_the_card_says_that_it_waits(
    client: Client,
    team: Team,
    ed: User,
    seat: Seat,
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = press(seat)[0]
    nobody = LumaClient("sandbox", "http://127.0.0.1:1/dream-machine/v1")
    monkeypatch.setattr(luma, "open_client", lambda *_a, **_k: nobody)
    tasks.submit_generation(made.pk)
    fresh(made, State.QUEUED)
    said = "Luma cannot be reached. This will go out by itself. Nothing was charged."
    assert said in card(client, team, ed, made)
