"""Saved drafts: what a person left in the composer of a team, and the draft before it."""

from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from generations.models import SavedDraft
from generations.models.saved import is_blank
from studio.teams.access import Seat


@transaction.atomic
def save_draft(
    seat: Seat, composition: UUID, content: dict[str, Any], *, automatic: bool = False
) -> SavedDraft:
    """Save the composer's content. Of two tabs the later one wins.

    Another composition replaces the saved one, which becomes the draft before it for
    `restore_draft`, unless it is blank. `automatic`: the page saved without being asked. One
    transaction, in which the row is locked, because a save and a step may overlap. Two queries;
    one where nothing changed.
    """
    row, new = SavedDraft.objects.select_for_update().get_or_create(
        team=seat.team,
        author=seat.user,
        defaults={"composition": composition, "content": content},
    )
    if new or (row.composition == composition and row.content == content):
        return row
    # An automatic save that arrives after the step that replaced this content would undo the step.
    if automatic and row.composition != composition and row.before == content:
        return row
    other = row.composition != composition and row.content != content
    if other and not is_blank(row.content):
        row.before = row.content
    row.composition, row.content = composition, content
    row.save(update_fields=["composition", "content", "before"])
    return row


@transaction.atomic
def restore_draft(seat: Seat) -> SavedDraft | None:
    """Exchange the draft with the one before it, locked. None where there is none."""
    rows = SavedDraft.objects.select_for_update()
    row = rows.filter(team=seat.team, author=seat.user).first()
    if row is None or row.before is None:
        return None
    replaced = None if is_blank(row.content) else row.content
    row.content, row.before = row.before, replaced
    row.composition = uuid4()
    row.save(update_fields=["composition", "content", "before"])
    return row
