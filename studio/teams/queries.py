"""What is read about teams and members."""

from django.db.models import QuerySet

from studio.accounts.models import User
from studio.teams.models import Membership, Team


def memberships_of(user: User) -> QuerySet[Membership]:
    """The person's memberships, each with its team, in the order of joining."""
    return Membership.objects.filter(user=user).select_related("team").order_by("joined_at", "pk")


def teams_of(user: User) -> QuerySet[Team]:
    """The person's teams by name, for the team menu."""
    return Team.objects.filter(memberships__user=user).order_by("name", "pk")
