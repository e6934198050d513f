"""Teams: their slugs, their first member, and the events sent."""

from collections.abc import Iterator
from typing import Any

import pytest

from studio.accounts.models import User
from studio.teams import actions, queries
from studio.teams.actions import making
from studio.teams.events import team_event
from studio.teams.models import Membership, Team


@pytest.fixture
def heard() -> Iterator[list[dict[str, Any]]]:
    """All events sent during a test."""
    said: list[dict[str, Any]] = []

    def listen(signal: object, sender: object, **words: Any) -> None:
        said.append(words)

    team_event.connect(listen)
    yield said
    team_event.disconnect(listen)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Northern Lights", "northern-lights"),
        ("Café Zoë", "cafe-zoe"),
        ("../../admin", "admin"),
        ("🎬🎬", "team"),
        ("映画", "team"),
        ("--", "team"),
        ("x" * 80, "x" * 50),
    ],
)
def test_the_address_follows_from_the_name(cleo: User, name: str, slug: str) -> None:
    team = actions.make_team(name, acting_user=cleo)
    assert (team.name, team.slug) == (name, slug)


def test_a_taken_address_gets_a_number(cleo: User, team: Team) -> None:
    slugs = [actions.make_team("Northlight", acting_user=cleo).slug for _ in range(3)]
    assert slugs == ["northlight-2", "northlight-3", "northlight-4"]


def test_an_address_taken_many_times_still_works(cleo: User) -> None:
    slugs = {actions.make_team("Sea", acting_user=cleo).slug for _ in range(12)}
    assert len(slugs) == 12
    assert {"sea", "sea-9"} <= slugs


def test_an_address_taken_in_the_same_moment_is_no_error(
    cleo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database decides, not a query before: both slugs are tried after the row exists."""
    Team.objects.create(name="Sea", slug="sea")
    monkeypatch.setattr(making, "_slugs", lambda name: iter(["sea", "sea", "sea-2"]))
    assert actions.make_team("Sea", acting_user=cleo).slug == "sea-2"


def test_giving_up_on_an_address_leaves_nothing_behind(
    cleo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "_slugs", lambda name: iter(["elsewhere"]))
    with pytest.raises(RuntimeError):
        actions.make_team("Elsewhere", acting_user=cleo)
    assert Team.objects.count() == Membership.objects.count() == 1


def test_who_makes_a_team_owns_it(cleo: User) -> None:
    team = actions.make_team("Sea", acting_user=cleo)
    assert queries.role_in(team, cleo) == "owner"
    assert [m.user for m in queries.members(team)] == [cleo]


def test_teams_are_listed_by_name(ada: User, team: Team) -> None:
    actions.make_team("Aurora", acting_user=ada)
    actions.make_team("Zenith", acting_user=ada)
    assert [t.name for t in queries.teams_of(ada)] == ["Aurora", "Northlight", "Zenith"]


def test_what_happens_is_announced_to_whoever_listens(
    ada: User, team: Team, heard: list[dict[str, Any]]
) -> None:
    made = actions.make_team("Sea", acting_user=ada)
    invitation, token = actions.invite_member(team, "kim@example.com", "viewer", acting_user=ada)
    kim = actions.join_with_new_account(invitation, name="Kim", password="violet-harbour-9")
    assert [(w["verb"], w["team"], w["actor"]) for w in heard] == [
        ("team.made", made, ada),
        ("invitation.made", team, ada),
        ("member.joined", team, kim),
    ]
    assert token not in str(heard)
    assert "violet-harbour-9" not in str(heard)
