"""The media store: files come in once under a uuid, have a row each, and get addresses.

The rule is that a row exists if and only if its file does, with that hash. Whatever a crash
leaves between the two is adopted by the next `keep` with the same uuid, or swept.
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

from generations.media.derivatives import Measures, measure
from generations.media.disk import LocalDisk, NotMedia, Placed
from generations.media.footage import Unreadable
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
    """Where the files of this installation are."""
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
    """Store the source under `uuid`; a second call, or one after a crash, gives the same row.

    Writes the file, then the row, in the caller's transaction or its own; call it outside a
    transaction where the source is large. A path made by `work_file` is moved, any other is
    copied. The type is what the bytes show; `kind_hint` refuses the other medium.

    Raises NotMedia, TooLarge past `max_bytes`, Unavailable while the disk is full.
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
    """The row of a file that is already whole in the store, made now if a crash prevented it.

    Ask before fetching anything again. Writes at most the row.
    """
    known = StoredFile.objects.filter(uuid=uuid).first()
    if known and path_of(known).is_file():
        return known
    placed = _adopted(uuid)
    return write_row(placed, team=team, purpose=purpose, uuid=uuid) if placed else None


def place(source: BinaryIO | Path | bytes, uuid: UUID, max_bytes: int | None = None) -> Placed:
    """Put the bytes on the disk without a row; `write_row` has to follow. Raises as `keep`."""
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
    placed: Placed, *, team: Team, purpose: str, uuid: UUID, measures: Measures | None = None
) -> StoredFile:
    """The row of a placed file: written, or found and brought up to date.

    `measures` are those of whoever has looked already: a file from outside is not opened here.
    """
    fields = {
        "path": placed.name,
        "content_type": placed.type.content_type,
        "size": placed.size,
        "sha256": placed.sha256,
        **(asdict(measures) if measures else _shape(placed)),
    }
    try:
        with transaction.atomic():
            return StoredFile.objects.create(uuid=uuid, team=team, purpose=purpose, **fields)
    except IntegrityError:
        StoredFile.objects.filter(uuid=uuid).update(**fields)
        return StoredFile.objects.get(uuid=uuid)


def remove(stored: StoredFile) -> None:
    """Delete the row now, and the file and its thumbnails after the commit.

    Raises ProtectedError while in use.
    """
    name, uuid = stored.path, stored.uuid
    stored.delete()
    transaction.on_commit(lambda: disk().remove(name))
    transaction.on_commit(lambda: disk().remove_thumbnails(uuid))


def work_file(suffix: str = "") -> AbstractContextManager[Path]:
    """An empty file on the store's disk to work in; `keep` moves it, else it goes at the end."""
    return disk().work_file(suffix)


def path_of(stored: StoredFile) -> Path:
    """Where the file lies."""
    return disk().path(stored.path)


def open_file(stored: StoredFile) -> BinaryIO:
    """Open the file for reading. Raises NotFound when it is lost, and says so in the log."""
    try:
        return path_of(stored).open("rb")
    except FileNotFoundError as error:
        log.exception("stored file is missing", uuid=str(stored.uuid), path=stored.path)
        raise NotFound from error


def file_name(stored: StoredFile) -> str:
    """The last part of its address: what it is for, with the extension of what it is."""
    return f"{stored.purpose}.{of_content_type(stored.content_type).extension}"


def address(stored: StoredFile) -> str:
    """Its address within the studio, for whoever may see it; it never changes."""
    return f"/media/{stored.uuid}/{file_name(stored)}"


def signed_address(stored: StoredFile, base_url: str, lifetime: timedelta) -> str:
    """A whole address that opens this one file for anybody until the lifetime is over."""
    expires = int((now() + lifetime).timestamp())
    query = {"expires": expires, "signature": _signature(stored.uuid, str(expires))}
    return f"{base_url.rstrip('/')}{address(stored)}?{urlencode(query)}"


def check_signature(uuid: UUID, query: Mapping[str, str]) -> bool:
    """Whether a request's query (`request.GET`) opens the file of this uuid at this moment."""
    expires, given = query.get("expires", ""), query.get("signature", "")
    expected = _signature(uuid, expires)
    if not hmac.compare_digest(expected.encode(), given.encode(errors="replace")):
        return False
    return now().timestamp() < int(expires)


def sweep() -> tuple[int, int]:
    """Remove parts over an hour old and files that have had no row for a day; how many of each.

    Thumbnails go after a week; who asks for one again gets it made again. Reads every file name
    in the store: for once a day.
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


def _adopted(uuid: UUID) -> Placed | None:
    target = disk()
    name = target.find(uuid)
    return target.measure(name) if name else None


def _shape(placed: Placed) -> dict[str, object]:
    """Pixels, length and sound; nothing of them for a file that does not decode."""
    try:
        return asdict(measure(disk().path(placed.name), placed.type))
    except Unreadable:
        log.warning("stored file does not decode", path=placed.name)
        return {}


def _signature(uuid: UUID, expires: str) -> str:
    message = f"media\n{uuid}\n{expires}".encode(errors="replace")
    return hmac.new(settings.MEDIA_KEY.encode(), message, hashlib.sha256).hexdigest()
