"""`manage.py invite` and `manage.py moderator`."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from studio.accounts.models import User
from studio.teams.models import Invitation, Team


def _said(*command: str) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue().strip()


@pytest.mark.parametrize("role", ["owner", "admin", "editor", "viewer"])
def test_invite_prints_a_link_that_works(client: Client, team: Team, role: str) -> None:
    link = _said("invite", "Kim@example.com", "--team", "northlight", "--role", role)
    assert link.startswith("http://localhost:8000/invitations/")
    assert client.get(link.removeprefix("http://localhost:8000")).status_code == 200
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.invited_by) == (
        "kim@example.com",
        role,
        None,
    )


def test_invite_prints_the_public_address_where_there_is_one(
    team: Team, settings: Settings
) -> None:
    settings.ENV = settings.ENV.model_copy(update={"public_base_url": "https://studio.example"})
    link = _said("invite", "kim@example.com", "--team", "northlight", "--role", "viewer")
    assert link.startswith("https://studio.example/invitations/")


def test_invited_from_the_command_line_one_comes_in(client: Client, team: Team) -> None:
    link = _said("invite", "kim@example.com", "--team", "northlight", "--role", "viewer")
    path = link.removeprefix("http://localhost:8000")
    assert client.post(path, {"name": "Kim", "password": "violet-harbour-9"}).status_code == 302


@pytest.mark.parametrize(
    ("email", "slug", "role", "complaint"),
    [
        ("kim@example.com", "nowhere", "viewer", "no team 'nowhere'. Teams: northlight"),
        ("kim@example.com", "northlight", "king", "no role 'king'. Roles: owner, admin, editor"),
        ("kim", "northlight", "viewer", "'kim' is not an e-mail address"),
        ("ada@example.com", "northlight", "viewer", "ada@example.com is in this team already"),
    ],
)
def test_invite_says_what_is_wrong(
    ada: User, email: str, slug: str, role: str, complaint: str
) -> None:
    with pytest.raises(CommandError, match=complaint):
        call_command("invite", email, "--team", slug, "--role", role)
    assert not Invitation.objects.exists()


def test_invite_before_there_is_a_team(db: None) -> None:
    with pytest.raises(CommandError, match="make the first account first"):
        call_command("invite", "kim@example.com", "--team", "northlight")


def test_a_moderator_is_made(cleo: User) -> None:
    assert _said("moderator", "Cleo@example.com") == "cleo@example.com is a moderator now."
    cleo.refresh_from_db()
    assert cleo.is_moderator
    assert not cleo.is_staff
    assert _said("moderator", "cleo@example.com") == "cleo@example.com was one already."


def test_a_moderator_needs_an_account(db: None) -> None:
    with pytest.raises(CommandError, match="no account with the address 'eve@"):
        call_command("moderator", "eve@example.com")
