"""Invitations: who may send them, who may use them, once, for seven days."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from studio import clock
from studio.accounts.models import User
from studio.errors import Conflict, NotAllowed, NotFound, StudioError
from studio.teams import access, actions
from studio.teams.invitations import InvitationClosed, hash_of
from studio.teams.models import Invitation, Membership, Role, Team

NEW = "violet-harbour-9"
KIM = "kim@example.com"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def kim(db: None) -> User:
    return User.objects.create_user(KIM, "a-long-password", name="Kim")


def _member(team: Team, role: str) -> User:
    user = User.objects.create_user(f"{role}@example.com", "a-long-password", name=role)
    Membership.objects.create(team=team, user=user, role=role)
    return user


def _link(team: Team, ada: User, role: str = Role.EDITOR, email: str = KIM) -> str:
    _, token = actions.invite_member(team, email, role, acting_user=ada)
    return f"/invitations/{token}/"


GRANTS = {
    "owner": {"owner", "admin", "editor", "viewer"},
    "admin": {"admin", "editor", "viewer"},
    "editor": set(),
    "viewer": set(),
}


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("sender", Role.values)
def test_nobody_gives_more_than_they_have(team: Team, sender: str, role: str) -> None:
    member = _member(team, sender)
    if role in GRANTS[sender]:
        invitation, _ = actions.invite_member(team, KIM, role, acting_user=member)
        assert (invitation.role, invitation.invited_by) == (role, member)
        return
    with pytest.raises(NotAllowed):
        actions.invite_member(team, KIM, role, acting_user=member)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("who", ["cleo", "mo"])
def test_strangers_invite_nobody(request: pytest.FixtureRequest, team: Team, who: str) -> None:
    with pytest.raises(NotAllowed):
        actions.invite_member(team, KIM, Role.VIEWER, acting_user=request.getfixturevalue(who))


def test_the_link_is_kept_only_as_its_hash(team: Team, ada: User) -> None:
    invitation, token = actions.invite_member(team, " Kim@Example.com", "viewer", acting_user=ada)
    stored = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert token not in str(stored)
    assert stored["token_hash"] == hash_of(token)
    assert stored["email"] == KIM
    assert stored["expires_at"] - stored["created_at"] > timedelta(days=6, hours=23)


def test_a_member_is_not_invited_again(team: Team, ada: User, ed: User) -> None:
    with pytest.raises(StudioError, match="in this team already") as refused:
        actions.invite_member(team, "ED@example.com", "viewer", acting_user=ada)
    assert "email" in refused.value.fields
    with pytest.raises(StudioError, match="in this team already"):
        actions.invite_member(team, ada.email, "viewer", acting_user=ada)


def test_a_second_invitation_replaces_the_first(client: Client, team: Team, ada: User) -> None:
    first, second = _link(team, ada, "admin"), _link(team, ada, "viewer")
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    assert Invitation.objects.get().role == "viewer"


def test_fifty_invitations_a_day_are_enough(team: Team, ada: User) -> None:
    for number in range(50):
        actions.invite_member(team, f"p{number}@example.com", "viewer", acting_user=ada)
    with pytest.raises(StudioError, match="50 invitations a day"):
        actions.invite_member(team, "p50@example.com", "viewer", acting_user=ada)
    clock.shift(timedelta(days=1, seconds=1))
    actions.invite_member(team, "p50@example.com", "viewer", acting_user=ada)


def test_a_new_person_makes_their_account_and_is_in(client: Client, team: Team, ada: User) -> None:
    link = _link(team, ada)
    page = client.get(link).content.decode()
    assert "Northlight" in page
    assert "Ada</bdi> invited you" in page
    assert KIM in page
    answer = client.post(link, {"name": "Kim", "password": NEW})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    person = User.objects.get(email=KIM)
    assert access.open_seat(person, team.slug, "create").role == "editor"
    assert not person.is_superuser
    assert client.get("/accounts/profile/").status_code == 200, "signed in"


def test_the_invited_address_cannot_be_changed(client: Client, team: Team, ada: User) -> None:
    form = {"name": "Eve", "password": NEW, "email": "eve@example.com", "role": "owner"}
    client.post(_link(team, ada), form)
    assert not User.objects.filter(email="eve@example.com").exists()
    assert Membership.objects.get(user__email=KIM).role == "editor"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": "", "password": NEW}, "Your name: This field is required."),
        ({"name": "Kim", "password": "12345678"}, "too common"),
        ({"name": "Kim", "password": KIM}, "too similar"),
    ],
)
def test_a_bad_form_leaves_the_invitation_open(
    client: Client, team: Team, ada: User, form: dict[str, str], sentence: str
) -> None:
    link = _link(team, ada)
    answer = client.post(link, form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not User.objects.filter(email=KIM).exists()
    assert client.post(link, {"name": "Kim", "password": NEW}).status_code == 302


def test_a_person_with_an_account_joins_with_it(
    client: Client, team: Team, ada: User, kim: User
) -> None:
    link = _link(team, ada, "viewer")
    client.force_login(kim)
    page = client.get(link).content.decode()
    assert f'action="{link}join/"' in page
    answer = client.post(f"{link}join/")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert access.open_seat(kim, team.slug, "view_library").role == "viewer"
    assert client.session[access.SESSION_KEY] == team.slug


def test_a_person_with_an_account_is_asked_to_sign_in(
    client: Client, team: Team, ada: User, kim: User
) -> None:
    link = _link(team, ada)
    page = client.get(link).content.decode()
    assert f"/accounts/login/?next={link}" in page
    assert client.post(link, {"name": "Kim", "password": NEW}).status_code == 200
    assert User.objects.filter(email=KIM).count() == 1
    assert client.post(f"{link}join/")["Location"].startswith("/accounts/login/")


def test_another_account_is_told_whose_invitation_it_is(
    client: Client, team: Team, ada: User, cleo: User
) -> None:
    link = _link(team, ada)
    client.force_login(cleo)
    answer = client.get(link)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert f"It is for {KIM}, and you are signed in as cleo@example.com." in page
    assert f'name="next" value="{link}"' in page
    assert client.post(link, {"name": "Kim", "password": NEW}).status_code == 403
    assert client.post(f"{link}join/").status_code == 403
    assert not Membership.objects.filter(team=team, user=cleo).exists()


def test_an_invitation_is_good_once(client: Client, team: Team, ada: User) -> None:
    link = _link(team, ada)
    client.post(link, {"name": "Kim", "password": NEW})
    later = Client()
    answer = later.get(link)
    assert answer.status_code == 410
    assert "This invitation has been used." in answer.content.decode()
    assert later.post(link, {"name": "Kim", "password": NEW}).status_code == 410


def test_of_two_acceptances_at_once_one_counts(team: Team, ada: User, kim: User) -> None:
    _, token = actions.invite_member(team, KIM, "viewer", acting_user=ada)
    first, second = access.open_invitation(token), access.open_invitation(token)
    actions.accept_invitation(first, acting_user=kim)
    with pytest.raises(InvitationClosed, match="has been used"):
        actions.accept_invitation(second, acting_user=kim)


def test_an_invitation_lives_seven_days(client: Client, team: Team, ada: User) -> None:
    link = _link(team, ada)
    clock.shift(timedelta(days=7) - timedelta(minutes=1))
    assert client.get(link).status_code == 200
    clock.shift(timedelta(minutes=1))
    answer = client.get(link)
    assert answer.status_code == 410
    assert "This invitation has expired." in answer.content.decode()


def test_an_invitation_that_expires_while_the_form_is_open(
    team: Team, ada: User, kim: User
) -> None:
    _, token = actions.invite_member(team, KIM, "viewer", acting_user=ada)
    invitation = access.open_invitation(token)
    clock.shift(timedelta(days=7))
    with pytest.raises(InvitationClosed, match="has expired"):
        actions.accept_invitation(invitation, acting_user=kim)
    assert not Membership.objects.filter(user=kim).exists()


def test_an_unknown_link_is_nothing(client: Client, db: None) -> None:
    answer = client.get("/invitations/not-a-token/")
    assert answer.status_code == 404
    assert "no such invitation" in answer.content.decode()


@pytest.mark.parametrize("change", ["demoted", "removed"])
def test_a_link_does_not_outlive_its_sender_s_right(
    client: Client, team: Team, kim: User, change: str
) -> None:
    admin = _member(team, "admin")
    link = _link(team, admin, "admin")
    membership = Membership.objects.filter(user=admin)
    membership.update(role="viewer") if change == "demoted" else membership.delete()
    client.force_login(kim)
    answer = client.post(f"{link}join/")
    assert answer.status_code == 410
    assert "may no longer invite" in answer.content.decode()
    assert not Membership.objects.filter(user=kim).exists()


def test_a_member_keeps_their_role(team: Team, ada: User, kim: User) -> None:
    _, token = actions.invite_member(team, KIM, "viewer", acting_user=ada)
    Membership.objects.create(team=team, user=kim, role="admin")
    actions.accept_invitation(access.open_invitation(token), acting_user=kim)
    assert Membership.objects.get(user=kim).role == "admin"


def test_account_and_membership_come_together_or_not_at_all(team: Team, ada: User) -> None:
    _, token = actions.invite_member(team, KIM, "viewer", acting_user=ada)
    invitation = access.open_invitation(token)
    Invitation.objects.update(accepted_at=clock.now())
    with pytest.raises(InvitationClosed):
        actions.join_with_new_account(invitation, name="Kim", password=NEW)
    assert not User.objects.filter(email=KIM).exists()


def test_an_account_made_meanwhile_is_a_conflict(team: Team, ada: User, kim: User) -> None:
    _, token = actions.invite_member(team, KIM, "viewer", acting_user=ada)
    with pytest.raises(Conflict, match="Sign in"):
        actions.join_with_new_account(access.open_invitation(token), name="Kim", password=NEW)
    assert access.open_invitation(token).accepted_at is None


def test_opening_a_link_costs_one_query(
    team: Team, ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _, token = actions.invite_member(team, KIM, "viewer", acting_user=ada)
    with django_assert_num_queries(1):
        invitation = access.open_invitation(token)
        assert (invitation.team, invitation.invited_by) == (team, ada)
    with pytest.raises(NotFound):
        access.open_invitation("")


def test_making_accounts_is_limited_by_address(client: Client, team: Team, ada: User) -> None:
    link = _link(team, ada)
    answers = [client.post(link, {"name": ""}).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]
