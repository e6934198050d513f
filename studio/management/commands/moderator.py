"""`manage.py moderator`: makes an account a moderator of the installation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.accounts import actions, queries


class Command(BaseCommand):
    """python manage.py moderator EMAIL"""

    help = "Make the account with this e-mail address a moderator of the installation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        user = queries.account_of(options["email"])
        if user is None:
            raise CommandError(f"There is no account with the address {options['email']!r}.")
        changed = actions.make_moderator(user)
        self.stdout.write(f"{user.email} {'is a moderator now' if changed else 'was one already'}.")
