"""Address checks: several at once, in limited time, with results in the cache.

The cache saves a press from fetching again what its slot has just shown. Nothing here touches the
database, and no transaction is open meanwhile.
"""

import hashlib
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

import structlog
from django.core.cache import cache

from generations.luma.capabilities import IMAGE_BYTES_MOST, VIDEO_BYTES_MOST
from generations.media import preflight
from generations.media.preflight import Preflight
from generations.media.sniffing import Media
from studio.errors import Unavailable

GOOD_SECONDS, BAD_SECONDS = 600, 30
"""How long a result is cached. A bad one only briefly, so that a repair is soon noticed."""

LUMA_BYTES: dict[Media, int] = {"image": IMAGE_BYTES_MOST, "video": VIDEO_BYTES_MOST}

MOST_AT_ONCE = 4
WAIT_SECONDS = 2.0  # for one of the MOST_AT_ONCE places of this process
SECONDS = preflight.SECONDS + WAIT_SECONDS
"""The time for all checks of a press. What is not finished by then has no result."""

log = structlog.get_logger(__name__)

# One for the whole process, so that slow addresses never take all of its threads.
_RUNNING = threading.BoundedSemaphore(MOST_AT_ONCE)


@dataclass(frozen=True)
class AddressCheck:
    """An address to check. A file at Luma is only asked for with HEAD, others are downloaded."""

    url: str
    kind: Media
    at_luma: bool = False

    @property
    def cache_key(self) -> str:
        digest = hashlib.sha256(self.url.encode(errors="replace")).hexdigest()
        return f"address-check:{'luma' if self.at_luma else self.kind}:{digest}"


def known_result(check: AddressCheck) -> Preflight | None:
    """Return the cached result, or None. No network, no query."""
    result: Preflight | None = cache.get(check.cache_key)
    return result


def check_addresses(checks: Iterable[AddressCheck]) -> None:
    """Run the checks that have no cached result. Takes at most SECONDS for all of them.

    Call it outside of any transaction. Never raises for what an address leads to.
    """
    missing = [check for check in dict.fromkeys(checks) if known_result(check) is None]
    if not missing:
        return
    pool = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="address-check")
    done, _ = wait([pool.submit(_check, check) for check in missing], timeout=SECONDS)
    pool.shutdown(wait=False, cancel_futures=True)
    for error in (future.exception() for future in done):
        if error is not None:
            log.error("address_check.failed", exc_info=error)


def _check(check: AddressCheck) -> None:
    if not _RUNNING.acquire(timeout=WAIT_SECONDS):
        return
    try:
        result = _result(check)
    except Unavailable:  # the studio has no room; this says nothing about the address
        return
    finally:
        _RUNNING.release()
    cache.set(check.cache_key, result, GOOD_SECONDS if result.ok else BAD_SECONDS)


def _result(check: AddressCheck) -> Preflight:
    if check.at_luma:
        return preflight.check_by_head(check.url)
    return preflight.preflight(check.url, kind=check.kind, most_bytes=LUMA_BYTES[check.kind])
