"""Teams, members and invitations."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """Teams, members and invitations."""

    name = "studio.teams"
    verbose_name = "Teams"
