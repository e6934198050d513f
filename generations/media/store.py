"""The media store: files with a uuid and a row each, and their addresses.

A row exists if and only if its file does, with that hash. A crash may leave a file without a row:
the next `keep` with the same uuid adopts it, or `sweep` deletes it.
"""

import hashlib
import hmac
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from generations.media.derivatives import Measures, Unreadable, measure
from generations.media.disk import LocalDisk, NotMedia, PlacedFile
from generations.media.models import StoredFile
from generations.media.sniffing import Media, of_content_type
from studio.clock import now
from studio.errors import NotFound
from studio.teams.models import Team

PART_AGE = timedelta(hours=1)
ORPHAN_AGE = timedelta(hours=24)
THUMBNAIL_AGE = timedelta(days=7)
BATCH = 500

log = structlog.get_logger(__name__)


def disk() -> LocalDisk:
    """Return the disk of this installation."""
    return LocalDisk(Path(settings.MEDIA_ROOT), settings.MEDIA_RESERVE)


def keep(
    source: BinaryIO | Path | bytes,
    *,
    team: Team,
    purpose: str,
    uuid: UUID,
    kind_hint: Media | None = None,
    max_bytes: int | None = None,
) -> StoredFile:
    """Store the source under `uuid`. A second call, or one after a crash, returns the same row.

    Writes the file, then the row, in the caller's transaction or its own; call it outside a
    transaction if the source is large. A path made by `work_file` is moved, any other is copied.
    The type is what the bytes show; `kind_hint` refuses the other kind of media.

    Raises NotMedia, TooLarge for more than `max_bytes`, Unavailable while the disk is full.
    """
    known = StoredFile.objects.filter(uuid=uuid).first()
    if known and path_of(known).is_file():
        return known
    placed = _adopted(uuid) or place(source, uuid, max_bytes)
    if kind_hint is not None and placed.type.media != kind_hint:
        disk().remove(placed.name)
        raise NotMedia(f"That is not {'an image' if kind_hint == 'image' else 'a video'}.")
    return write_row(placed, team=team, purpose=purpose, uuid=uuid)


def adopt(*, team: Team, purpose: str, uuid: UUID) -> StoredFile | None:
    """Return the row of a complete file, or None. Writes the row if a crash has prevented that.

    Saves downloading a file again.
    """
    known = StoredFile.objects.filter(uuid=uuid).first()
    if known and path_of(known).is_file():
        return known
    placed = _adopted(uuid)
    return write_row(placed, team=team, purpose=purpose, uuid=uuid) if placed else None


def place(source: BinaryIO | Path | bytes, uuid: UUID, max_bytes: int | None = None) -> PlacedFile:
    """Write the file without a row; the caller then calls `write_row`. Raises as `keep` does."""
    target = disk()
    if isinstance(source, bytes):
        return target.place(io.BytesIO(source), uuid, max_bytes)
    if not isinstance(source, Path):
        return target.place(source, uuid, max_bytes)
    if target.is_work(source):
        return target.place_work(source, uuid, max_bytes)
    with source.open("rb") as stream:
        return target.place(stream, uuid, max_bytes)


def write_row(
    placed: PlacedFile, *, team: Team, purpose: str, uuid: UUID, measures: Measures | None = None
) -> StoredFile:
    """Write the row of a placed file, or update the row that is there.

    With `measures` the file is not opened here: a file from outside was measured by a program with
    limits.
    """
    fields = {
        "path": placed.name,
        "content_type": placed.type.content_type,
        "size": placed.size,
        "sha256": placed.sha256,
        **(asdict(measures) if measures else _measured(placed)),
    }
    try:
        with transaction.atomic():
            return StoredFile.objects.create(uuid=uuid, team=team, purpose=purpose, **fields)
    except IntegrityError:
        StoredFile.objects.filter(uuid=uuid).update(**fields)
        return StoredFile.objects.get(uuid=uuid)


def remove(stored: StoredFile) -> None:
    """Delete the row now, and the file and its thumbnails after the commit.

    Raises ProtectedError while another row refers to it.
    """
    name, uuid = stored.path, stored.uuid
    stored.delete()
    transaction.on_commit(lambda: disk().remove(name))
    transaction.on_commit(lambda: disk().remove_thumbnails(uuid))


def work_file(suffix: str = "") -> AbstractContextManager[Path]:
    """Make an empty file on the store's disk for work. It is deleted at the end unless moved."""
    return disk().work_file(suffix)


def path_of(stored: StoredFile) -> Path:
    """Return the path of the file."""
    return disk().path(stored.path)


def open_file(stored: StoredFile) -> BinaryIO:
    """Open the file for reading. If it is missing, raises NotFound and logs an error."""
    try:
        return path_of(stored).open("rb")
    except FileNotFoundError as error:
        log.exception("stored file is missing", uuid=str(stored.uuid), path=stored.path)
        raise NotFound from error


def file_name(stored: StoredFile) -> str:
    """Return the last part of the file's address: its purpose and extension."""
    return f"{stored.purpose}.{of_content_type(stored.content_type).extension}"


def file_address(stored: StoredFile) -> str:
    """Return the file's path on this site, for people who may see it. It never changes."""
    return f"/media/{stored.uuid}/{file_name(stored)}"


def signed_address(stored: StoredFile, base_url: str, lifetime: timedelta) -> str:
    """Return an absolute URL with which anybody can open the file until the lifetime is over."""
    expires = int((now() + lifetime).timestamp())
    query = {"expires": expires, "signature": _signature(stored.uuid, str(expires))}
    return f"{base_url.rstrip('/')}{file_address(stored)}?{urlencode(query)}"


def check_signature(uuid: UUID, query: Mapping[str, str]) -> bool:
    """Whether a request's query (`request.GET`) has a valid signature for the file of a uuid."""
    expires, given = query.get("expires", ""), query.get("signature", "")
    expected = _signature(uuid, expires)
    if not hmac.compare_digest(expected.encode(), given.encode(errors="replace")):
        return False
    return now().timestamp() < int(expires)


def sweep() -> tuple[int, int]:
    """Delete parts older than an hour and day-old files without a row; return how many of each.

    Also deletes thumbnails after a week; they are made again when needed. Reads all file names in
    the store, so call it once a day.
    """
    target = disk()
    parts = target.sweep(PART_AGE.total_seconds())
    target.sweep_thumbnails(THUMBNAIL_AGE.total_seconds())
    orphans = 0
    names = target.names(ORPHAN_AGE.total_seconds())
    while batch := list(islice(names, BATCH)):
        for name in _without_row(batch):
            target.remove(name)
            orphans += 1
    return parts, orphans


def _without_row(names: Iterable[str]) -> Iterator[str]:
    wanted = set(names)
    known = StoredFile.objects.filter(path__in=wanted).values_list("path", flat=True)
    yield from wanted.difference(known)


def _adopted(uuid: UUID) -> PlacedFile | None:
    target = disk()
    name = target.find(uuid)
    return target.measure(name) if name else None


def _measured(placed: PlacedFile) -> dict[str, object]:
    """Return the fields of the measures; empty for a file that cannot be decoded."""
    try:
        return asdict(measure(disk().path(placed.name), placed.type))
    except Unreadable:
        log.warning("stored file does not decode", path=placed.name)
        return {}


def _signature(uuid: UUID, expires: str) -> str:
    message = f"media\n{uuid}\n{expires}".encode(errors="replace")
    return hmac.new(settings.MEDIA_KEY.encode(), message, hashlib.sha256).hexdigest()
