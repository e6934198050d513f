"""All writes of uploads: adding pictures and videos, deleting them."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import structlog
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import ProtectedError, QuerySet

from generations.media import confined, quota, store
from generations.media.derivatives import Measures
from generations.media.disk import PlacedFile, disk_full_as_unavailable
from generations.media.limits import TOO_LARGE, UPLOAD_BYTES
from generations.media.models import StoredFile, Upload
from generations.media.names import shown_name
from generations.media.sniffing import HEAD_BYTES, Media, foreign, sniff
from studio.accounts.models import User
from studio.clock import now
from studio.errors import Conflict, NotFound, StudioError, TooLarge
from studio.teams.models import Team

VIDEO_SECONDS = 35.0  # for the check, the poster and the preview together
UNUSED_AGE = timedelta(hours=24)

FIRST_FRAME = "Only the first frame was kept."
READ_EVERYWHERE = ("h264", "vp8", "vp9")
CODEC_NAMES = {
    "hevc": "HEVC",
    "av1": "AV1",
    "prores": "ProRes",
    "mpeg4": "MPEG-4 Part 2",
    "mjpeg": "Motion JPEG",
    "dnxhd": "DNxHD",
}

_VIDEO_NAMES = (
    *(".mp4", ".m4v", ".mov", ".qt", ".webm", ".mkv", ".avi", ".wmv", ".flv", ".ogv", ".ts"),
    *(".mpg", ".mpeg", ".3gp", ".m3u8", ".mpd"),
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class PreparedFiles:
    """Work files that are ready to be stored: the file, its poster and its preview."""

    file: Path
    poster: Path
    preview: Path | None = None
    measures: Measures | None = None


@dataclass(frozen=True)
class UploadOrigin:
    """The name of an upload; for a frame also its video and the time in it."""

    name: str
    frame_of: StoredFile | None = None
    milliseconds: int | None = None


def add_upload(team: Team, author: User, uploaded_file: "UploadedFile[bytes]") -> Upload:
    """Store a picture or a video, by the first bytes of the file.

    As `add_image_upload` and `add_video_upload`, and raises as they do. A file that is neither is
    refused as the kind of media that its name suggests.
    """
    head = uploaded_file.read(HEAD_BYTES)
    uploaded_file.seek(0)
    if _intended_media(head, uploaded_file.name) == "video":
        return add_video_upload(team, author, uploaded_file)
    return add_image_upload(team, author, uploaded_file)


def add_image_upload(team: Team, author: User, uploaded_file: "UploadedFile[bytes]") -> Upload:
    """Store a clean copy of a picture. The same picture again returns the same upload.

    JPEG, PNG or WebP by content, up to 20 MB; the copy is a JPEG or PNG of at most 10 MB without
    metadata, upright, transparent parts on white. `notice` on the result says what was left out.
    Takes up to 20 s, mostly in a process of its own. Writes two files, then their rows.

    Raises TooLarge, QuotaReached, StudioError with the sentence to show, Unavailable while the
    disk is full.
    """
    with store.work_file() as given:
        _receive(team, uploaded_file, given, "image")
        return take_image(team, author, given, uploaded_file.name)


def add_video_upload(team: Team, author: User, uploaded_file: "UploadedFile[bytes]") -> Upload:
    """Store a video unchanged, after checking its structure and decoding its first frame.

    MP4, MOV or WebM by content, up to 100 MB and an hour. The same video again returns the same
    upload. Width and height are those of the upright video, and the length is counted from its
    packets. It gets a poster, and a preview if that takes only seconds. `notice` says if Luma may
    not be able to read it. Takes up to 35 s, mostly in a process of its own. Raises as
    `add_image_upload` does.
    """
    with store.work_file() as given:
        _receive(team, uploaded_file, given, "video")
        return take_video(team, author, given, uploaded_file.name)


def take_image(team: Team, author: User, given: Path, name: str | None) -> Upload:
    """Do as `add_image_upload`, with a work file."""
    with store.work_file() as clean, store.work_file() as poster:
        (output,) = confined.run("reencode", given, clean, poster)
        upload = keep(team, author, PreparedFiles(clean, poster), UploadOrigin(shown_name(name)))
    upload.notice = FIRST_FRAME if output["frames"] > 1 else ""
    return upload


def take_video(team: Team, author: User, given: Path, name: str | None) -> Upload:
    """Do as `add_video_upload`, with a work file, which is moved into the store."""
    with ExitStack() as stack:
        poster, preview = (stack.enter_context(store.work_file(each)) for each in ("", ".mp4"))
        found, *more = confined.run("probing", given, poster, preview, seconds=VIDEO_SECONDS)
        prepared = PreparedFiles(
            given, poster, preview if _has_preview(more) else None, _measures(found)
        )
        upload = keep(team, author, prepared, UploadOrigin(shown_name(name)))
    upload.notice = codec_notice(found["codec"])
    return upload


def codec_notice(codec: str) -> str:
    """Return a warning about a codec that Luma may not read; empty for the usual ones."""
    if codec in READ_EVERYWHERE:
        return ""
    name = CODEC_NAMES.get(codec, codec)
    return f"Luma may not read it: it is {name}. H.264 in an MP4 is read everywhere."


def keep(team: Team, author: User, prepared: PreparedFiles, origin: UploadOrigin) -> Upload:
    """Place the files, then write the rows, unless the team has the same file already.

    Adding a file again sets the upload's `created_at` to now. Raises QuotaReached, and Unavailable
    while the disk is full; then nothing is stored.
    """
    placed: dict[str, PlacedFile] = {}
    uuids = {"file": uuid4(), "poster": uuid4(), "preview": uuid4()}
    written = False
    try:
        for part, uuid in uuids.items():
            if path := getattr(prepared, part):
                placed[part] = store.place(path, uuid)
        with transaction.atomic():
            Team.objects.select_for_update().get(pk=team.pk)
            upload = _existing(team, placed["file"].sha256)
            if upload is None:
                quota.check_room(team, sum(each.size for each in placed.values()))
                upload = _write_rows(team, author, placed, uuids, prepared.measures, origin)
                written = True
    finally:
        if not written:
            _discard(placed)
    return upload


def remove_upload(upload: Upload, *, acting_user: User) -> None:
    """Delete an upload and its files. Raises NotFound, and Conflict while a generation uses it."""
    with transaction.atomic():
        found = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if found is None:
            raise NotFound
        user = _first_use(found)
        if user is not None:
            raise Conflict(f"In use by {user}.")
        _delete(found)
    log.info("upload removed", upload=str(upload.uuid), acting_user=acting_user.pk)


def purge_unused(
    older_than: timedelta = UNUSED_AGE,
    keep: "Iterable[UUID] | QuerySet[Any]" = (),
) -> int:
    """Delete uploads that no row refers to and that are older than that; return how many.

    `keep` holds uuids that are not deleted, those of drafts: a collection, or a QuerySet of one
    column. One query, and two for each deleted upload. May run at any time, also twice.
    """
    unused = Upload.objects.filter(created_at__lt=now() - older_than)
    for relation in Upload._meta.related_objects:  # noqa: SLF001 (documented by Django)
        unused = unused.exclude(**{f"{relation.name}__isnull": False})
    unused = unused.exclude(uuid__in=keep if isinstance(keep, QuerySet) else set(keep))
    purged = sum(_purge(unused, pk) for pk in unused.values_list("pk", flat=True))
    if purged:
        log.info("unused uploads purged", count=purged)
    return purged


def _purge(unused: "QuerySet[Upload]", pk: int) -> bool:
    """Delete an upload if it is still unused."""
    try:
        with transaction.atomic():
            upload = unused.select_for_update().filter(pk=pk).first()
            if upload is not None:
                _delete(upload)
    except ProtectedError:
        return False
    return upload is not None


def _delete(upload: Upload) -> None:
    files = [each for each in (upload.file, upload.poster, upload.preview) if each]
    upload.delete()
    for stored in files:
        store.remove(stored)


def _intended_media(head: bytes, name: str | None) -> Media:
    """Return "video" for a file that is a video or was meant to be one, else "image"."""
    kind = sniff(head)
    if kind is not None:
        return kind.media
    named = (name or "").lower().endswith(_VIDEO_NAMES)
    return "video" if named or foreign(head) == "video" else "image"


def _receive(team: Team, uploaded: "UploadedFile[bytes]", target: Path, kind: Media) -> None:
    """Copy the uploaded bytes to a work file and count them: the announced size may be wrong."""
    quota.check_room(team, 0 if kind == "image" else uploaded.size or 0)
    disk, size = store.disk(), 0
    disk.check_space(uploaded.size or 0)
    with disk_full_as_unavailable(), target.open("wb") as stream:
        for chunk in uploaded.chunks():
            size += len(chunk)
            if size > UPLOAD_BYTES[kind]:
                raise TooLarge(TOO_LARGE[kind])
            stream.write(chunk)
    if not size:
        raise StudioError("The file is empty.")


def _has_preview(outputs: list[confined.Output]) -> bool:
    return any(output.get("preview") for output in outputs)


def _measures(found: confined.Output) -> Measures:
    size = found["width"], found["height"]
    return Measures(*size, found["milliseconds"], found["has_audio"], found.get("rate"))


def _existing(team: Team, sha256: str) -> Upload | None:
    upload = Upload.objects.filter(team=team, file__sha256=sha256).first()
    if upload is not None:
        upload.created_at = now()
        upload.save(update_fields=["created_at"])
    return upload


def _write_rows(
    team: Team,
    author: User,
    placed: dict[str, PlacedFile],
    uuids: dict[str, UUID],
    measures: Measures | None,
    origin: UploadOrigin,
) -> Upload:
    purposes = StoredFile.Purpose
    meant = {"file": purposes.UPLOAD, "poster": purposes.POSTER, "preview": purposes.PREVIEW}
    rows = {
        part: store.write_row(
            each,
            team=team,
            purpose=meant[part],
            uuid=uuids[part],
            measures=measures if part == "file" else None,
        )
        for part, each in placed.items()
    }
    return Upload.objects.create(
        team=team,
        author=author,
        original_name=origin.name,
        frame_of=origin.frame_of,
        frame_milliseconds=origin.milliseconds,
        **rows,
    )


def _discard(placed: dict[str, PlacedFile]) -> None:
    for each in placed.values():
        store.disk().remove(each.name)


def _first_use(upload: Upload) -> object | None:
    """Return an object that uses the upload. Models that refer to uploads name that `used_in`."""
    relation = getattr(upload, "used_in", None)
    place = relation.first() if relation is not None else None
    return getattr(place, "generation", place)
