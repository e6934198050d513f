"""What happens to uploads: a picture comes in, and goes."""

import json
import os
import re
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from generations.media import store
from generations.media.disk import full_disk_is_a_sentence
from generations.media.models import StoredFile, Upload
from studio.accounts.models import User
from studio.errors import Conflict, StudioError, TooLarge, Unavailable
from studio.teams.models import Team

MAX_BYTES = 20_000_000
SECONDS = 20
NAME_LENGTH = 200

SENTENCES = {
    "damaged": "The picture is damaged.",
    "pixels": "Too many pixels. Each side 16–8192, at most 40 million in all.",  # noqa: RUF001
    "sides": "Each side 16–8192.",  # noqa: RUF001
    "type": "Use JPEG, PNG or WebP.",
    "heic": "Use JPEG, PNG or WebP. Your phone can export JPEG.",
    "unknown": "Not a picture or video we can read.",
    "complex": "Too complex to process.",
}
FIRST_FRAME = "Only the first frame was kept."

# Control characters, halves of surrogate pairs, and what turns the direction of reading.
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

# Each re-encoding may take 512 MB; who comes while both places are taken waits a while.
_PLACES = threading.BoundedSemaphore(2)
PATIENCE = 10.0  # seconds

log = structlog.get_logger(__name__)


def add_image_upload(team: Team, author: User, uploaded_file: "UploadedFile[bytes]") -> Upload:
    """Keep our own clean copy of a picture; the same picture again gives the same upload.

    JPEG, PNG or WebP by content, up to 20 MB; the copy is a JPEG or PNG of at most 10 MB without
    metadata, upright, transparent parts on white. `notice` on the result says what was left out.
    Takes up to 20 s, most of it in a process of its own; writes two files, then their rows.

    Raises TooLarge, StudioError with the sentence to show, Unavailable while the disk is full.
    """
    with ExitStack() as stack:
        given, clean, poster = (stack.enter_context(store.work_file()) for _ in range(3))
        _receive(uploaded_file, given)
        frames = _reencode(given, clean, poster)
        upload = _keep(team, author, clean, poster, shown_name(uploaded_file.name))
    upload.notice = FIRST_FRAME if frames > 1 else ""
    return upload


def remove_upload(upload: Upload, *, acting_user: User) -> None:
    """Delete an upload and its files. Raises Conflict while a generation uses it."""
    with transaction.atomic():
        Upload.objects.select_for_update().get(pk=upload.pk)
        user = _first_use(upload)
        if user is not None:
            raise Conflict(f"In use by {user}.")
        files = [upload.file, *([upload.poster] if upload.poster else [])]
        upload.delete()
        for stored in files:
            store.remove(stored)
    log.info("upload removed", upload=str(upload.uuid), acting_user=acting_user.pk)


def shown_name(name: str | None) -> str:
    """The name a file came with, as text to show: never used for a path."""
    return _UNSHOWN.sub("", name or "").strip()[:NAME_LENGTH]


def _receive(uploaded: "UploadedFile[bytes]", target: Path) -> None:
    """Write what came to a work file; believe neither the announced size nor the type."""
    disk, size = store.disk(), 0
    disk.check_space(uploaded.size or 0)
    with full_disk_is_a_sentence(), target.open("wb") as stream:
        for chunk in uploaded.chunks():
            size += len(chunk)
            if size > MAX_BYTES:
                raise TooLarge("Images up to 20 MB.")
            stream.write(chunk)
    if not size:
        raise StudioError("The file is empty.")


def _reencode(given: Path, clean: Path, poster: Path) -> int:
    """Run the re-encoder; the number of frames the file had. Raises StudioError."""
    if not _PLACES.acquire(timeout=PATIENCE):
        raise Unavailable("Many pictures are coming in at the moment. Try again in a minute.")
    try:
        return _answer(_run(given, clean, poster))
    finally:
        _PLACES.release()


def _run(given: Path, clean: Path, poster: Path) -> "subprocess.CompletedProcess[bytes]":
    paths = (str(given), str(clean), str(poster))
    command = (sys.executable, "-m", "generations.media.reencode", *paths)
    environment = {"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return subprocess.run(  # noqa: S603 (our own module, paths of our own making)
            command,
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise StudioError(SENTENCES["complex"]) from error


def _answer(done: "subprocess.CompletedProcess[bytes]") -> int:
    if done.returncode != 0:
        log.warning("re-encoder ended", code=done.returncode, error=done.stderr[-500:])
        raise StudioError(SENTENCES["complex"])
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise StudioError(SENTENCES[answer["refused"]])
    return int(answer["frames"])


def _keep(team: Team, author: User, clean: Path, poster: Path, name: str) -> Upload:
    """Place both files, then write the rows, unless the team has the same picture already."""
    uuid, poster_uuid = uuid4(), uuid4()
    placed = store.place(clean, uuid)
    placed_poster = store.place(poster, poster_uuid)
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)
        known = Upload.objects.filter(team=team, file__sha256=placed.sha256).first()
        if known is None:
            kinds = StoredFile.Purpose
            return Upload.objects.create(
                team=team,
                author=author,
                original_name=name,
                file=store.write_row(placed, team=team, purpose=kinds.UPLOAD, uuid=uuid),
                poster=store.write_row(
                    placed_poster, team=team, purpose=kinds.POSTER, uuid=poster_uuid
                ),
            )
    store.disk().remove(placed.name)
    store.disk().remove(placed_poster.name)
    return known


def _first_use(upload: Upload) -> object | None:
    """What uses the upload. Whoever points at uploads calls the relation `used_in`."""
    relation = getattr(upload, "used_in", None)
    place = relation.first() if relation is not None else None
    return getattr(place, "generation", place)
