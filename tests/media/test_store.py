"""The store: complete files or none, one row each, addresses that open one file only."""

import errno
import hashlib
import io
import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from pytest_django import Settings

from generations.media import disk as disk_module
from generations.media import store
from generations.media.disk import LocalDisk, NotMedia
from generations.media.models import StoredFile, Upload
from generations.media.sniffing import sniff
from studio import clock
from studio.accounts.models import User
from studio.errors import NotFound, TooLarge, Unavailable
from studio.teams.models import Team
from tests.media import samples

JPEG = samples.encoded(samples.picture(), "JPEG")
PNG = samples.encoded(samples.picture(), "PNG")
CRASHED = 77

Keep = Callable[..., StoredFile]


@pytest.fixture
def keep(team: Team) -> Keep:
    def kept(source: Any = JPEG, uuid: UUID | None = None, **more: Any) -> StoredFile:
        return store.keep(source, team=team, purpose="original", uuid=uuid or uuid4(), **more)

    return kept


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_row_says_what_the_file_is(keep: Keep, team: Team, media_root: Path) -> None:
    uuid = uuid4()
    stored = keep(JPEG, uuid)
    assert stored.uuid == uuid
    assert stored.team == team
    assert stored.path == f"{uuid.hex[:2]}/{uuid.hex[2:4]}/{uuid}.jpg"
    assert (stored.content_type, stored.size) == ("image/jpeg", len(JPEG))
    assert stored.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert (stored.width, stored.height) == (64, 48)
    assert store.path_of(stored).read_bytes() == JPEG
    assert files(media_root) == [store.path_of(stored)]


def test_row_of_a_video_has_its_length_and_sound(keep: Keep, tmp_path: Path) -> None:
    stored = keep(samples.video(tmp_path / "a.mp4", sound=True))
    assert (stored.width, stored.height, stored.has_audio) == (320, 180, True)
    assert stored.milliseconds == pytest.approx(1000, abs=40)
    assert stored.content_type == "video/mp4"


def test_undecodable_file_is_kept_without_measures(keep: Keep) -> None:
    stored = keep(b"\xff\xd8\xff" + b"\0" * 500)
    assert stored.width is None
    assert stored.content_type == "image/jpeg"


@pytest.mark.parametrize("kind", ["bytes", "stream", "path"])
def test_every_kind_of_source_is_kept(keep: Keep, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(JPEG)
    sources = {"bytes": JPEG, "stream": io.BytesIO(JPEG), "path": path}
    with store.open_file(keep(sources[kind])) as stream:
        assert stream.read() == JPEG
    assert path.read_bytes() == JPEG


def test_work_file_is_moved_and_not_copied(keep: Keep, media_root: Path) -> None:
    with store.work_file(".mp4") as path:
        path.write_bytes(JPEG)
        number = path.stat().st_ino
        stored = keep(path)
    assert store.path_of(stored).stat().st_ino == number
    assert files(media_root) == [store.path_of(stored)]


def test_work_file_is_gone_after_a_fault(media_root: Path) -> None:
    with pytest.raises(FileNotFoundError), store.work_file() as path:  # noqa: PT012
        path.write_bytes(JPEG)
        path.with_name("missing").read_bytes()
    assert files(media_root) == []


def test_second_call_gives_the_same_row_and_reads_nothing(keep: Keep) -> None:
    uuid = uuid4()
    first = keep(JPEG, uuid)
    source = io.BytesIO(PNG)
    assert keep(source, uuid) == first
    assert source.tell() == 0
    assert StoredFile.objects.count() == 1


def test_file_that_was_lost_is_stored_again(keep: Keep) -> None:
    uuid = uuid4()
    first = keep(JPEG, uuid)
    store.path_of(first).unlink()
    second = keep(PNG, uuid)
    assert second.pk == first.pk
    assert second.content_type == "image/png"
    assert second.sha256 == hashlib.sha256(PNG).hexdigest()
    assert store.path_of(second).read_bytes() == PNG


def test_whole_file_without_a_row_is_adopted(keep: Keep) -> None:
    uuid = uuid4()
    store.place(JPEG, uuid)
    source = io.BytesIO(PNG)
    stored = keep(source, uuid)
    assert source.tell() == 0
    assert stored.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert stored.width == 64


def test_adopting_needs_no_source(team: Team) -> None:
    uuid = uuid4()
    assert store.adopt(team=team, purpose="original", uuid=uuid) is None
    store.place(JPEG, uuid)
    stored = store.adopt(team=team, purpose="original", uuid=uuid)
    assert stored is not None
    assert stored.size == len(JPEG)
    assert store.adopt(team=team, purpose="original", uuid=uuid) == stored


def test_rolled_back_row_leaves_a_file_that_is_adopted(keep: Keep) -> None:
    uuid = uuid4()
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        keep(JPEG, uuid)
        raise ZeroDivisionError
    assert not StoredFile.objects.exists()
    assert keep(io.BytesIO(), uuid).size == len(JPEG)


def test_row_written_meanwhile_by_another_is_taken(keep: Keep, team: Team) -> None:
    uuid = uuid4()
    first = keep(JPEG, uuid)
    placed = store.place(JPEG, uuid)
    assert store.write_row(placed, team=team, purpose="original", uuid=uuid) == first


def test_two_writers_of_one_uuid_leave_one_whole_file(media_root: Path) -> None:
    uuid = uuid4()
    disk = store.disk()

    class Interrupted(io.BytesIO):
        """Another process finishes the same uuid while this one still reads."""

        def read(self, size: int | None = -1, /) -> bytes:
            body = super().read(size)
            if not body:
                disk.place(io.BytesIO(JPEG), uuid)
            return body

    other = JPEG + b"another"
    placed = disk.place(Interrupted(other), uuid)
    assert placed.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert [path.read_bytes() for path in files(media_root)] == [JPEG]


def test_file_system_without_links_is_written_by_renaming(
    keep: Keep, monkeypatch: pytest.MonkeyPatch, media_root: Path
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    assert store.path_of(keep(JPEG)).read_bytes() == JPEG
    assert len(files(media_root)) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"\0" * 100, b"<html>", b"GIF89a" + b"\0" * 50, b"%PDF-1.4", b"PK\3\4" * 9],
)
def test_unknown_bytes_are_refused_and_leave_nothing(
    keep: Keep, media_root: Path, body: bytes
) -> None:
    with pytest.raises(NotMedia):
        keep(body)
    assert files(media_root) == []
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("hint", ["image", None])
def test_hint_that_fits_is_taken(keep: Keep, hint: str | None) -> None:
    assert keep(JPEG, kind_hint=hint).size == len(JPEG)


def test_hint_that_does_not_fit_is_refused(keep: Keep, media_root: Path) -> None:
    with pytest.raises(NotMedia, match=r"^That is not a video\.$"):
        keep(JPEG, kind_hint="video")
    assert files(media_root) == []


def test_picture_of_another_format_than_asked_is_kept_as_what_it_is(keep: Keep) -> None:
    assert keep(PNG, kind_hint="image").path.endswith(".png")


class Endless(io.RawIOBase):
    """A picture that never ends and counts the bytes read of it."""

    count = 0

    def read(self, size: int = -1, /) -> bytes:
        self.count += size
        return (b"\xff\xd8\xff" + b"\0" * size)[:size]


def test_endless_source_is_cut_at_the_cap(keep: Keep, media_root: Path) -> None:
    source = Endless()
    with pytest.raises(TooLarge):
        keep(source, max_bytes=3_000_000)
    assert source.count <= 5 * disk_module.CHUNK
    assert files(media_root) == []


@pytest.mark.parametrize(("cap", "taken"), [(len(JPEG), True), (len(JPEG) - 1, False)])
def test_cap_is_exact(keep: Keep, cap: int, taken: bool) -> None:
    if taken:
        assert keep(JPEG, max_bytes=cap).size == cap
    else:
        with pytest.raises(TooLarge):
            keep(JPEG, max_bytes=cap)


def test_cap_holds_for_work_files_too(keep: Keep, media_root: Path) -> None:
    with store.work_file() as path:
        path.write_bytes(JPEG)
        with pytest.raises(TooLarge):
            keep(path, max_bytes=len(JPEG) - 1)
    assert files(media_root) == []


def test_disk_reserve_is_left_alone(keep: Keep, settings: Settings, media_root: Path) -> None:
    settings.MEDIA_RESERVE = 2**60
    with pytest.raises(Unavailable, match=r"^Storage is full; the operator was told\.$"):
        keep(JPEG)
    assert files(media_root) == []


def test_reserve_is_looked_at_while_a_large_file_comes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    looks: list[int] = []

    def shrinking(_: object) -> object:
        looks.append(1)
        return SimpleNamespace(free=100 * 2**20 - len(looks) * 45 * 2**20)

    monkeypatch.setattr(shutil, "disk_usage", shrinking)
    with pytest.raises(Unavailable):
        LocalDisk(tmp_path, 2**20).place(Endless(), uuid4())
    assert len(looks) == 3


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("step", ["fsync", "link"])
def test_disk_that_fills_up_is_a_sentence(
    keep: Keep, monkeypatch: pytest.MonkeyPatch, media_root: Path, step: str, code: int
) -> None:
    def full(*_: object) -> None:
        raise OSError(code, "full")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(Unavailable):
        keep(JPEG)
    monkeypatch.undo()
    assert files(media_root) == []


def test_other_faults_of_the_disk_stay_loud(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="broken"):
        keep(JPEG)


# Crashes: a child process dies at the n-th system call of the protocol ------------------------

STEPS = ("mkstemp", "write", "fsync", "link", "unlink", "fsync_folder")


def _die_before(step: str, root: Path, uuid: UUID) -> None:
    """Place a file, and die without cleaning up when the step is reached."""
    real_fsync, calls = os.fsync, []

    def die(*_: object, **__: object) -> None:
        os._exit(CRASHED)

    def fsync(number: int) -> None:
        calls.append(number)
        if len(calls) > 1:
            die()
        real_fsync(number)

    faults = {
        "mkstemp": lambda: setattr(tempfile, "mkstemp", die),
        "write": lambda: setattr(disk_module, "_sync", die),
        "fsync": lambda: setattr(os, "fsync", die),
        "link": lambda: setattr(os, "link", die),
        "unlink": lambda: setattr(Path, "unlink", die),
        "fsync_folder": lambda: setattr(os, "fsync", fsync),
    }
    faults[step]()
    LocalDisk(root, 0).place(io.BytesIO(JPEG * 50), uuid)
    os._exit(0)


def _crash(step: str, root: Path, uuid: UUID) -> None:
    child = multiprocessing.get_context("fork").Process(target=_die_before, args=(step, root, uuid))
    child.start()
    child.join(20)
    assert child.exitcode == CRASHED


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_crash_leaves_nothing_or_the_whole_file(media_root: Path, step: str) -> None:
    uuid = uuid4()
    _crash(step, media_root, uuid)
    name = store.disk().find(uuid)
    expected = step in ("unlink", "fsync_folder")
    assert (name is not None) is expected
    if name:
        assert (media_root / name).read_bytes() == JPEG * 50


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_keeping_again_after_a_crash_ends_well(keep: Keep, media_root: Path, step: str) -> None:
    uuid = uuid4()
    _crash(step, media_root, uuid)
    stored = keep(JPEG * 50, uuid)
    assert stored.size == len(JPEG) * 50
    assert store.path_of(stored).read_bytes() == JPEG * 50
    _age(media_root, hours=2)
    store.sweep()
    assert files(media_root) == [store.path_of(stored)]


def _age(root: Path, *, hours: float) -> None:
    then = time.time() - hours * 3600
    for path in files(root):
        os.utime(path, (then, then))


def test_sweep_removes_old_parts_and_spares_young_ones(keep: Keep, media_root: Path) -> None:
    stored = keep(JPEG)
    old = store.path_of(stored).parent / ".part-1-old"
    work = media_root / ".work" / ".part-old"
    work.parent.mkdir(exist_ok=True)
    old.write_bytes(b"half")
    work.write_bytes(b"half")
    _age(media_root, hours=1.1)
    young = store.path_of(stored).parent / ".part-1-young"
    young.write_bytes(b"half")
    assert store.sweep() == (2, 0)
    assert sorted(files(media_root)) == sorted([young, store.path_of(stored)])


def test_sweep_removes_files_that_no_row_names_after_a_day(keep: Keep, media_root: Path) -> None:
    stored = keep(JPEG)
    orphans = [store.place(PNG, uuid4()).name for _ in range(3)]
    _age(media_root, hours=23)
    assert store.sweep() == (0, 0)
    _age(media_root, hours=25)
    assert store.sweep() == (0, 3)
    assert files(media_root) == [store.path_of(stored)]
    assert not any((media_root / name).exists() for name in orphans)


def test_sweep_asks_once_a_batch(
    keep: Keep,
    monkeypatch: pytest.MonkeyPatch,
    media_root: Path,
    django_assert_num_queries: Callable[[int], object],
) -> None:
    monkeypatch.setattr(store, "BATCH", 4)
    for _ in range(8):
        store.place(JPEG, uuid4())
    _age(media_root, hours=30)
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        assert store.sweep() == (0, 8)


def test_sweep_of_an_empty_store_does_nothing(db: None) -> None:
    assert store.sweep() == (0, 0)


def test_removed_file_goes_with_the_commit_and_not_before(
    keep: Keep, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    stored = keep(JPEG)
    path = store.path_of(stored)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        store.remove(stored)
        assert path.exists()
    assert not path.exists()
    assert not StoredFile.objects.exists()


def test_file_in_use_is_not_removed(keep: Keep, team: Team, ada: User) -> None:
    stored = keep(JPEG)
    Upload.objects.create(team=team, author=ada, file=stored)
    with pytest.raises(ProtectedError):
        store.remove(stored)
    assert store.path_of(stored).exists()


def test_lost_file_is_not_found(keep: Keep) -> None:
    stored = keep(JPEG)
    store.path_of(stored).unlink()
    with pytest.raises(NotFound):
        store.open_file(stored)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WEBP"),
        (b"RIFF\0\0\0\0AVI LIST", None),
        (b"\0\0\0\x18ftypisom", "MP4"),
        (b"\0\0\0\x18ftypqt  ", "MOV"),
        (b"\0\0\0\x18ftypheic", None),
        (b"\0\0\0\x18ftypavif", None),
        (b"\0\0\0\x18ftyp", None),
        (b"\x1aE\xdf\xa3\x42\x82\x84webm", "WEBM"),
        (b"\x1aE\xdf\xa3\x42\x82\x88matroska", None),
        (b"", None),
    ],
)
def test_type_is_what_the_first_bytes_show(head: bytes, name: str | None) -> None:
    found = sniff(head)
    assert (found.name if found else None) == name


# Addresses ----------------------------------------------------------------------------------


def test_address_is_stable_and_names_the_purpose(keep: Keep) -> None:
    stored = keep(JPEG)
    assert store.file_address(stored) == f"/media/{stored.uuid}/original.jpg"


def signed(stored: StoredFile, hours: float = 1) -> dict[str, str]:
    address = store.signed_address(stored, "https://studio.test/", timedelta(hours=hours))
    assert address.startswith(f"https://studio.test/media/{stored.uuid}/original.jpg?")
    return dict(parse_qsl(urlsplit(address).query))


def test_signed_address_opens_its_file(keep: Keep) -> None:
    stored = keep(JPEG)
    assert store.check_signature(stored.uuid, signed(stored))


def test_signed_address_opens_no_other_file(keep: Keep) -> None:
    assert not store.check_signature(keep(PNG).uuid, signed(keep(JPEG)))


def test_signed_address_ends(keep: Keep) -> None:
    stored = keep(JPEG)
    query = signed(stored)
    clock.shift(timedelta(minutes=59))
    assert store.check_signature(stored.uuid, query)
    clock.shift(timedelta(minutes=1, seconds=1))
    assert not store.check_signature(stored.uuid, query)


def test_every_flipped_character_closes_it(keep: Keep) -> None:
    stored = keep(JPEG)
    query = signed(stored)
    assert store.check_signature(stored.uuid, query)
    for field, value in query.items():
        for place in range(len(value)):
            other = "0" if value[place] != "0" else "1"
            changed = {**query, field: value[:place] + other + value[place + 1 :]}
            assert not store.check_signature(stored.uuid, changed)


@pytest.mark.parametrize(
    "change",
    [
        {"expires": ""},
        {"signature": ""},
        {"expires": "never"},
        {"expires": "99999999999999999999"},
        {"expires": "-1"},
        {"signature": "é" * 64},
        {"signature": "\ud800"},
        {"expires": "\ud800"},
    ],
)
def test_malformed_signatures_open_nothing(keep: Keep, change: dict[str, str]) -> None:
    stored = keep(JPEG)
    assert not store.check_signature(stored.uuid, {**signed(stored), **change})
    assert not store.check_signature(stored.uuid, {})


def test_another_installation_s_key_opens_nothing(keep: Keep, settings: Settings) -> None:
    stored = keep(JPEG)
    query = signed(stored)
    settings.MEDIA_KEY = "0" * 64
    assert not store.check_signature(stored.uuid, query)
