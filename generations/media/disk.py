"""Files on the local disk. A file has its name only once it is complete.

`LocalDisk` is the only class to replace for a store elsewhere (S3).
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
SPACE_CHECK_BYTES = 32 * CHUNK

log = structlog.get_logger(__name__)


class NotMedia(StudioError):
    """The file has no type that the store accepts, or not the wanted one. It was not stored."""

    def __init__(self, sentence: str = "Not a picture or video we can read.") -> None:
        super().__init__(sentence)


@dataclass(frozen=True)
class PlacedFile:
    """A complete file on the disk. `name` is relative to the root, `size` in bytes."""

    name: str
    type: FileType
    size: int
    sha256: str


class Readable(Protocol):
    """Anything that has `read`."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; empty at the end."""
        ...


class LocalDisk:
    """A folder of files named `aa/bb/<uuid>.<extension>`.

    A file is written as `.part-…` in its final folder, hashed and sniffed meanwhile, synced, and
    linked to its name; then the folder is synced. So after a crash at any step the name has either
    no file or the complete one, and at worst a part is left for `sweep`.
    """

    def __init__(self, root: Path, reserve: int) -> None:
        self.root = root
        self.reserve = reserve

    def path(self, name: str) -> Path:
        """Return the path of a name, whether or not the file exists."""
        return self.root / name

    def find(self, uuid: UUID) -> str | None:
        """Return the name of the complete file of a uuid, or None."""
        for extension in EXTENSIONS:
            name = _name(uuid, extension)
            if self.path(name).is_file():
                return name
        return None

    def measure(self, name: str) -> PlacedFile:
        """Read a complete file again for its size, hash and type. Raises FileNotFoundError.

        Also syncs the folder, because the process that linked the file may have died before.
        """
        path = self.path(name)
        _, size, sha256 = _read_through(path)
        _sync_folder(path.parent)
        return PlacedFile(name, of_extension(name.rpartition(".")[2]), size, sha256)

    def place(self, source: Readable, uuid: UUID, cap: int | None = None) -> PlacedFile:
        """Write the source to the file of a uuid, or return the file that is there already.

        Raises TooLarge for more than `cap` bytes, NotMedia, and Unavailable if the disk is full.
        """
        folder = self.path(_folder(uuid))
        with disk_full_as_unavailable(), self._part(folder) as part:
            return self._link_into_place(part, uuid, *self._copy(source, part, cap))

    def place_work(self, work: Path, uuid: UUID, cap: int | None = None) -> PlacedFile:
        """Give a file of `work_file` its final name, without copying it.

        The caller must not write to it any more. Raises as `place` does.
        """
        if cap is not None and work.stat().st_size > cap:
            raise _too_large(cap)
        with disk_full_as_unavailable():
            self.path(_folder(uuid)).mkdir(parents=True, exist_ok=True)
            return self._link_into_place(work, uuid, *_read_through(work, durable=True))

    def is_work(self, path: Path) -> bool:
        """Whether the path was made by `work_file`."""
        return path.parent == self.root / WORK

    def remove(self, name: str) -> None:
        """Delete a file. A missing file is no error."""
        self.path(name).unlink(missing_ok=True)

    def thumbnails(self, uuid: UUID) -> Path:
        """Return the folder of thumbnails of a uuid's file. They can be made again."""
        return self.root / THUMBNAILS / str(uuid)

    def remove_thumbnails(self, uuid: UUID) -> None:
        """Delete the thumbnails of a uuid's file, if there are any."""
        shutil.rmtree(self.thumbnails(uuid), ignore_errors=True)

    def sweep_thumbnails(self, older_than: float) -> None:
        """Delete folders of thumbnails that have not changed for `older_than` seconds."""
        limit = time.time() - older_than
        for folder in (self.root / THUMBNAILS).glob("*"):
            if folder.stat().st_mtime < limit:
                shutil.rmtree(folder, ignore_errors=True)

    def check_space(self, coming: int = 0) -> None:
        """Raise Unavailable if `coming` bytes more would leave less free than the reserve."""
        self.root.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self.root).free
        if free - coming < self.reserve:
            log.error("media disk is full", free_bytes=free, reserve_bytes=self.reserve)
            raise disk_full()

    @contextmanager
    def work_file(self, suffix: str = "") -> Iterator[Path]:
        """Make an empty file on the same disk for work; delete it at the end of the block."""
        folder = self.root / WORK
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=PART, suffix=suffix, dir=folder)
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def sweep(self, older_than: float) -> int:
        """Delete parts that have not changed for `older_than` seconds; return how many."""
        limit, removed = time.time() - older_than, 0
        for part in self.root.rglob(f"{PART}*"):
            with suppress(FileNotFoundError):
                if part.stat().st_mtime < limit:
                    part.unlink()
                    removed += 1
        return removed

    def names(self, older_than: float) -> Iterator[str]:
        """Yield names of complete files that have not changed for `older_than` seconds."""
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

    def _link_into_place(
        self, part: Path, uuid: UUID, head: bytes, size: int, sha256: str
    ) -> PlacedFile:
        kind = sniff(head)
        if kind is None:
            raise NotMedia
        final = self.path(_name(uuid, kind.extension))
        if not _link(part, final):
            return self.measure(_name(uuid, kind.extension))
        _sync_folder(final.parent)
        return PlacedFile(_name(uuid, kind.extension), kind, size, sha256)

    def _copy(self, source: Readable, part: Path, cap: int | None) -> tuple[bytes, int, str]:
        digest, size, head = hashlib.sha256(), 0, b""
        with part.open("wb") as target:
            while chunk := source.read(CHUNK):
                if size % SPACE_CHECK_BYTES < len(chunk):
                    self.check_space(len(chunk))
                size += len(chunk)
                if cap is not None and size > cap:
                    raise _too_large(cap)
                head = head if len(head) >= HEAD_BYTES else (head + chunk)[:HEAD_BYTES]
                digest.update(chunk)
                target.write(chunk)
            _sync(target)
        return head, size, digest.hexdigest()


def disk_full() -> Unavailable:
    """Return the error that people see while the disk has no space."""
    return Unavailable("Storage is full; the operator was told.")


def is_full(error: BaseException) -> bool:
    """Whether the error says that the disk, a quota or a limit of file size is used up."""
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _too_large(cap: int) -> TooLarge:
    return TooLarge(f"At most {cap:,} bytes are taken.")


def _folder(uuid: UUID) -> str:
    return f"{uuid.hex[:2]}/{uuid.hex[2:4]}"


def _name(uuid: UUID, extension: str) -> str:
    return f"{_folder(uuid)}/{uuid}.{extension}"


def _read_through(path: Path, *, durable: bool = False) -> tuple[bytes, int, str]:
    """Return first bytes, size and hash of a file; `durable` also syncs its bytes to the disk."""
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
    """Sync a folder and its two parents, so that the names survive a loss of power."""
    for each in (folder, folder.parent, folder.parent.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _link(part: Path, final: Path) -> bool:
    """Give the part its final name. False, and no change, if there is a file of that name.

    A rename would replace a file that another process placed meanwhile, so this makes a link. It
    renames only where the file system has no links.
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
def disk_full_as_unavailable() -> Iterator[None]:
    """Turn the error of a full disk into Unavailable, and write it to the log."""
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        log.exception("media disk is full")
        raise disk_full() from error
