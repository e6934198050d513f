"""Notices: what finished or failed of one's own since the last visit, and nobody else's."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from generations.models import Event, Generation
from studio import clock
from studio.accounts.models import User
from studio.clock import now
from studio.teams.models import Team
from tests.generations.making import HTMX, as_person, make, of_team, text


def happened(row: Generation, state: str = "completed") -> Generation:
    """Its state was reached just now."""
    clock.shift(timedelta(seconds=1))
    Event.objects.create(team=row.team, generation=row, verb=f"x.{state}", to_state=state, at=now())
    return row


def asked(client: Client, team: Team, **query: str) -> Any:
    answer = client.get(of_team("notices", team), query)
    assert answer.status_code == 200
    return answer.json()


def opened(client: Client, team: Team) -> str:
    return text(client.post(of_team("notices_seen", team), headers=HTMX))


@pytest.fixture
def of_ed(client: Client, team: Team, ed: User) -> Client:
    """Ed, who has opened a page before."""
    as_person(client, ed)
    asked(client, team)
    return client


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("completed", "finished"),
        ("failed", "failed"),
        ("refused", "refused by Luma"),
        ("media_lost", "lost its file"),
        ("needs_decision", "needs your decision"),
    ],
)
def test_what_happened_is_counted_until_it_was_looked_at(
    of_ed: Client, team: Team, ed: User, state: str, words: str
) -> None:
    row = happened(make(team, ed, prompt="A tall ship"), state)
    assert asked(of_ed, team)["unseen"] == 1
    body = opened(of_ed, team)
    assert f"A tall ship</bdi> {words}" in body
    assert row.get_absolute_url() in body
    assert "New" in body
    clock.shift(timedelta(seconds=1))
    assert asked(of_ed, team)["unseen"] == 0
    again = opened(of_ed, team)
    assert "A tall ship" in again
    assert "New" not in again


@pytest.mark.parametrize("state", ["queued", "sending", "dreaming", "storing", "cancelled"])
def test_steps_on_the_way_are_no_news(of_ed: Client, team: Team, ed: User, state: str) -> None:
    happened(make(team, ed), state)
    assert asked(of_ed, team)["unseen"] == 0


def test_somebody_else_s_work_and_other_teams_are_no_news(
    of_ed: Client, team: Team, ed: User, ada: User, cleo: User
) -> None:
    happened(make(team, ada))
    happened(make(Team.objects.get(slug="elsewhere"), cleo))
    happened(make(team, ed, trashed_at=now()))
    assert asked(of_ed, team)["unseen"] == 0
    assert "Nothing yet." in opened(of_ed, team)


def test_each_person_has_looked_for_themselves(
    client: Client, team: Team, ed: User, ada: User
) -> None:
    other = Client()
    other.force_login(ada)
    as_person(client, ed)
    asked(client, team)
    asked(other, team)
    happened(make(team, ed))
    happened(make(team, ada))
    opened(client, team)
    assert asked(other, team)["unseen"] == 1


def test_what_was_there_before_the_first_page_of_a_session_is_not_new(
    client: Client, team: Team, ed: User
) -> None:
    happened(make(team, ed))
    clock.shift(timedelta(seconds=1))
    as_person(client, ed)
    assert asked(client, team)["unseen"] == 0
    assert "finished" in opened(client, team)


def test_only_what_came_since_the_last_question_is_told_outside(
    of_ed: Client, team: Team, ed: User
) -> None:
    happened(make(team, ed, prompt="First"))
    first = asked(of_ed, team)
    happened(make(team, ed, prompt="Second"), "failed")
    second = asked(of_ed, team, since=first["now"])
    assert second["came"] == ["Second: failed"]
    assert second["unseen"] == 2
    assert asked(of_ed, team, since=second["now"])["came"] == []


def test_a_page_is_told_whether_more_may_come(of_ed: Client, team: Team, ed: User) -> None:
    row = make(team, ed, state="dreaming")
    assert asked(of_ed, team)["busy"]
    Generation.objects.filter(pk=row.pk).update(state="completed")
    assert not asked(of_ed, team)["busy"]


def test_a_moment_that_cannot_be_read_is_now(of_ed: Client, team: Team) -> None:
    assert asked(of_ed, team, since="yesterday")["came"] == []


def test_twenty_at_most_and_the_same_queries(
    of_ed: Client, team: Team, ed: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    happened(make(team, ed))
    with django_assert_num_queries(5) as counted:
        asked(of_ed, team)
    for _ in range(24):
        happened(make(team, ed))
    with django_assert_num_queries(len(counted)):
        assert asked(of_ed, team)["unseen"] == 20


def test_stranger_is_told_nothing(client: Client, team: Team, cleo: User) -> None:
    as_person(client, cleo)
    assert client.get(of_team("notices", team)).status_code == 404
    assert client.post(of_team("notices_seen", team), headers=HTMX).status_code == 404


def test_without_javascript_the_bell_leads_to_the_queue(of_ed: Client, team: Team) -> None:
    answer = of_ed.post(of_team("notices_seen", team))
    assert (answer.status_code, answer["Location"]) == (302, of_team("queue", team))
