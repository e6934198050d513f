"""How teams come to be: the first one with the installation, the others by a person's wish."""

import secrets
from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from studio.accounts.actions import make_account
from studio.accounts.models import User
from studio.accounts.welcome import hold_accounts_still, welcome_is_open
from studio.errors import NotFound
from studio.teams.happenings import announce
from studio.teams.models import Membership, Role, Team

SLUG_LENGTH = 50


def found_installation(token: str, *, name: str, team_name: str, email: str, password: str) -> User:
    """Make the first account, which operates the installation, and its team.

    NotFound when the token is wrong or somebody was first, also in the same moment.
    """
    with transaction.atomic():
        hold_accounts_still()
        if not welcome_is_open(token):
            raise NotFound("This link has been used. Sign in with the account that was made.")
        owner = make_account(email, name, password, operator=True)
        make_team(team_name, acting_user=owner)
    return owner


def make_team(name: str, *, acting_user: User) -> Team:
    """Make a team that the acting person owns, with an address made from its name."""
    with transaction.atomic():
        team = _named_team(name)
        Membership.objects.create(team=team, user=acting_user, role=Role.OWNER)
        announce(team, "team.made", actor=acting_user)
    return team


def _named_team(name: str) -> Team:
    """Write the row under the first free address; the database says which one is free."""
    for slug in _slugs(name):
        try:
            with transaction.atomic():
                return Team.objects.create(name=name, slug=slug)
        except IntegrityError:
            continue
    raise RuntimeError("No free address for a team after a random one was tried.")


def _slugs(name: str) -> Iterator[str]:
    """The name in address letters, then with 2 to 9 behind it, then with chance behind it.

    A name without any such letter (emoji, other scripts) becomes "team".
    """
    base = slugify(name)[:SLUG_LENGTH].strip("-_") or "team"
    yield base
    yield from (f"{base}-{number}" for number in range(2, 10))
    yield from (f"{base}-{secrets.token_hex(4)}" for _ in range(3))
