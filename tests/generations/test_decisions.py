"""Cancel, try again, stop waiting, fetch again, make again: who may, what happens, what is said."""

import uuid

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generations.models import Generation, State
from generations.spending.actions import place_hold
from generations.spending.models import Account, LedgerEntry
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.making import (
    HTMX,
    act,
    address,
    as_person,
    form,
    make,
    make_attempt,
    of_team,
    text,
)

CASES = [
    ("cancel", "queued", "planned", "cancelled"),
    ("try_again", "needs_decision", "in_doubt", "queued"),
    ("stop_waiting", "needs_decision", "in_doubt", "given_up"),
    ("fetch_again", "media_lost", "accepted", "storing"),
]


@pytest.mark.parametrize(("name", "before", "outcome", "after"), CASES)
def test_author_decides_and_the_card_changes(
    client: Client, team: Team, ed: User, name: str, before: str, outcome: str, after: str
) -> None:
    row = make(team, ed, state=before)
    make_attempt(row, outcome=outcome)
    body = text(act(client, ed, name, row))
    row.refresh_from_db()
    assert row.state == after
    assert f'hx-target="#generation-{row.uuid}"' in body
    assert f'data-state="{after}"' in body


@pytest.mark.parametrize(("name", "before", "outcome", "after"), CASES)
def test_without_javascript_it_leads_back_to_the_page(
    client: Client, team: Team, ed: User, name: str, before: str, outcome: str, after: str
) -> None:
    row = make(team, ed, state=before)
    make_attempt(row, outcome=outcome)
    answer = as_person(client, ed).post(address(name, row))
    assert answer.status_code == 302
    assert answer["Location"] == row.get_absolute_url()


@pytest.mark.parametrize(("name", "before", "outcome", "after"), CASES)
def test_others_are_refused(
    client: Client,
    team: Team,
    ada: User,
    ben: User,
    cleo: User,
    name: str,
    before: str,
    outcome: str,
    after: str,
) -> None:
    row = make(team, ada, state=before)
    make_attempt(row, outcome=outcome)
    assert act(client, ben, name, row).status_code == 403
    assert act(client, cleo, name, row).status_code == 404
    assert act(client, None, name, row).status_code == 401
    row.refresh_from_db()
    assert row.state == before
    assert act(client, ada, name, row).status_code == 200


@pytest.mark.parametrize("name", ["cancel", "try_again", "stop_waiting"])
def test_editor_may_not_decide_over_others(
    client: Client, team: Team, ada: User, ed: User, name: str
) -> None:
    row = make(team, ada, state="queued" if name == "cancel" else "needs_decision")
    make_attempt(row, outcome="planned")
    answer = act(client, ed, name, row)
    assert answer.status_code == 403
    assert "Only its author, an admin or the owner may" in text(answer)


@pytest.mark.parametrize(
    ("name", "state", "sentence"),
    [
        ("cancel", "dreaming", "This has been sent to Luma and cannot be stopped there"),
        ("try_again", "completed", "Somebody was faster, or it arrived meanwhile."),
        ("stop_waiting", "completed", "Somebody was faster, or it arrived meanwhile."),
        ("fetch_again", "completed", "It is being looked for already."),
    ],
)
def test_too_late_is_said_in_words(
    client: Client, team: Team, ed: User, name: str, state: str, sentence: str
) -> None:
    answer = act(client, ed, name, make(team, ed, state=state))
    assert answer.status_code == 409
    assert sentence in text(answer)
    assert answer["HX-Retarget"] == "#toasts"


@pytest.mark.parametrize(
    "name", ["cancel", "try_again", "stop_waiting", "fetch_again", "make_again", "trash"]
)
def test_looking_changes_nothing(client: Client, team: Team, ed: User, name: str) -> None:
    assert as_person(client, ed).get(address(name, make(team, ed))).status_code == 405


CANCEL_QUERIES = 10
"""Session, user, membership, generation; its lock, its attempts; step, event, attempt; balance."""

RELEASE_QUERIES = 2
"""The account, and the entry in its ledger."""


@pytest.mark.parametrize("page", ["", "queue"])
def test_cancel_asks_once_who_is_a_member(client: Client, team: Team, ed: User, page: str) -> None:
    row = make(team, ed, state="queued")
    make_attempt(row, outcome="planned")
    asked = queries_of_cancel(client, ed, row, page=page)
    assert sum(' FROM "teams_membership" ' in query for query in asked) == 1


def test_cancel_takes_ten_queries(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, state="queued")
    make_attempt(row, outcome="planned")
    asked = queries_of_cancel(client, ed, row)
    assert len(asked) <= CANCEL_QUERIES, "\n".join(asked)


def test_cancel_takes_two_more_to_release_money_however_often_it_was_tried(
    client: Client, team: Team, ed: User
) -> None:
    row = make(team, ed, state="queued")
    for number in (1, 2, 3):
        attempt = make_attempt(row, number=number, outcome="planned")
        with transaction.atomic():
            place_hold(team, attempt.uuid, 5)
    asked = queries_of_cancel(client, ed, row)
    assert len(asked) <= CANCEL_QUERIES + RELEASE_QUERIES, "\n".join(asked)
    assert Account.objects.get(team=team).pending_micros == 0
    assert LedgerEntry.objects.filter(kind="void").count() == 3
    assert set(row.attempts.values_list("outcome", flat=True)) == {"dropped"}


def queries_of_cancel(client: Client, user: User, row: Generation, page: str = "") -> list[str]:
    """Every statement of one press of Cancel."""
    as_person(client, user)
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(address("cancel", row), {"page": page}, headers=HTMX)
    assert answer.status_code == 200
    return [query["sql"] for query in asked.captured_queries]


@pytest.mark.parametrize("page", ["", "library", "queue ", "9" * 5000])
def test_a_page_that_is_not_known_gets_the_card(
    client: Client, team: Team, ed: User, page: str
) -> None:
    row = make(team, ed, state="queued")
    body = text(act(client, ed, "cancel", row, page=page))
    assert f'hx-target="#generation-{row.uuid}"' in body
    assert 'hx-target="#queue"' not in body


def test_make_again_makes_a_new_one_at_its_price(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, prompt="Once more", state="failed")
    answer = act(client, ed, "make_again", row, submit_key=str(uuid.uuid4()), quoted="710000")
    made = Generation.objects.exclude(pk=row.pk).get()
    assert answer.status_code == 302
    assert answer["Location"] == made.get_absolute_url()
    assert made.prompt == "Once more"
    assert made.state == "queued"


def test_make_again_twice_with_one_key_makes_one(client: Client, team: Team, ed: User) -> None:
    row, key = make(team, ed), str(uuid.uuid4())
    for _ in range(2):
        act(client, ed, "make_again", row, submit_key=key, quoted="710000")
    assert Generation.objects.count() == 2


@pytest.mark.parametrize("quoted", ["", "1", "x", "9" * 5000])
def test_make_again_never_costs_more_than_was_shown(
    client: Client, team: Team, ed: User, quoted: str
) -> None:
    row = make(team, ed)
    answer = act(client, ed, "make_again", row, submit_key=str(uuid.uuid4()), quoted=quoted)
    assert answer.status_code == 422
    assert "The price is now $0.71." in text(answer)
    assert Generation.objects.count() == 1


def test_make_again_from_an_old_form_is_refused(client: Client, team: Team, ed: User) -> None:
    answer = act(client, ed, "make_again", make(team, ed), quoted="710000")
    assert answer.status_code == 422
    assert "This form is too old. Check and send again. Nothing was charged." in text(answer)


def test_make_again_is_not_for_viewers(client: Client, team: Team, ed: User, ben: User) -> None:
    row = make(team, ed)
    data = {"submit_key": str(uuid.uuid4()), "quoted": "710000"}
    assert act(client, ben, "make_again", row, **data).status_code == 403
    assert act(client, ed, "make_again", row, **data).status_code == 302


@pytest.mark.parametrize("state", [one for one in State if one != State.NEEDS_DECISION])
def test_try_again_is_only_for_what_needs_a_decision(
    client: Client, team: Team, ed: User, state: State
) -> None:
    row = make(team, ed, state=state)
    attempt = make_attempt(row, outcome="planned")
    with transaction.atomic():
        place_hold(team, attempt.uuid, 710_000)
    assert act(client, ed, "try_again", row).status_code == 409
    row.refresh_from_db()
    assert row.state == state
    assert row.attempts.count() == 1
    assert Account.objects.get(team=team).pending_micros == 710_000


def test_making_an_upscale_again_leaves_its_text_as_it_was(
    client: Client, team: Team, ed: User
) -> None:
    text_of_it = r"A {red|blue} car \ {{one}}"
    film = make(team, ed)
    source = f"generation:{film.uuid}"
    data = {
        **form(),
        "kind": "upscale",
        "source": source,
        "resolution": "1080p",
        "prompt": text_of_it,
    }
    as_person(client, ed).post(of_team("submit", team), data, headers=HTMX)
    row = Generation.objects.get(kind="upscale")
    for _ in range(3):
        key = str(uuid.uuid4())
        act(client, ed, "make_again", row, submit_key=key, quoted="9000000")
        made = Generation.objects.filter(kind="upscale").latest("id")
        assert made.pk != row.pk
        assert made.recipe["prompt"] == row.recipe["prompt"] == text_of_it
        assert made.fingerprint == row.fingerprint
        row = made
