"""Frames of stored videos: as a picture, as a thumbnail, and as an upload."""

from pathlib import Path

from generations.media import confined, store
from generations.media.models import StoredFile, Upload
from generations.media.names import shown_name
from generations.media.uploads import PreparedFiles, UploadOrigin, keep
from studio.accounts.models import User
from studio.errors import NotFound, StudioError
from studio.teams.models import Team

STRIP = 8
MOST_IN_STRIP = 24
MOST_THUMBNAILS = 400  # of one video


def frame_picture(stored: StoredFile, milliseconds: int) -> bytes:
    """Return the frame that a player shows at a time, upright and in full size: PNG or JPEG.

    The PNG has exactly the decoded pixels; beyond 6 million pixels or 10 MB it is a JPEG. A time
    before the start or after the end gives the first or the last frame. Takes up to 20 s, in a
    process of its own. Raises StudioError if it cannot be decoded, NotFound for a missing file.
    """
    with store.work_file() as picture, store.work_file() as poster:
        _extract(stored, milliseconds, picture, poster)
        return picture.read_bytes()


def add_frame_upload(
    team: Team, author: User, stored: StoredFile, milliseconds: int, *, title: str = ""
) -> Upload:
    """Make an upload of that frame. The same frame again returns the same upload.

    `title` is the video's title, by default its name if it is an upload. The upload refers to the
    video and the time. Raises as `frame_picture` and `uploads.keep` do, and NotFound for a
    video of another team.
    """
    if stored.team_id != team.pk:
        raise NotFound
    moment = _clamped(stored, milliseconds)
    with store.work_file() as picture, store.work_file() as poster:
        _extract(stored, moment, picture, poster)
        origin = UploadOrigin(_name(stored, moment, title), stored, moment)
        return keep(team, author, PreparedFiles(picture, poster), origin)


def frame_thumbnail(stored: StoredFile, milliseconds: int) -> bytes:
    """Return the frame at a time as a WebP of at most 320 pixels a side. Stored for later calls.

    Raises as `frame_picture` does.
    """
    moment = _clamped(stored, milliseconds)
    return _thumbnails(stored, [moment])[moment]


def frame_strip(stored: StoredFile, count: int = STRIP) -> list[int]:
    """Make thumbnails of `count` frames, evenly spread; return their times in milliseconds.

    At most 24, from the first to the last frame. Raises as `frame_picture` does.
    """
    count = max(2, min(count, MOST_IN_STRIP))
    length = stored.milliseconds or 0
    moments = sorted({length * place // (count - 1) for place in range(count)})
    _thumbnails(stored, moments)
    return moments


def moment_name(milliseconds: int) -> str:
    """Return a time as people read it: 0:02.40."""
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes}:{rest // 1000:02}.{rest % 1000 // 10:02}"


def _thumbnails(stored: StoredFile, moments: list[int]) -> dict[int, bytes]:
    source = _source(stored)
    folder = store.disk().thumbnails(stored.uuid)
    folder.mkdir(parents=True, exist_ok=True)
    missing = [each for each in moments if not _thumbnail(folder, each).is_file()]
    if missing:
        _limit_thumbnails(folder)
        confined.run("framing", "--strip", source, folder, *map(str, missing))
    return {each: _thumbnail(folder, each).read_bytes() for each in moments}


def _thumbnail(folder: Path, moment: int) -> Path:
    return folder / f"{moment}.webp"


def _limit_thumbnails(folder: Path) -> None:
    """Delete all thumbnails of a video when there are more than MOST_THUMBNAILS."""
    stored_files = list(folder.glob("*.webp"))
    if len(stored_files) > MOST_THUMBNAILS:
        for each in stored_files:
            each.unlink(missing_ok=True)


def _extract(stored: StoredFile, milliseconds: int, picture: Path, poster: Path) -> None:
    source = _source(stored)
    moment = _clamped(stored, milliseconds)
    confined.run("framing", "--picture", source, picture, poster, str(moment))


def _source(stored: StoredFile) -> Path:
    if not stored.content_type.startswith("video/"):
        raise StudioError("That is not a video.")
    store.open_file(stored).close()
    return store.path_of(stored)


def _clamped(stored: StoredFile, milliseconds: int) -> int:
    return max(0, min(milliseconds, stored.milliseconds or milliseconds))


def _name(stored: StoredFile, milliseconds: int, title: str) -> str:
    upload = Upload.objects.filter(file=stored).first()
    of = title or (upload.original_name if upload else "") or "a video"
    return shown_name(f"Frame at {moment_name(milliseconds)} of {of}")
