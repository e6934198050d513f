"""The actors of the matrix of routes: who they are, signed in, and what the table answers them."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import pytest
from django.test import Client

from studio.accounts.models import User
from studio.teams.models import Membership, Role, Team
from studio.teams.permissions import Permission, permission

ACTORS = (*Role.values, "ex-member", "outsider", "moderator", "operator", "anonymous")

COLUMNS = {"ex-member": "outsider", "operator": "outsider"}
"""Actors who stand in another actor's column of permissions.toml."""

REFUSALS = {
    Permission.NO: HTTPStatus.FORBIDDEN,
    Permission.HIDDEN: HTTPStatus.NOT_FOUND,
    Permission.LOGIN: HTTPStatus.FOUND,
}


@dataclass(frozen=True)
class Actor:
    """One of ACTORS with a browser of their own; `user` is None for the anonymous one."""

    name: str
    user: User | None
    client: Client

    def refusal(self, ability: str, *, own: bool = False) -> HTTPStatus | None:
        """The status with which the table refuses them; None when they may."""
        cell = permission(COLUMNS.get(self.name, self.name), ability)
        if cell is Permission.YES or (cell is Permission.OWN and own):
            return None
        return REFUSALS.get(cell, HTTPStatus.FORBIDDEN)


SignIn = Callable[[str], Actor]


@pytest.fixture
def sign_in(team: Team) -> SignIn:
    """A function from an actor's name to that actor, signed in, towards the team of the cast.

    Each call makes a new person, so that an allowed and a refused request can share one set-up.
    """
    made = 0

    def enter(name: str) -> Actor:
        nonlocal made
        made += 1
        client = Client()
        if name == "anonymous":
            return Actor(name, None, client)
        user = _person(name, made, team)
        client.force_login(user)
        return Actor(name, user, client)

    return enter


def _person(name: str, number: int, team: Team) -> User:
    user = User.objects.create_user(
        f"{name}-{number}@example.com",
        "a-long-password",
        name=name,
        is_moderator=name == "moderator",
        is_staff=name == "operator",
        is_superuser=name == "operator",
    )
    if name in Role.values:
        Membership.objects.create(team=team, user=user, role=name)
    elif name == "ex-member":
        Membership.objects.create(team=team, user=user, role=Role.ADMIN).delete()
    elif name == "outsider":
        other = Team.objects.create(name="Outside", slug=f"outside-{number}")
        Membership.objects.create(team=other, user=user, role=Role.OWNER)
    return user
