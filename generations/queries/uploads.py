"""Reads of uploads: for a slot, for the page of uploads, and those that saved content names."""

from collections.abc import Iterable
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from generations.media.models import Upload
from generations.media.queries import team_uploads
from generations.models import Preset, SavedDraft
from generations.queries.paging import page_of
from generations.recipes.kinds.slots import IMAGE, VIDEO
from studio.teams.access import Seat


def pickable_uploads(seat: Seat, accepts: Iterable[str]) -> list[Upload]:
    """Return the newest uploads that a slot may take, 24 at most. One query."""
    kinds = set(accepts)
    media = {"image": IMAGE in kinds, "video": VIDEO in kinds}
    wanted = Q()
    for name, taken in media.items():
        if taken:
            wanted |= Q(file__content_type__startswith=f"{name}/")
    return list(team_uploads(seat.team).filter(wanted)[:24]) if wanted else []


def uploads_page(seat: Seat, before: UUID | None = None) -> tuple[list[Any], Upload | None]:
    """Return one page of a team's uploads, newest first, and its last row if more follow.

    Each has `uses`, the number of inputs that it is used as. Two queries.
    """
    rows: QuerySet[Any] = (
        team_uploads(seat.team).select_related("author").annotate(uses=Count("used_in"))
    )
    last_pk = rows.filter(uuid=before).values_list("pk", flat=True).first() if before else None
    return page_of(rows.filter(pk__lt=last_pk) if last_pk else rows)


def uploads_in_use_later() -> set[UUID]:
    """Return the uuids of the uploads that drafts and presets of all teams use. Two queries."""
    drafts = SavedDraft.objects.values_list("content", "before").iterator()
    presets = Preset.objects.values_list("content").iterator()
    contents = (content for row in chain(drafts, presets) for content in row if content)
    named = (one["of"] for content in contents for one in content.get("inputs", ()))
    return {UUID(of.removeprefix("upload:")) for of in named if of.startswith("upload:")}
