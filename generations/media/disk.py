"""Files on the local disk, written so that a name that exists is a file that is whole.

`LocalDisk` is the one class that a store elsewhere (S3) would replace: place, find, open,
remove, sweep.
"""

import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

import structlog

from generations.media.sniffing import EXTENSIONS, HEAD_BYTES, FileType, of_extension, sniff
from studio.errors import StudioError, TooLarge, Unavailable

CHUNK = 1024 * 1024
PART = ".part-"
WORK = ".work"
THUMBNAILS = ".thumbnails"
RESERVE_LOOK = 32 * CHUNK

log = structlog.get_logger(__name__)


class NotMedia(StudioError):
    """The bytes are of no type that the store keeps, or of another than asked for.

    Nothing of it was kept.
    """

    def __init__(self, sentence: str = "Not a picture or video we can read.") -> None:
        super().__init__(sentence)


@dataclass(frozen=True)
class Placed:
    """A whole file on the disk; `name` is relative to the root, `size` in bytes."""

    name: str
    type: FileType
    size: int
    sha256: str


class Readable(Protocol):
    """Anything with read(n) -> bytes."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; empty at the end."""
        ...


class LocalDisk:
    """A folder of files named `aa/bb/<uuid>.<extension>`.

    A file comes in as `.part-…` beside its final place, is hashed and sniffed while it is
    written, synced, and linked to its name; then the folder is synced. So a crash at any step
    leaves either nothing under that name or the whole file, and at worst a part for `sweep`.
    """

    def __init__(self, root: Path, reserve: int) -> None:
        self.root = root
        self.reserve = reserve

    def path(self, name: str) -> Path:
        """Where the file of this name lies, whether or not it exists."""
        return self.root / name

    def find(self, uuid: UUID) -> str | None:
        """The name of the whole file kept for this uuid, if there is one."""
        for extension in EXTENSIONS:
            name = _name(uuid, extension)
            if self.path(name).is_file():
                return name
        return None

    def measure(self, name: str) -> Placed:
        """Read a whole file again: its size, hash and type. Raises FileNotFoundError.

        Whoever linked the file may have died before it synced the folder, so that is done here.
        """
        path = self.path(name)
        _, size, sha256 = _read_through(path)
        _sync_folder(path.parent)
        return Placed(name, of_extension(name.rpartition(".")[2]), size, sha256)

    def place(self, source: Readable, uuid: UUID, cap: int | None = None) -> Placed:
        """Write the source under its final name, or find that somebody already did.

        Raises TooLarge past `cap` bytes, NotMedia, and Unavailable when the disk is full.
        """
        folder = self.path(_folder(uuid))
        with full_disk_is_a_sentence(), self._part(folder) as part:
            return self._settle(part, uuid, *self._pour(source, part, cap))

    def place_work(self, work: Path, uuid: UUID, cap: int | None = None) -> Placed:
        """Give a file made by `work_file` its final name, without copying it.

        Raises as `place` does. The caller writes to it no more.
        """
        if cap is not None and work.stat().st_size > cap:
            raise _too_large(cap)
        with full_disk_is_a_sentence():
            self.path(_folder(uuid)).mkdir(parents=True, exist_ok=True)
            return self._settle(work, uuid, *_read_through(work, durable=True))

    def is_work(self, path: Path) -> bool:
        """Whether a path is one of `work_file`."""
        return path.parent == self.root / WORK

    def remove(self, name: str) -> None:
        """Delete a file; one that is gone already is no error."""
        self.path(name).unlink(missing_ok=True)

    def thumbnails(self, uuid: UUID) -> Path:
        """The folder of small pictures that can be made again from the file of this uuid."""
        return self.root / THUMBNAILS / str(uuid)

    def remove_thumbnails(self, uuid: UUID) -> None:
        """Delete that folder, if there is one."""
        shutil.rmtree(self.thumbnails(uuid), ignore_errors=True)

    def sweep_thumbnails(self, older_than: float) -> None:
        """Remove folders of thumbnails to which none was added for so many seconds."""
        limit = time.time() - older_than
        for folder in (self.root / THUMBNAILS).glob("*"):
            if folder.stat().st_mtime < limit:
                shutil.rmtree(folder, ignore_errors=True)

    def check_space(self, coming: int = 0) -> None:
        """Refuse before the disk is full. `coming` is in bytes. Raises Unavailable."""
        self.root.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self.root).free
        if free - coming < self.reserve:
            log.error("media disk is full", free_bytes=free, reserve_bytes=self.reserve)
            raise full()

    @contextmanager
    def work_file(self, suffix: str = "") -> Iterator[Path]:
        """An empty file to work in, on the same disk; gone at the end, or by `sweep`."""
        folder = self.root / WORK
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=PART, suffix=suffix, dir=folder)
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def sweep(self, older_than: float) -> int:
        """Remove parts that nobody has written to for `older_than` seconds; how many."""
        limit, removed = time.time() - older_than, 0
        for part in self.root.rglob(f"{PART}*"):
            with suppress(FileNotFoundError):
                if part.stat().st_mtime < limit:
                    part.unlink()
                    removed += 1
        return removed

    def names(self, older_than: float) -> Iterator[str]:
        """Names of whole files that have not changed for `older_than` seconds."""
        limit = time.time() - older_than
        for path in self.root.glob("??/??/*"):
            with suppress(FileNotFoundError):
                if not path.name.startswith(PART) and path.stat().st_mtime < limit:
                    yield str(path.relative_to(self.root))

    @contextmanager
    def _part(self, folder: Path) -> Iterator[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f"{PART}{os.getpid()}-", dir=folder)
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _settle(self, part: Path, uuid: UUID, head: bytes, size: int, sha256: str) -> Placed:
        kind = sniff(head)
        if kind is None:
            raise NotMedia
        final = self.path(_name(uuid, kind.extension))
        if not _link(part, final):
            return self.measure(_name(uuid, kind.extension))
        _sync_folder(final.parent)
        return Placed(_name(uuid, kind.extension), kind, size, sha256)

    def _pour(self, source: Readable, part: Path, cap: int | None) -> tuple[bytes, int, str]:
        digest, size, head = hashlib.sha256(), 0, b""
        with part.open("wb") as target:
            while chunk := source.read(CHUNK):
                if size % RESERVE_LOOK < len(chunk):
                    self.check_space(len(chunk))
                size += len(chunk)
                if cap is not None and size > cap:
                    raise _too_large(cap)
                head = head if len(head) >= HEAD_BYTES else (head + chunk)[:HEAD_BYTES]
                digest.update(chunk)
                target.write(chunk)
            _sync(target)
        return head, size, digest.hexdigest()


def full() -> Unavailable:
    """What people read while the disk has no space."""
    return Unavailable("Storage is full; the operator was told.")


def is_full(error: BaseException) -> bool:
    """Whether an error says that the disk, a quota or a limit of size is used up."""
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _too_large(cap: int) -> TooLarge:
    return TooLarge(f"At most {cap:,} bytes are taken.")


def _folder(uuid: UUID) -> str:
    return f"{uuid.hex[:2]}/{uuid.hex[2:4]}"


def _name(uuid: UUID, extension: str) -> str:
    return f"{_folder(uuid)}/{uuid}.{extension}"


def _read_through(path: Path, *, durable: bool = False) -> tuple[bytes, int, str]:
    """First bytes, size and hash of a file; its bytes made durable when asked."""
    digest, size, head = hashlib.sha256(), 0, b""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            head = head or chunk[:HEAD_BYTES]
            digest.update(chunk)
            size += len(chunk)
        if durable:
            os.fsync(stream.fileno())
    return head, size, digest.hexdigest()


def _sync(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder, and the folder's own name, survive a loss of power."""
    for each in (folder, folder.parent, folder.parent.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _link(part: Path, final: Path) -> bool:
    """Give the part its final name; False when that name is taken, and then nothing changes.

    A link and not a rename, for a rename would replace what another process placed meanwhile.
    Where the file system has no links a rename has to do.
    """
    try:
        os.link(part, final)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK):
            raise
        part.replace(final)
    return True


@contextmanager
def full_disk_is_a_sentence() -> Iterator[None]:
    """Raise Unavailable where writing fails for want of space, and tell the operator's log."""
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        log.exception("media disk is full")
        raise full() from error
