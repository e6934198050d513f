"""One page of a list."""

from typing import TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def page_of(rows: QuerySet[Row]) -> tuple[list[Row], Row | None]:
    """Return the first page of some rows, and its last row if more follow. One query."""
    size = settings.LIBRARY_PAGE_SIZE
    found = list(rows[: size + 1])
    return found[:size], found[size - 1] if len(found) > size else None
