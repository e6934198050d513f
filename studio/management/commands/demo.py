"""`manage.py demo`: a full library for demonstrations and measurements."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.accounts.models import User
from studio.demo import fill
from studio.teams.models import Membership, Role, Team


class Command(BaseCommand):
    """Fills the database with completed generations."""

    help = "Fill the library with finished generations that nobody paid for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--generations", type=int, required=True, metavar="N")
        parser.add_argument("--teams", type=int, default=1, metavar="T")
        parser.add_argument("--pieces", type=int, default=12, metavar="P", help="rendered at most")

    def handle(self, *args: Any, **options: Any) -> None:
        if min(options["generations"], options["teams"], options["pieces"]) < 1:
            raise CommandError("At least one generation, one team, one piece.")
        author = User.objects.order_by("id").first()
        if author is None:
            raise CommandError("Open the First sign-in link first: somebody has to own the work.")
        share, rest = divmod(options["generations"], options["teams"])
        for number, team in enumerate(self._teams(author, options["teams"])):
            count = share + (number < rest)
            fill(team, author, count, seed=number, pieces=options["pieces"])
            self.stdout.write(f"{team.name}: {count} generations")

    def _teams(self, author: User, count: int) -> list[Team]:
        teams = list(Team.objects.filter(memberships__user=author).order_by("id")[:count])
        for number in range(len(teams), count):
            team, _ = Team.objects.get_or_create(
                slug=f"demo-{number + 1}", defaults={"name": f"Demo {number + 1}"}
            )
            Membership.objects.get_or_create(team=team, user=author, defaults={"role": Role.OWNER})
            teams.append(team)
        return teams
