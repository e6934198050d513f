"""What is read about teams and members."""

from django.db.models import QuerySet

from studio.accounts.models import User
from studio.teams.models import Invitation, Membership, Team


def memberships_of(user: User) -> QuerySet[Membership]:
    """The person's memberships, each with its team, in the order of joining."""
    return Membership.objects.filter(user=user).select_related("team").order_by("joined_at", "pk")


def teams_of(user: User) -> QuerySet[Team]:
    """The person's teams by name, for the team menu."""
    return Team.objects.filter(memberships__user=user).order_by("name", "pk")


def team_at(slug: str) -> Team | None:
    """The team at an address, for the operator's commands; pages go through access.open_seat."""
    return Team.objects.filter(slug=slug).first()


def members(team: Team) -> QuerySet[Membership]:
    """The team's memberships, each with its person, in the order of joining."""
    return team.memberships.select_related("user").order_by("joined_at", "pk")


def role_in(team: Team, user: User) -> str | None:
    """The person's role in the team now; None for a stranger. One query."""
    return team.memberships.filter(user=user).values_list("role", flat=True).first()


def open_invitations(team: Team) -> QuerySet[Invitation]:
    """Invitations that nobody has accepted, expired ones too."""
    return team.invitations.filter(accepted_at__isnull=True)


def team_slugs() -> list[str]:
    """Every team's address, for the operator's commands."""
    return list(Team.objects.order_by("slug").values_list("slug", flat=True))
