"""Imports: adding to the library what was made elsewhere with the same API key."""

from django.conf import settings
from django.db import models

from generations.models.attempt import ApiKey
from studio.clock import now
from studio.teams.models import Team


class AccountImport(models.Model):
    """One import. A person asks for it, and the worker reads the API's list a part at a time.

    `note` is what its page says about it.
    """

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        STOPPED = "stopped", "Stopped"

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="imports")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="imports"
    )
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="imports")
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    offset = models.PositiveIntegerField(default=0, help_text="rows of the list read so far")
    seen = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0, help_text="ours already, or taken before")
    left = models.PositiveIntegerField(default=0, help_text="failed, without a file, unreadable")
    note = models.CharField(max_length=300, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("key",),
                condition=models.Q(state="running"),
                name="one_import_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"import {self.pk}: {self.state}"
