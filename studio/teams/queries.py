"""Reads of teams, memberships and invitations."""

from django.db.models import QuerySet

from studio.accounts.models import User
from studio.teams.models import Invitation, Membership, Team


def memberships_of(user: User) -> QuerySet[Membership]:
    """Return the person's memberships, each with its team, in the order of joining."""
    return Membership.objects.filter(user=user).select_related("team").order_by("joined_at", "pk")


def teams_of(user: User) -> QuerySet[Team]:
    """Return the person's teams by name, for the team menu."""
    return Team.objects.filter(memberships__user=user).order_by("name", "pk")


def team_at(slug: str) -> Team | None:
    """Return the team of a slug, for the operator's commands; pages use access.open_seat."""
    return Team.objects.filter(slug=slug).first()


def members(team: Team) -> QuerySet[Membership]:
    """Return the team's memberships, each with its person, in the order of joining."""
    return team.memberships.select_related("user").order_by("joined_at", "pk")


def role_in(team: Team, user: User) -> str | None:
    """Return the person's present role in the team; None for a stranger. One query."""
    return team.memberships.filter(user=user).values_list("role", flat=True).first()


def open_invitations(team: Team) -> QuerySet[Invitation]:
    """Return the invitations that nobody has accepted, expired ones too."""
    return team.invitations.filter(accepted_at__isnull=True)


def team_slugs() -> list[str]:
    """Return every team's slug, for the operator's commands."""
    return list(Team.objects.order_by("slug").values_list("slug", flat=True))
