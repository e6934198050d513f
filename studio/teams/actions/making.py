"""Making teams: the first one together with the first account, others by their owners."""

import secrets
from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from studio.accounts.actions import make_account
from studio.accounts.models import User
from studio.accounts.welcome import lock_accounts, welcome_is_open
from studio.errors import NotFound
from studio.teams.events import send_team_event
from studio.teams.models import Membership, Role, Team

SLUG_LENGTH = 50


def found_installation(token: str, *, name: str, team_name: str, email: str, password: str) -> User:
    """Make the first account, which operates the installation, and its team.

    Raises NotFound when the token is wrong or there is an account, even one made just now.
    """
    with transaction.atomic():
        lock_accounts()
        if not welcome_is_open(token):
            raise NotFound("This link has been used. Sign in with the account that was made.")
        owner = make_account(email, name, password, operator=True)
        make_team(team_name, acting_user=owner)
    return owner


def make_team(name: str, *, acting_user: User) -> Team:
    """Make a team that the acting person owns, with a slug made from its name."""
    with transaction.atomic():
        team = _create_team(name)
        Membership.objects.create(team=team, user=acting_user, role=Role.OWNER)
        send_team_event(team, "team.made", actor=acting_user)
    return team


def _create_team(name: str) -> Team:
    """Write the row with the first free slug; the database decides which one is free."""
    for slug in _slugs(name):
        try:
            with transaction.atomic():
                return Team.objects.create(name=name, slug=slug)
        except IntegrityError:
            continue
    raise RuntimeError("No free address for a team after a random one was tried.")


def _slugs(name: str) -> Iterator[str]:
    """Yield the slugified name alone, then with 2 to 9 appended, then with random digits.

    A name without any letter for a slug (emoji, other scripts) becomes "team".
    """
    base = slugify(name)[:SLUG_LENGTH].strip("-_") or "team"
    yield base
    yield from (f"{base}-{number}" for number in range(2, 10))
    yield from (f"{base}-{secrets.token_hex(4)}" for _ in range(3))
