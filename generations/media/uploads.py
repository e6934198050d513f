"""What happens to uploads: a picture or a video comes in, and goes."""

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
from generations.media.disk import Placed, full_disk_is_a_sentence
from generations.media.models import StoredFile, Upload
from generations.media.names import shown_name
from generations.media.sniffing import HEAD_BYTES, Media, foreign, sniff
from studio.accounts.models import User
from studio.clock import now
from studio.errors import Conflict, NotFound, StudioError, TooLarge
from studio.teams.models import Team

MAX_BYTES: dict[Media, int] = {"image": 20_000_000, "video": 100_000_000}
TOO_LARGE: dict[Media, str] = {"image": "Images up to 20 MB.", "video": "Videos up to 100 MB."}
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
class Made:
    """Work files ready to be kept: the file itself and what stands for it."""

    file: Path
    poster: Path
    preview: Path | None = None
    measures: Measures | None = None


@dataclass(frozen=True)
class Origin:
    """Where an upload comes from: its name, and the moment of a video if it is a frame."""

    name: str
    frame_of: StoredFile | None = None
    milliseconds: int | None = None


def add_upload(team: Team, author: User, uploaded_file: "UploadedFile[bytes]") -> Upload:
    """Keep a picture or a video, whichever its first bytes show.

    As `add_image_upload` and `add_video_upload`, and raises as they do. What is neither gets the
    sentence of what it was meant to be, by its name.
    """
    head = uploaded_file.read(HEAD_BYTES)
    uploaded_file.seek(0)
    if _meant(head, uploaded_file.name) == "video":
        return add_video_upload(team, author, uploaded_file)
    return add_image_upload(team, author, uploaded_file)


def add_image_upload(team: Team, author: User, uploaded_file: "UploadedFile[bytes]") -> Upload:
    """Keep our own clean copy of a picture; the same picture again gives the same upload.

    JPEG, PNG or WebP by content, up to 20 MB; the copy is a JPEG or PNG of at most 10 MB without
    metadata, upright, transparent parts on white. `notice` on the result says what was left out.
    Takes up to 20 s, most of it in a process of its own; writes two files, then their rows.

    Raises TooLarge, QuotaReached, StudioError with the sentence to show, Unavailable while the
    disk is full.
    """
    with store.work_file() as given:
        _receive(team, uploaded_file, given, "image")
        return take_image(team, author, given, uploaded_file.name)


def add_video_upload(team: Team, author: User, uploaded_file: "UploadedFile[bytes]") -> Upload:
    """Keep a video as it came, after it was found whole, plain and decodable.

    MP4, MOV or WebM by content, up to 100 MB and an hour. The same video again gives the same
    upload. Width and height are as people see it, the length is counted and not believed; there
    is a poster, and a preview where that is soon made. `notice` says when Luma may not read it.
    Takes up to 35 s, nearly all of it in a process of its own. Raises as `add_image_upload`.
    """
    with store.work_file() as given:
        _receive(team, uploaded_file, given, "video")
        return take_video(team, author, given, uploaded_file.name)


def take_image(team: Team, author: User, given: Path, name: str | None) -> Upload:
    """As `add_image_upload`, of a work file."""
    with store.work_file() as clean, store.work_file() as poster:
        (answer,) = confined.run("reencode", given, clean, poster)
        upload = keep(team, author, Made(clean, poster), Origin(shown_name(name)))
    upload.notice = FIRST_FRAME if answer["frames"] > 1 else ""
    return upload


def take_video(team: Team, author: User, given: Path, name: str | None) -> Upload:
    """As `add_video_upload`, of a work file, which is moved into the store."""
    with ExitStack() as stack:
        poster, preview = (stack.enter_context(store.work_file(each)) for each in ("", ".mp4"))
        found, *more = confined.run("probing", given, poster, preview, seconds=VIDEO_SECONDS)
        made = Made(given, poster, preview if _has_preview(more) else None, _measures(found))
        upload = keep(team, author, made, Origin(shown_name(name)))
    upload.notice = codec_notice(found["codec"])
    return upload


def codec_notice(codec: str) -> str:
    """What to know of a video's compression before it goes to Luma; empty for the usual ones."""
    if codec in READ_EVERYWHERE:
        return ""
    name = CODEC_NAMES.get(codec, codec)
    return f"Luma may not read it: it is {name}. H.264 in an MP4 is read everywhere."


def keep(team: Team, author: User, made: Made, origin: Origin) -> Upload:
    """Place the files, then write the rows, unless the team has the same file already.

    Whoever brings the same file again makes the upload as young as a new one. Raises QuotaReached,
    and Unavailable while the disk is full; then nothing is kept.
    """
    placed: dict[str, Placed] = {}
    uuids = {"file": uuid4(), "poster": uuid4(), "preview": uuid4()}
    kept = False
    try:
        for part, uuid in uuids.items():
            if path := getattr(made, part):
                placed[part] = store.place(path, uuid)
        with transaction.atomic():
            Team.objects.select_for_update().get(pk=team.pk)
            upload = _known(team, placed["file"].sha256)
            if upload is None:
                quota.check_room(team, sum(each.size for each in placed.values()))
                upload = _write(team, author, placed, uuids, made.measures, origin)
                kept = True
    finally:
        if not kept:
            _discard(placed)
    return upload


def remove_upload(upload: Upload, *, acting_user: User) -> None:
    """Delete an upload and its files. Raises Conflict while a generation uses it, NotFound."""
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
    """Delete uploads that nothing points at and that came in before that age; how many.

    `keep` are uuids that stay all the same, those of drafts: a collection, or a QuerySet of one
    column. One query and two for each that goes; safe to run at any time, and twice.
    """
    idle = Upload.objects.filter(created_at__lt=now() - older_than)
    for relation in Upload._meta.related_objects:  # noqa: SLF001 (documented by Django)
        idle = idle.exclude(**{f"{relation.name}__isnull": False})
    idle = idle.exclude(uuid__in=keep if isinstance(keep, QuerySet) else set(keep))
    purged = sum(_purge(idle, pk) for pk in idle.values_list("pk", flat=True))
    if purged:
        log.info("unused uploads purged", count=purged)
    return purged


def _purge(idle: "QuerySet[Upload]", pk: int) -> bool:
    """Delete one upload if it is idle still."""
    try:
        with transaction.atomic():
            upload = idle.select_for_update().filter(pk=pk).first()
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


def _meant(head: bytes, name: str | None) -> Media:
    """Whether a file is a video or meant to be one; everything else is judged as a picture."""
    kind = sniff(head)
    if kind is not None:
        return kind.media
    named = (name or "").lower().endswith(_VIDEO_NAMES)
    return "video" if named or foreign(head) == "video" else "image"


def _receive(team: Team, uploaded: "UploadedFile[bytes]", target: Path, kind: Media) -> None:
    """Write what came to a work file; believe neither the announced size nor the type."""
    quota.check_room(team, 0 if kind == "image" else uploaded.size or 0)
    disk, size = store.disk(), 0
    disk.check_space(uploaded.size or 0)
    with full_disk_is_a_sentence(), target.open("wb") as stream:
        for chunk in uploaded.chunks():
            size += len(chunk)
            if size > MAX_BYTES[kind]:
                raise TooLarge(TOO_LARGE[kind])
            stream.write(chunk)
    if not size:
        raise StudioError("The file is empty.")


def _has_preview(answers: list[confined.Answer]) -> bool:
    return any(answer.get("preview") for answer in answers)


def _measures(found: confined.Answer) -> Measures:
    size = found["width"], found["height"]
    return Measures(*size, found["milliseconds"], found["has_audio"], found.get("rate"))


def _known(team: Team, sha256: str) -> Upload | None:
    upload = Upload.objects.filter(team=team, file__sha256=sha256).first()
    if upload is not None:
        upload.created_at = now()
        upload.save(update_fields=["created_at"])
    return upload


def _write(
    team: Team,
    author: User,
    placed: dict[str, Placed],
    uuids: dict[str, UUID],
    measures: Measures | None,
    origin: Origin,
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


def _discard(placed: dict[str, Placed]) -> None:
    for each in placed.values():
        store.disk().remove(each.name)


def _first_use(upload: Upload) -> object | None:
    """What uses the upload. Whoever points at uploads calls the relation `used_in`."""
    relation = getattr(upload, "used_in", None)
    place = relation.first() if relation is not None else None
    return getattr(place, "generation", place)
