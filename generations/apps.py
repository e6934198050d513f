"""The app of generations: it writes what happens in teams into the events."""

from typing import Any

from django.apps import AppConfig


class GenerationsConfig(AppConfig):
    """Connects team events to the table of events."""

    name = "generations"
    verbose_name = "Generations"

    def ready(self) -> None:
        """Write an Event for everything that happens in a team."""
        from studio.teams.events import team_event

        team_event.connect(_write_event, dispatch_uid="generations.events")


def _write_event(*, team: Any, verb: str, actor: Any, detail: dict[str, Any], **_: object) -> None:
    from generations.models import Event

    Event.objects.create(team=team, verb=f"team.{verb}"[:40], actor=actor, detail=detail)
