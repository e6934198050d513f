"""Cancel, try again, stop waiting, look again, make again: who may, what happens, what is said."""

import uuid

import pytest
from django.test import Client

from generations.models import Generation
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.making import act, address, as_person, make, make_attempt, text

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
