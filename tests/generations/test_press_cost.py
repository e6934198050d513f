"""What a press of Generate costs: its queries, and one check of its draft."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generations.lifecycle.api_key import current_key
from generations.models import Generation
from generations.recipes import check as checking
from generations.spending.actions import open_account
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.making import COMPOSITION, HTMX, as_person, form, keep_film, make, of_team

CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


def extend_form(team: Team, ed: User) -> dict[str, Any]:
    clip = make(team, ed, original=keep_film(team))
    reference = f"generation:{clip.uuid}"
    more = {"kind": "extend", "start_frame": reference, "composition": COMPOSITION}
    return {**form("text_to_video"), **more}


def press_extend(client: Client, team: Team, ed: User) -> Generation:
    """Press Generate in the composer of an extension, and return what it made."""
    answer = client.post(of_team("submit", team), extend_form(team, ed), headers=HTMX)
    assert answer.status_code == 200
    return Generation.objects.latest("pk")


@pytest.fixture
def used_before(client: Client, team: Team, ed: User) -> Client:
    """Ed's browser in a studio in which the key and the account have their rows."""
    current_key()
    open_account(team)
    return as_person(client, ed)


def test_a_press_of_extend_takes_at_most_twenty_queries(
    used_before: Client, team: Team, ed: User
) -> None:
    data = extend_form(team, ed)
    used_before.post(of_team("quote", team), data, headers=HTMX)  # as the page does before a press
    with CaptureQueriesContext(connection) as caught:
        answer = used_before.post(of_team("submit", team), data, headers=HTMX)
    assert answer.status_code == 200
    said = [one["sql"] for one in caught if not one["sql"].startswith(CONTROL)]
    assert len(said) <= 20, "\n".join(one[:120] for one in said)


def test_a_press_checks_its_draft_once(
    used_before: Client, team: Team, ed: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[object] = []
    check = checking.check

    def counted(*given: Any) -> checking.Order:
        checked.append(given)
        return check(*given)

    monkeypatch.setattr(checking, "check", counted)
    press_extend(used_before, team, ed)
    assert len(checked) == 1
