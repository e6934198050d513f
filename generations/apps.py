"""A generation and its life."""

from typing import Any

from django.apps import AppConfig


class GenerationsConfig(AppConfig):
    """A generation and its life."""

    name = "generations"
    verbose_name = "Generations"

    def ready(self) -> None:
        """Keep what happens in teams beside what happens to generations, as events."""
        from studio.teams.events import team_event

        team_event.connect(_keep_event, dispatch_uid="generations.events")


def _keep_event(*, team: Any, verb: str, actor: Any, detail: dict[str, Any], **_: object) -> None:
    from generations.models import Event

    Event.objects.create(team=team, verb=f"team.{verb}"[:40], actor=actor, detail=detail)
