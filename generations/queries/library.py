"""Reads of a team's library and trash: pages, changes, neighbours, and what a slot may take."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from generations import access
from generations.models import Generation, State
from generations.models.states import states_where
from generations.queries.paging import page_of
from generations.recipes.kinds.slots import IMAGE
from studio.teams.access import Seat

MOST_FOLLOWED = 200


def library_rows(seat: Seat) -> QuerySet[Generation]:
    """Return the generations of the library that the person may see, newest first."""
    return access.visible_generations(seat).filter(trashed_at=None).order_by("-id")


def library_page(
    seat: Seat, before: UUID | None = None
) -> tuple[list[Generation], Generation | None]:
    """Return one page of the library, and its last row if older rows follow.

    The uuid of that last row is `before` of the next page. An unknown `before` means the first
    page. Two queries.
    """
    rows = library_rows(seat)
    last_id = _id_of(seat, before)
    if last_id is not None:
        rows = rows.filter(id__lt=last_id)
    return page_of(rows)


def trash_rows(seat: Seat) -> QuerySet[Generation]:
    """Return the generations in the trash, last trashed first, then by id."""
    rows = access.visible_generations(seat).filter(trashed_at__isnull=False, purged_at=None)
    return rows.select_related("trashed_by").order_by("-trashed_at", "-id")


def trash_page(
    seat: Seat, before: UUID | None = None
) -> tuple[list[Generation], Generation | None]:
    """Return one page of the trash, as `library_page` does."""
    rows = trash_rows(seat)
    last = rows.filter(uuid=before).first() if before else None
    if last is not None:
        older = Q(trashed_at__lt=last.trashed_at) | Q(trashed_at=last.trashed_at, id__lt=last.pk)
        rows = rows.filter(older)
    return page_of(rows)


def pickable_rows(seat: Seat, accepts: Iterable[str]) -> QuerySet[Generation]:
    """Return the generations that a slot may take, finished or not, newest first."""
    media = {"image" if kind == IMAGE else "video" for kind in accepts}
    usable = states_where(lambda facts: facts.usable_as_source)
    return library_rows(seat).filter(state__in=usable, media_type__in=media)


def pickable_page(
    seat: Seat, accepts: Iterable[str], before: UUID | None = None
) -> tuple[list[Generation], Generation | None]:
    """Return one page of what a slot may take, as `library_page` does."""
    rows = pickable_rows(seat, accepts)
    last_id = _id_of(seat, before)
    return page_of(rows if last_id is None else rows.filter(id__lt=last_id))


@dataclass(frozen=True)
class LibraryChanges:
    """The rows that a page follows, by what happened to them since it was last answered."""

    changed: list[Generation]
    removed: set[UUID]
    unchanged: dict[UUID, State]


def changes_since(seat: Seat, seen: dict[UUID, int]) -> LibraryChanges:
    """Compare followed rows (uuid to version) with the library.

    One small query when nothing changed, two otherwise.
    """
    followed = list(seen)[:MOST_FOLLOWED]
    rows = library_rows(seat).filter(uuid__in=followed)
    found = {row[0]: row for row in rows.values_list("uuid", "version", "state")}
    changed = [uuid for uuid, version, _ in found.values() if version != seen[uuid]]
    unchanged = {
        uuid: State(state) for uuid, version, state in found.values() if uuid not in changed
    }
    return LibraryChanges(
        changed=list(rows.filter(uuid__in=changed)) if changed else [],
        removed=set(followed) - set(found),
        unchanged=unchanged,
    )


def newer_rows(seat: Seat, newest: UUID | None) -> list[Generation]:
    """Return what came into the library after a row, one page at most.

    Two queries; none without a row.
    """
    newest_id = _id_of(seat, newest)
    if newest_id is None:
        return []
    return list(library_rows(seat).filter(id__gt=newest_id)[: settings.LIBRARY_PAGE_SIZE])


def newer_neighbour(seat: Seat, generation: Generation) -> Generation | None:
    """Return the next newer generation of the library. One query."""
    return library_rows(seat).filter(id__gt=generation.pk).order_by("id").first()


def older_neighbour(seat: Seat, generation: Generation) -> Generation | None:
    """Return the next older generation of the library. One query."""
    return library_rows(seat).filter(id__lt=generation.pk).first()


def _id_of(seat: Seat, uuid: UUID | None) -> int | None:
    if uuid is None:
        return None
    rows = access.visible_generations(seat).filter(uuid=uuid)
    return rows.values_list("id", flat=True).first()
