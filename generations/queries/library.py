"""Reads for pages: a team's library, its trash, what changed, what a slot may take."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from generations import access
from generations.models import Generation, State
from generations.models.states import states_where
from generations.recipes.kinds.slots import IMAGE
from studio.teams.access import Seat

MOST_FOLLOWED = 200


def library_rows(seat: Seat) -> QuerySet[Generation]:
    """Everything of the library that the person may see, newest first."""
    return access.visible_generations(seat).filter(trashed_at=None).order_by("-id")


def library_page(
    seat: Seat, before: UUID | None = None
) -> tuple[list[Generation], Generation | None]:
    """One page and, if older ones follow, the last row of it: the key of the next page.

    An unknown `before` means the first page. Two queries.
    """
    rows = library_rows(seat)
    mark = _key(seat, before)
    if mark is not None:
        rows = rows.filter(id__lt=mark)
    return _page(rows)


def trash_rows(seat: Seat) -> QuerySet[Generation]:
    """What lies in the trash, last trashed first; several trashed at once in a fixed order."""
    rows = access.visible_generations(seat).filter(trashed_at__isnull=False, purged_at=None)
    return rows.select_related("trashed_by").order_by("-trashed_at", "-id")


def trash_page(
    seat: Seat, before: UUID | None = None
) -> tuple[list[Generation], Generation | None]:
    """One page of the trash and the key of the next, as `library_page`."""
    rows = trash_rows(seat)
    mark = rows.filter(uuid=before).first() if before else None
    if mark is not None:
        older = Q(trashed_at__lt=mark.trashed_at) | Q(trashed_at=mark.trashed_at, id__lt=mark.pk)
        rows = rows.filter(older)
    return _page(rows)


def pickable_rows(seat: Seat, accepts: Iterable[str]) -> QuerySet[Generation]:
    """Generations that a slot may take, finished or under way, newest first."""
    media = {"image" if kind == IMAGE else "video" for kind in accepts}
    usable = states_where(lambda facts: facts.usable_as_source)
    return library_rows(seat).filter(state__in=usable, media_type__in=media)


def pickable_page(
    seat: Seat, accepts: Iterable[str], before: UUID | None = None
) -> tuple[list[Generation], Generation | None]:
    """One page of what a slot may take, as `library_page`."""
    rows = pickable_rows(seat, accepts)
    mark = _key(seat, before)
    return _page(rows.filter(id__lt=mark) if mark is not None else rows)


@dataclass(frozen=True)
class LibraryChanges:
    """What became of followed rows: those that changed, those that are gone, those that did not."""

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
    """What came into the library after a row, at most one page. Two queries, none without it."""
    mark = _key(seat, newest)
    if mark is None:
        return []
    return list(library_rows(seat).filter(id__gt=mark)[: settings.LIBRARY_PAGE_SIZE])


def newer_neighbour(seat: Seat, generation: Generation) -> Generation | None:
    """The next newer one in the library, if there is one. One query."""
    return library_rows(seat).filter(id__gt=generation.pk).order_by("id").first()


def older_neighbour(seat: Seat, generation: Generation) -> Generation | None:
    """The next older one in the library, if there is one. One query."""
    return library_rows(seat).filter(id__lt=generation.pk).first()


def _key(seat: Seat, uuid: UUID | None) -> int | None:
    if uuid is None:
        return None
    rows = access.visible_generations(seat).filter(uuid=uuid)
    return rows.values_list("id", flat=True).first()


def _page(rows: QuerySet[Generation]) -> tuple[list[Generation], Generation | None]:
    size = settings.LIBRARY_PAGE_SIZE
    found = list(rows[: size + 1])
    return found[:size], found[size - 1] if len(found) > size else None
