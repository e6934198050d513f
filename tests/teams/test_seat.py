"""The door of a team: every ability, for every role, through open_seat()."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.cache import SessionStore
from pytest_django import DjangoAssertNumQueries

from studio.accounts.models import User
from studio.errors import NotAllowed, NotFound
from studio.teams import access
from studio.teams.models import Membership, Role, Team
from studio.teams.permissions import PERMISSIONS, Permission, refusal

MEMBERS = tuple(Role.values)
CELLS = [(role, ability) for ability in PERMISSIONS.abilities for role in MEMBERS]


@pytest.fixture
def member(team: Team) -> User:
    return User.objects.create_user("kim@example.com", "a-long-password", name="Kim")


@pytest.mark.parametrize(("role", "ability"), CELLS)
def test_each_member_is_answered_as_the_table_says(
    member: User, team: Team, role: str, ability: str
) -> None:
    Membership.objects.create(team=team, user=member, role=role)
    cell = PERMISSIONS.abilities[ability][role]
    if cell is Permission.NO:
        with pytest.raises(NotAllowed, match="^" + refusal(ability)):
            access.open_seat(member, team.slug, ability)
        return
    seat = access.open_seat(member, team.slug, ability)
    assert (seat.team, seat.user, seat.role) == (team, member, role)
    assert seat.can(ability, own=True)
    assert seat.can(ability) is (cell is Permission.YES)


@pytest.mark.parametrize("ability", PERMISSIONS.abilities)
@pytest.mark.parametrize("who", ["cleo", "mo"])
def test_strangers_learn_nothing(
    request: pytest.FixtureRequest, team: Team, who: str, ability: str
) -> None:
    stranger = request.getfixturevalue(who)
    with pytest.raises(NotFound) as refused:
        access.open_seat(stranger, team.slug, ability)
    with pytest.raises(NotFound) as missing:
        access.open_seat(stranger, "no-such-team", ability)
    assert refused.value.sentence == missing.value.sentence


def test_the_operator_is_a_stranger_too(team: Team) -> None:
    operator = User.objects.create_superuser("root@example.com", "a-long-password")
    with pytest.raises(NotFound):
        access.open_seat(operator, team.slug, "view_library")


def test_an_anonymous_visitor_costs_no_query(
    team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0), pytest.raises(NotFound):
        access.open_seat(AnonymousUser(), team.slug, "view_library")


@pytest.mark.parametrize("slug", ["northlight", "nowhere"])
def test_a_seat_costs_one_query(
    ada: User, slug: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        try:
            access.open_seat(ada, slug, "create")
        except NotFound:
            assert slug == "nowhere"


def test_a_revoked_member_is_a_stranger_at_once(ed: User, team: Team) -> None:
    assert access.open_seat(ed, team.slug, "create").role == Role.EDITOR
    Membership.objects.filter(user=ed).delete()
    with pytest.raises(NotFound):
        access.open_seat(ed, team.slug, "create")


def test_a_lowered_role_holds_from_the_next_request(ed: User, team: Team) -> None:
    Membership.objects.filter(user=ed).update(role=Role.VIEWER)
    assert access.open_seat(ed, team.slug, "view_library").role == Role.VIEWER
    with pytest.raises(NotAllowed) as refused:
        access.open_seat(ed, team.slug, "create")
    assert refused.value.sentence == "You can view but no longer create in this team."


def test_an_editor_cancels_only_what_is_theirs(ed: User, team: Team) -> None:
    seat = access.open_seat(ed, team.slug, "cancel")
    seat.require("cancel", own=True)
    with pytest.raises(NotAllowed, match="Only its author"):
        seat.require("cancel", own=False)


def test_a_role_in_one_team_says_nothing_about_another(cleo: User, ed: User, team: Team) -> None:
    elsewhere = Team.objects.get(slug="elsewhere")
    Membership.objects.create(team=elsewhere, user=ed, role=Role.VIEWER)
    with pytest.raises(NotAllowed):
        access.open_seat(ed, "elsewhere", "create")
    assert access.open_seat(ed, team.slug, "create").role == Role.EDITOR


def test_the_team_last_used_is_the_current_one(ada: User, team: Team) -> None:
    session = SessionStore()
    second = Team.objects.create(name="Second", slug="second")
    Membership.objects.create(team=second, user=ada, role=Role.VIEWER)
    assert access.current_team(ada, session) == team
    access.remember_team(session, second)
    assert access.current_team(ada, session) == second


def test_a_team_that_was_left_is_no_longer_current(ada: User, team: Team) -> None:
    session = SessionStore()
    session[access.SESSION_KEY] = "elsewhere"
    assert access.current_team(ada, session) == team
    Membership.objects.filter(user=ada).delete()
    assert access.current_team(ada, session) is None


def test_remembering_the_same_team_leaves_the_session_alone(team: Team) -> None:
    session = SessionStore()
    access.remember_team(session, team)
    assert session.modified
    session.modified = False
    access.remember_team(session, team)
    assert not session.modified
