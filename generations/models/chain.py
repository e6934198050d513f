"""Chains: generations made in one press, each continuing the one before."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from studio.clock import now
from studio.teams.models import Team


class Chain(models.Model):
    """Links made in one press.

    A link is a generation with its place in the chain (`chain_position`). Of several generations
    at one place, the newest is the link.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="chains")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="chains"
    )
    title = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes = (models.Index(fields=("team", "-id"), name="chain_newest"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of the chain's page. Reads self.team."""
        return reverse("generations:chain", args=(self.team.slug, self.uuid))
