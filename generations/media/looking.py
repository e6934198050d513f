"""Looking at addresses ahead of money: several at once, in bounded time, kept for a while.

What was found is kept in the cache, so that a press does not fetch again what its slot has just
shown. The database is not touched, and no transaction is open meanwhile.
"""

import hashlib
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

import structlog
from django.core.cache import cache

from generations.media import preflight
from generations.media.preflight import Preflight
from generations.media.sniffing import Media
from studio.errors import Unavailable

GOOD_SECONDS, BAD_SECONDS = 600, 30
"""How long a verdict is kept. What is mended at the other end is soon seen."""

MOST_BYTES: dict[Media, int] = {"image": 10_000_000, "video": 100_000_000}
"""What Luma takes (docs: 10 MB a picture, 100 MB a video)."""

MOST_AT_ONCE = 4
PATIENCE = 2.0  # seconds that one waits while others look
SECONDS = preflight.SECONDS + PATIENCE
"""Within this all of a press is looked at; what is not done by then is not known."""

NO_ROOM = "The studio is looking at many addresses at the moment."

log = structlog.get_logger(__name__)

# Of a process: slow addresses may take a few of its threads, and never all of them.
_PLACES = threading.BoundedSemaphore(MOST_AT_ONCE)


@dataclass(frozen=True)
class Look:
    """An address to look at: fetched and decoded, or, Luma's own, only asked if it answers."""

    url: str
    kind: Media
    lumas: bool = False

    @property
    def name(self) -> str:
        """Under which what was found is kept."""
        digest = hashlib.sha256(self.url.encode(errors="replace")).hexdigest()
        return f"look:{'lumas' if self.lumas else self.kind}:{digest}"


def known(look: Look) -> Preflight | None:
    """What was found there lately, or None. No network, no query."""
    found: Preflight | None = cache.get(look.name)
    return found


def look_at(looks: Iterable[Look]) -> None:
    """Look at every address of which nothing is known. At most SECONDS for all of them.

    Call it outside of any transaction. Never raises for what lies there.
    """
    fresh = [look for look in dict.fromkeys(looks) if known(look) is None]
    if not fresh:
        return
    pool = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="look")
    done, _ = wait([pool.submit(_look, look) for look in fresh], timeout=SECONDS)
    pool.shutdown(wait=False, cancel_futures=True)
    for error in (future.exception() for future in done):
        if error is not None:
            log.error("look.failed", exc_info=error)


def _look(look: Look) -> None:
    if not _PLACES.acquire(timeout=PATIENCE):
        return
    try:
        found = _seen(look)
    except Unavailable:  # no room here, which says nothing of the address
        return
    finally:
        _PLACES.release()
    cache.set(look.name, found, GOOD_SECONDS if found.ok else BAD_SECONDS)


def _seen(look: Look) -> Preflight:
    if look.lumas:
        return preflight.answers(look.url)
    return preflight.preflight(look.url, kind=look.kind, most_bytes=MOST_BYTES[look.kind])
