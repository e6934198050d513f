"""Lists of uploads: for a slot, for the page of uploads, and those that may not be deleted."""

from collections.abc import Iterable
from itertools import chain
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from generations.media.models import Upload
from generations.media.queries import team_uploads
from generations.models import Preset, SavedDraft
from generations.recipes.kinds.slots import IMAGE, VIDEO
from studio.teams.access import Seat


def pickable_uploads(seat: Seat, accepts: Iterable[str]) -> list[Upload]:
    """The newest uploads that a slot may take, 24 at most. One query."""
    kinds = set(accepts)
    media = {"image": IMAGE in kinds, "video": VIDEO in kinds}
    wanted = Q()
    for name, taken in media.items():
        if taken:
            wanted |= Q(file__content_type__startswith=f"{name}/")
    return list(team_uploads(seat.team).filter(wanted)[:24]) if wanted else []


def uploads_page(seat: Seat, before: UUID | None = None) -> tuple[list[Any], Upload | None]:
    """One page of a team's uploads, newest first, each with how often it is used: `uses`.

    Two queries.
    """
    rows: QuerySet[Any] = (
        team_uploads(seat.team).select_related("author").annotate(uses=Count("used_in"))
    )
    mark = rows.filter(uuid=before).values_list("pk", flat=True).first() if before else None
    size = settings.LIBRARY_PAGE_SIZE
    found = list((rows.filter(pk__lt=mark) if mark else rows)[: size + 1])
    return found[:size], found[size - 1] if len(found) > size else None


def uploads_in_use_later() -> set[UUID]:
    """Every upload that lies in a draft or a preset, of all teams. Two queries."""
    drafts = SavedDraft.objects.values_list("content", "before").iterator()
    presets = Preset.objects.values_list("content").iterator()
    contents = (content for row in chain(drafts, presets) for content in row if content)
    named = (one["of"] for content in contents for one in content.get("inputs", ()))
    return {UUID(of.removeprefix("upload:")) for of in named if of.startswith("upload:")}
