"""Lists of what a person saved: drafts, prompts and presets."""

from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from generations import access
from generations.models import Preset, SavedDraft, SavedPrompt
from studio.accounts.models import User
from studio.teams.access import Seat
from studio.teams.models import Team


def saved_prompts(seat: Seat) -> QuerySet[SavedPrompt]:
    """What the person sent in this team, last sent first."""
    rows = SavedPrompt.objects.filter(team=seat.team, author=seat.user, removed_at=None)
    return rows.order_by("-used_at", "-id")


def presets_of(team: Team, author: User) -> QuerySet[Preset]:
    """What one person saved in a team, shared or not."""
    return Preset.objects.filter(team=team, author=author, removed_at=None)


def presets_page(seat: Seat, after: UUID | None = None) -> tuple[list[Preset], Preset | None]:
    """One page of presets by name and, if more follow, the last row of it. Two queries."""
    rows = access.visible_presets(seat).filter(removed_at=None)
    mark = access.visible_presets(seat).filter(uuid=after).first() if after else None
    if mark is not None:
        same = Q(name_key=mark.name_key, id__gt=mark.pk)
        rows = rows.filter(Q(name_key__gt=mark.name_key) | same)
    size = settings.LIBRARY_PAGE_SIZE
    found = list(rows[: size + 1])
    return found[:size], found[size - 1] if len(found) > size else None


def saved_draft_of(seat: Seat) -> SavedDraft | None:
    """The person's draft in this team. One query."""
    return SavedDraft.objects.filter(team=seat.team, author=seat.user).first()
