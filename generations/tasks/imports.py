"""Importing what was made elsewhere with the same key: the API's list, a slice in a task."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.db.models import Q

from generations.actions.imports import (
    end_import,
    import_generation,
    link_sources,
    note_import_slice,
)
from generations.lifecycle import hints
from generations.lifecycle.api_key import current_key
from generations.luma.client import LumaClient, RemoteGeneration, pages
from generations.luma.errors import LumaError
from generations.models import AccountImport
from generations.tasks import luma
from studio.clock import now

PAGES = 5
"""Pages of one slice."""

LEASE = timedelta(seconds=90)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def import_account(import_id: int) -> None:
    """Import one slice of the list, and give a hint for the next.

    May run twice: one process at a time holds the lease, and what is known is not imported again.
    """
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now())
    running = AccountImport.objects.filter(free, pk=import_id, state=AccountImport.State.RUNNING)
    if not running.update(lease_until=now() + LEASE):
        return
    account_import = AccountImport.objects.select_related("team", "author", "key").get(pk=import_id)
    if account_import.key_id != current_key().pk:
        end_import(account_import, note="The key was changed meanwhile.")
        return
    try:
        with luma.open_client() as client:
            rows, offset, more = read_slice(client, account_import.offset)
    except LumaError as error:
        end_import(account_import, note=str(error))
        return
    # Oldest first, so that the library shows them in the order in which they were made.
    rows.sort(key=lambda row: row.generation.created_at or LONG_AGO)
    note_import_slice(
        account_import,
        Counter(import_generation(account_import, row.generation, row.raw) for row in rows),
        offset,
    )
    if more:
        hints.give("import_account", import_id)
        return
    link_sources(account_import)
    end_import(account_import)


def read_slice(client: LumaClient, offset: int) -> tuple[list[RemoteGeneration], int, bool]:
    """Read PAGES pages from `offset` on.

    Return their rows, each once, where the next slice begins, and whether there is one.
    Slices overlap, so that a row that was deleted meanwhile hides no other.
    """
    found: dict[str, RemoteGeneration] = {}
    for page in islice(pages(client, start=offset), PAGES):
        for number, row in enumerate(page.rows):
            found[str(row.generation.id or f"unread {page.offset + number}")] = row
        if not page.more:
            return list(found.values()), page.offset, False
        offset = page.next_offset
    return list(found.values()), offset, True
