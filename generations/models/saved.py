"""What a person saves: the draft in the composer, prompts that were sent, and presets."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models

from studio.clock import now
from studio.teams.models import Team


class SavedDraft(models.Model):
    """The draft in one person's composer in one team, sent or not.

    `content` is the JSON of `recipes/draft_json.py`. `composition` stays the same while the person
    changes the draft. When another draft replaces it, the old content is kept in `before`, for
    Undo.
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="saved_drafts")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_drafts"
    )
    composition = models.UUIDField()
    content = models.JSONField(default=dict)
    before = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("team", "author"), name="one_draft_a_person"),
        )

    def __str__(self) -> str:
        return f"draft of {self.author_id} in {self.team_id}"


class SavedPrompt(models.Model):
    """A prompt that a person sent in a team, once for each text. Deleted a day after removal."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="saved_prompts")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_prompts"
    )
    text = models.TextField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the text")
    starred = models.BooleanField(default=False)
    used_at = models.DateTimeField(default=now, help_text="last sent")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("team", "author", "digest"), name="one_prompt_a_text"),
        )
        indexes = (models.Index(fields=("team", "author", "-used_at"), name="prompt_newest"),)

    def __str__(self) -> str:
        return self.text[:60]


class Preset(models.Model):
    """A recipe under a name, private or shared with the team. Deleted a day after its removal."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="presets")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="presets"
    )
    name = models.CharField(max_length=80)
    name_key = models.CharField(max_length=240, help_text="the name without case, to compare")
    shared = models.BooleanField(default=False)
    content = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("team", "author", "name_key"),
                condition=models.Q(removed_at__isnull=True),
                name="one_preset_a_name",
            ),
        )
        indexes = (models.Index(fields=("team", "name_key", "id"), name="preset_by_name"),)

    def __str__(self) -> str:
        return self.name


def is_blank(content: Mapping[str, Any]) -> bool:
    """Return whether a saved draft is empty: no prompt, no rows, and no inputs."""
    prompt = str(content.get("settings", {}).get("prompt", ""))
    return not prompt.strip() and not content.get("inputs") and not content.get("rows")
