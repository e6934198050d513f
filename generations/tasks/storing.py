"""Bringing a result home: fetch, verify, store, picture it, and only then call it completed."""

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
GIVE_UP_AFTER = timedelta(days=7)
PREVIEW_AT_ONCE = 1920 * 1088
DERIVE_TRIES = 3


def store_assets(generation_id: int) -> None:
    """Fetch what is missing of one generation; complete it when the required files are in."""
    me = luma.owner()
    if not progress.claim(generation_id, State.STORING, me, settings.CLAIM_LEASE):
        return
    generation = Generation.objects.select_related("team").get(pk=generation_id)
    try:
        original = _original(generation)
    except outbound.FetchGone as problem:
        _fresh_addresses(generation)
        _later(generation, me, str(problem))
    except (outbound.FetchError, NotMedia) as problem:
        _later(generation, me, str(problem))
    except StudioError as problem:
        _later(generation, me, f"Saving is waiting: {problem.sentence}")
    else:
        _complete(generation, original, me)


def _original(generation: Generation) -> StoredFile:
    asset = generation.assets.get(kind=generation.media_type)
    if asset.file is not None:
        return asset.file
    identity = uuid5(NAMESPACE, f"{generation.uuid} original")
    stored = store.adopt(team=generation.team, purpose="original", uuid=identity)
    if stored is None:
        stored = _fetched(generation, asset, identity)
    Asset.objects.filter(pk=asset.pk).update(file=stored, stored_at=now(), last_error="")
    return stored


def _fetched(generation: Generation, asset: Asset, identity: UUID) -> StoredFile:
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


def _complete(generation: Generation, original: StoredFile, me: str) -> None:
    poster = thumb = preview = None
    if _deaths(generation) < DERIVE_TRIES:
        poster, thumb = _posters(generation, original)
        preview = _preview(generation, original) if _small(original) else None
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


def _deaths(generation: Generation) -> int:
    """How often somebody took this up and never came back: a file that kills its reader."""
    failures = sum(asset.tries for asset in generation.assets.all() if asset.required)
    return max(0, generation.tries - 1 - failures)


def _small(original: StoredFile) -> bool:
    return (original.width or 0) * (original.height or 0) <= PREVIEW_AT_ONCE


def _posters(
    generation: Generation, original: StoredFile
) -> tuple[StoredFile, StoredFile] | tuple[None, None]:
    """Poster and thumb, or none for what cannot be read: the original is kept all the same."""
    kind = cast("Media", generation.media_type)
    try:
        poster = derivatives.make_poster(store.path_of(original), kind)
        thumb = derivatives.thumb_of(poster)
        purposes = StoredFile.Purpose
        return (
            _still(generation, purposes.POSTER, poster),
            _still(generation, purposes.THUMB, thumb),
        )
    except (Unreadable, NotMedia) as problem:
        log.warning("no poster", generation=generation.pk, reason=str(problem))
        return None, None


def _still(generation: Generation, purpose: StoredFile.Purpose, picture: bytes) -> StoredFile:
    identity = uuid5(NAMESPACE, f"{generation.uuid} {purpose}")
    return store.keep(
        picture, team=generation.team, purpose=purpose, uuid=identity, kind_hint="image"
    )


def _preview(generation: Generation, original: StoredFile) -> StoredFile | None:
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
    preview = _preview(generation, generation.original)
    if preview is not None:
        with transaction.atomic():
            Generation.objects.filter(pk=generation_id).update(
                preview=preview, version=F("version") + 1
            )


def _fresh_addresses(generation: Generation) -> None:
    """The file is not where it was: ask the API for its address again."""
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


def _later(generation: Generation, me: str, reason: str) -> None:
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
