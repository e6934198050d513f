"""Events in the life of teams and generations, and the heartbeats of background processes."""

from typing import Any

from django.conf import settings
from django.db import models

from generations.models.generation import Generation
from studio.clock import now
from studio.teams.models import Team


class Event(models.Model):
    """One thing that happened. Written in the transaction of the change, and never changed."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="events")
    generation = models.ForeignKey(
        Generation, null=True, blank=True, on_delete=models.CASCADE, related_name="events"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verb = models.CharField(max_length=40)
    from_state = models.CharField(max_length=17, blank=True)
    to_state = models.CharField(max_length=17, blank=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = (models.Index(fields=("team", "-id"), name="event_newest"),)

    def __str__(self) -> str:
        return self.verb

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new event. Raises TypeError for one that is stored already."""
        if self.pk is not None:
            raise TypeError("An event is never changed.")
        super().save(*args, **kwargs)


class Heartbeat(models.Model):
    """When a named background process last reported, and which process holds its lease."""

    name = models.CharField(max_length=40, unique=True)
    owner = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name
