"""`manage.py invite`: prints a link with which one e-mail address can join a team."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.urls import reverse

from studio.errors import StudioError
from studio.teams import actions, queries
from studio.teams.models import Role, Team


class Command(BaseCommand):
    """python manage.py invite EMAIL --team SLUG --role ROLE"""

    help = "Print a link, good once and for seven days, with which EMAIL can join a team."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--team", required=True, metavar="SLUG")
        parser.add_argument("--role", default=Role.EDITOR, metavar="ROLE")

    def handle(self, *args: Any, **options: Any) -> None:
        team = _team(options["team"])
        role = _role(options["role"])
        email = _email(options["email"])
        try:
            _, token = actions.invite_member(team, email, role, acting_user=None)
        except StudioError as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(_base() + reverse("teams:invitation", args=(token,)))


def _team(slug: str) -> Team:
    team = queries.team_at(slug)
    if team is None:
        known = ", ".join(queries.team_slugs()[:20]) or "none yet; make the first account first"
        raise CommandError(f"There is no team {slug!r}. Teams: {known}.")
    return team


def _role(role: str) -> str:
    if role not in Role.values:
        raise CommandError(f"There is no role {role!r}. Roles: {', '.join(Role.values)}.")
    return role


def _email(email: str) -> str:
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError(f"{email!r} is not an e-mail address.") from error
    return email


def _base() -> str:
    return settings.ENV.public_base_url or f"http://localhost:{settings.ENV.port}"
