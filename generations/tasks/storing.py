"""Storing a result: fetch the file, check it, make poster and preview, then complete."""

from datetime import timedelta
from typing import cast
from uuid import UUID, uuid5

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F

from generations.lifecycle import hints, progress
from generations.lifecycle.transitions import Actor, move
from generations.lifecycle.waiting import advance_waiting
from generations.luma.errors import LumaError
from generations.media import derivatives, outbound, store
from generations.media.disk import NotMedia
from generations.media.footage import Unreadable
from generations.media.models import StoredFile
from generations.media.sniffing import Media
from generations.models import Asset, Attempt, Generation, State
from generations.tasks import luma
from studio.clock import now
from studio.errors import StudioError

log = structlog.get_logger(__name__)

FETCH_SECONDS = 50.0
MOST_BYTES = {"video": 500_000_000, "image": 30_000_000}
NAMESPACE = UUID("6d0e6f6e-61b5-4f0c-9c0e-3f3f2a5d7a10")
"""The uuid of a file follows from its generation, so that a second run finds the first one's."""

GIVE_UP_AFTER = timedelta(days=7)
PREVIEW_AT_ONCE = 1920 * 1088
"""Pixels of a frame. The preview of a larger video is made after it is in the library."""

DERIVE_TRIES = 3
"""Workers that may die over a file before it is completed without poster and preview."""


def store_assets(generation_id: int) -> None:
    """Fetch the result of one generation and complete it, or release it to be tried again.

    May run twice: only the run that claims the row works.
    """
    me = luma.owner()
    if not progress.claim(generation_id, State.STORING, me, settings.CLAIM_LEASE):
        return
    generation = Generation.objects.select_related("team").get(pk=generation_id)
    try:
        original = _stored_original(generation)
    except outbound.FetchGone as problem:
        _refresh_address(generation)
        _retry_later(generation, me, str(problem))
    except (outbound.FetchError, NotMedia) as problem:
        _retry_later(generation, me, str(problem))
    except StudioError as problem:
        _retry_later(generation, me, f"Saving is waiting: {problem.sentence}")
    else:
        _complete(generation, original)


def _stored_original(generation: Generation) -> StoredFile:
    asset = generation.assets.get(kind=generation.media_type)
    if asset.file is not None:
        return asset.file
    identity = uuid5(NAMESPACE, f"{generation.uuid} original")
    stored = store.adopt(team=generation.team, purpose="original", uuid=identity)
    if stored is None:
        stored = _fetch_original(generation, asset, identity)
    Asset.objects.filter(pk=asset.pk).update(file=stored, stored_at=now(), last_error="")
    return stored


def _fetch_original(generation: Generation, asset: Asset, identity: UUID) -> StoredFile:
    kind = cast("Media", generation.media_type)
    limit = MOST_BYTES[kind]
    with outbound.fetch(asset.url, kind=kind, max_bytes=limit, deadline=FETCH_SECONDS) as fetched:
        return store.keep(
            fetched.path,
            team=generation.team,
            purpose=StoredFile.Purpose.ORIGINAL,
            uuid=identity,
            kind_hint=kind,
        )


def _complete(generation: Generation, original: StoredFile) -> None:
    poster = thumb = preview = None
    if _crashes(generation) < DERIVE_TRIES:
        poster, thumb = _store_posters(generation, original)
        preview = _store_preview(generation, original) if _is_small(original) else None
    moment = now()
    done = move(
        generation.pk,
        State.COMPLETED,
        actor=Actor.DOWNLOADER,
        original=original,
        poster=poster,
        thumb=thumb,
        preview=preview,
        completed_at=moment,
    )
    if done:
        advance_waiting(Generation.objects.filter(pk=generation.pk))
    if done and preview is None and generation.media_type == "video":
        hints.give("make_preview", generation.pk)


def _crashes(generation: Generation) -> int:
    """Return how many claims ended neither in success nor in a failure: their workers died."""
    failures = sum(asset.tries for asset in generation.assets.all() if asset.required)
    return max(0, generation.tries - 1 - failures)


def _is_small(original: StoredFile) -> bool:
    return (original.width or 0) * (original.height or 0) <= PREVIEW_AT_ONCE


def _store_posters(
    generation: Generation, original: StoredFile
) -> tuple[StoredFile, StoredFile] | tuple[None, None]:
    """Return poster and thumbnail. None for a file that cannot be read: the original is kept."""
    kind = cast("Media", generation.media_type)
    try:
        poster = derivatives.make_poster(store.path_of(original), kind)
        thumb = derivatives.thumb_of(poster)
        purposes = StoredFile.Purpose
        return (
            _store_picture(generation, purposes.POSTER, poster),
            _store_picture(generation, purposes.THUMB, thumb),
        )
    except (Unreadable, NotMedia) as problem:
        log.warning("no poster", generation=generation.pk, reason=str(problem))
        return None, None


def _store_picture(
    generation: Generation, purpose: StoredFile.Purpose, picture: bytes
) -> StoredFile:
    identity = uuid5(NAMESPACE, f"{generation.uuid} {purpose}")
    return store.keep(
        picture, team=generation.team, purpose=purpose, uuid=identity, kind_hint="image"
    )


def _store_preview(generation: Generation, original: StoredFile) -> StoredFile | None:
    if generation.media_type != "video":
        return None
    try:
        with store.work_file(".mp4") as work:
            return store.keep(
                derivatives.make_preview(store.path_of(original), work),
                team=generation.team,
                purpose=StoredFile.Purpose.PREVIEW,
                uuid=uuid5(NAMESPACE, f"{generation.uuid} preview"),
                kind_hint="video",
            )
    except (Unreadable, NotMedia) as problem:
        log.warning("no preview", generation=generation.pk, reason=str(problem))
        return None


def make_preview(generation_id: int) -> None:
    """Make the muted preview of a large video, after it is in the library. May run twice."""
    generation = (
        Generation.objects.select_related("team", "original")
        .filter(pk=generation_id, preview__isnull=True, original__isnull=False)
        .first()
    )
    if generation is None or generation.original is None:
        return
    preview = _store_preview(generation, generation.original)
    if preview is not None:
        with transaction.atomic():
            Generation.objects.filter(pk=generation_id).update(
                preview=preview, version=F("version") + 1
            )


def _refresh_address(generation: Generation) -> None:
    """Ask the API for the present address of the result. A failure leaves the last one."""
    attempt = generation.attempts.filter(outcome=Attempt.Outcome.ACCEPTED).last()
    if attempt is None or not attempt.remote_id:
        return
    try:
        with luma.open_client() as client:
            answer = client.get_generation(attempt.remote_id)
    except LumaError as problem:
        log.info("no fresh address", generation=generation.pk, reason=str(problem)[:200])
        return
    url = progress.asset_addresses(answer.generation).get(generation.media_type)
    if url:
        generation.assets.filter(kind=generation.media_type).update(url=url)


def _retry_later(generation: Generation, me: str, reason: str) -> None:
    """Release the row to be tried again, or give up after GIVE_UP_AFTER.

    Waits double, from two seconds to a quarter of an hour.
    """
    tries = generation.tries
    generation.assets.filter(kind=generation.media_type).update(
        tries=F("tries") + 1, last_error=reason[:300]
    )
    if now() - generation.state_since > GIVE_UP_AFTER:
        note = "Luma finished it, but its file could not be fetched for seven days."
        move(generation.pk, State.MEDIA_LOST, actor=Actor.DOWNLOADER, note=note)
        return
    after = min(2.0 ** min(tries, 10), 900.0)
    note = f"Finished, but copying to your library failed. Trying again. ({reason})"[:500]
    progress.release(generation.pk, me, after=after, note=note)
