"""Drafts: what a person left in the composer of a team, and what stood there before."""

from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from generations.models import SavedDraft
from generations.models.saved import is_blank
from studio.teams.access import Seat


@transaction.atomic
def save_draft(
    seat: Seat, composition: UUID, content: dict[str, Any], *, by_itself: bool = False
) -> SavedDraft:
    """Keep what stands in the composer; of two tabs the later one wins.

    Where another composition takes the place of one that holds something, that is put by, for
    `bring_back`. A save that the page made `by_itself`, overtaken by the step that put the same by,
    changes nothing: it would undo that step. One transaction in which the row is locked: a save
    and a step overlap. Two queries; one where nothing changed.
    """
    row, new = SavedDraft.objects.select_for_update().get_or_create(
        team=seat.team,
        author=seat.user,
        defaults={"composition": composition, "content": content},
    )
    if new or (row.composition == composition and row.content == content):
        return row
    if by_itself and row.composition != composition and row.before == content:
        return row
    other = row.composition != composition and row.content != content
    if other and not is_blank(row.content):
        row.before = row.content
    row.composition, row.content = composition, content
    row.save(update_fields=["composition", "content", "before"])
    return row


@transaction.atomic
def bring_back(seat: Seat) -> SavedDraft | None:
    """Exchange the draft with what stood there before, locked. None where nothing did."""
    rows = SavedDraft.objects.select_for_update()
    row = rows.filter(team=seat.team, author=seat.user).first()
    if row is None or row.before is None:
        return None
    now_there = None if is_blank(row.content) else row.content
    row.content, row.before = row.before, now_there
    row.composition = uuid4()
    row.save(update_fields=["composition", "content", "before"])
    return row
