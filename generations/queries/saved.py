"""Lists of what a person saved: drafts, prompts and presets."""

from uuid import UUID

from django.db.models import Q, QuerySet

from generations import access
from generations.models import Preset, SavedDraft, SavedPrompt
from generations.queries.paging import page_of
from studio.accounts.models import User
from studio.teams.access import Seat
from studio.teams.models import Team


def saved_prompts(seat: Seat) -> QuerySet[SavedPrompt]:
    """Return the prompts that the person sent in this team, last sent first."""
    rows = SavedPrompt.objects.filter(team=seat.team, author=seat.user, removed_at=None)
    return rows.order_by("-used_at", "-id")


def presets_of(team: Team, author: User) -> QuerySet[Preset]:
    """Return the presets that one person saved in a team, shared or not."""
    return Preset.objects.filter(team=team, author=author, removed_at=None)


def presets_page(seat: Seat, after: UUID | None = None) -> tuple[list[Preset], Preset | None]:
    """Return one page of presets by name, and its last row if more follow. Two queries."""
    rows = access.visible_presets(seat).filter(removed_at=None)
    last = access.visible_presets(seat).filter(uuid=after).first() if after else None
    if last is not None:
        same_name = Q(name_key=last.name_key, id__gt=last.pk)
        rows = rows.filter(Q(name_key__gt=last.name_key) | same_name)
    return page_of(rows)


def saved_draft_of(seat: Seat) -> SavedDraft | None:
    """Return the person's draft in this team. One query."""
    return SavedDraft.objects.filter(team=seat.team, author=seat.user).first()
