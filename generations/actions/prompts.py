"""Saved prompts: what a person sent in a team, with stars, removing and restoring."""

import hashlib
from datetime import timedelta

from django.db import transaction

from generations.models import SavedPrompt
from generations.recipes.kinds import clean_prompt
from studio.clock import now
from studio.errors import StudioError
from studio.teams.access import Seat

MOST_PROMPTS = 100
MOST_STARRED = 100


def remember_prompts(seat: Seat, *texts: str) -> None:
    """Save prompts that were sent, each once, the last one as the newest.

    The oldest without a star beyond MOST_PROMPTS are deleted. Three queries, however many texts.
    """
    sent = dict.fromkeys(text for text in (clean_prompt(one)[0] for one in texts) if text)
    if not sent:
        return
    moment = now()
    rows = [
        SavedPrompt(
            team=seat.team,
            author=seat.user,
            text=text,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            used_at=moment + timedelta(microseconds=place),
        )
        for place, text in enumerate(sent)
    ]
    with transaction.atomic():
        SavedPrompt.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=("team", "author", "digest"),
            update_fields=("used_at", "removed_at"),
        )
        _delete_oldest(seat)


def _delete_oldest(seat: Seat) -> None:
    rows = SavedPrompt.objects.filter(team=seat.team, author=seat.user)
    unstarred = rows.filter(removed_at=None, starred=False).order_by("-used_at", "-id")
    old = unstarred.values_list("id", flat=True)[MOST_PROMPTS : 2 * MOST_PROMPTS]
    rows.filter(id__in=list(old)).delete()


def star_prompt(prompt: SavedPrompt) -> None:
    """Star a prompt, which keeps it for good. Raises StudioError past MOST_STARRED."""
    starred = SavedPrompt.objects.filter(
        team=prompt.team_id, author=prompt.author_id, starred=True, removed_at=None
    )
    if starred.exclude(pk=prompt.pk).count() >= MOST_STARRED:
        raise StudioError(f"{MOST_STARRED} prompts with a star are the most. Take one off first.")
    SavedPrompt.objects.filter(pk=prompt.pk).update(starred=True)
    prompt.starred = True


def unstar_prompt(prompt: SavedPrompt) -> None:
    """Take the star off: the prompt is deleted once MOST_PROMPTS newer ones are saved."""
    SavedPrompt.objects.filter(pk=prompt.pk).update(starred=False)
    prompt.starred = False


def remove_prompt(prompt: SavedPrompt) -> None:
    """Remove a prompt from the history. It can be restored for a day."""
    prompt.removed_at = now()
    SavedPrompt.objects.filter(pk=prompt.pk).update(removed_at=prompt.removed_at)


def restore_prompt(prompt: SavedPrompt) -> None:
    """Restore a removed prompt to its place in the history."""
    SavedPrompt.objects.filter(pk=prompt.pk).update(removed_at=None)
    prompt.removed_at = None
