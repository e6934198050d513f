"""Taking over what was made elsewhere with the same key: the account's list, slice by slice."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.db.models import Q

from generations import hints
from generations.actions.importing import end_takeover, link_sources, note_takeover, take
from generations.keys import current_key
from generations.luma.client import LumaClient, RemoteGeneration, pages
from generations.luma.errors import LumaError
from generations.models import Takeover
from generations.tasks.luma import open_client
from studio.clock import now

PAGES = 5
LEASE = timedelta(seconds=90)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def take_over(takeover_id: int) -> None:
    """Do one slice of an import: read a few pages, take what is not ours, go on by a new hint.

    May run twice: one process at a time holds it, and what is known is not taken again.
    """
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now())
    running = Takeover.objects.filter(free, pk=takeover_id, state=Takeover.State.RUNNING)
    if not running.update(lease_until=now() + LEASE):
        return
    takeover = Takeover.objects.select_related("team", "author", "key").get(pk=takeover_id)
    if takeover.key_id != current_key().pk:
        end_takeover(takeover, note="The key was changed meanwhile.")
        return
    try:
        with open_client() as client:
            rows, offset, more = read_slice(client, takeover.offset)
    except LumaError as error:
        end_takeover(takeover, note=str(error))
        return
    # Oldest first, so that the library shows them in the order in which they were made.
    rows.sort(key=lambda row: row.generation.created_at or LONG_AGO)
    note_takeover(
        takeover, Counter(take(takeover, row.generation, row.raw) for row in rows), offset
    )
    if more:
        hints.give("take_over", takeover_id)
        return
    link_sources(takeover)
    end_takeover(takeover)


def read_slice(client: LumaClient, offset: int) -> tuple[list[RemoteGeneration], int, bool]:
    """A few pages from `offset` on, each row once; where the next slice begins, if there is one.

    Slices overlap, so that something deleted meanwhile hides nothing.
    """
    found: dict[str, RemoteGeneration] = {}
    for page in islice(pages(client, start=offset), PAGES):
        for number, row in enumerate(page.rows):
            found[str(row.generation.id or f"unread {page.offset + number}")] = row
        if not page.more:
            return list(found.values()), page.offset, False
        offset = page.next_offset
    return list(found.values()), offset, True
