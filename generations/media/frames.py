"""Any frame of any video: as a picture, as a small picture to choose by, and as an upload."""

from pathlib import Path

from generations.media import confined, store
from generations.media.models import StoredFile, Upload
from generations.media.names import shown_name
from generations.media.uploads import Made, Origin, keep
from studio.accounts.models import User
from studio.errors import NotFound, StudioError
from studio.teams.models import Team

STRIP = 8
MOST_IN_STRIP = 24
MOST_KEPT = 400  # small pictures kept for one video


def frame_picture(stored: StoredFile, milliseconds: int) -> bytes:
    """The frame on the screen at that moment, upright and in full size: a PNG or a JPEG.

    The PNG shows the decoder's very pixels; beyond 6 million pixels or 10 MB it is a JPEG.
    A moment before the start or after the end gives the first or the last frame. Up to 20 s, in
    a process of its own. Raises StudioError when it cannot be decoded, NotFound for a lost file.
    """
    with store.work_file() as picture, store.work_file() as poster:
        _take(stored, milliseconds, picture, poster)
        return picture.read_bytes()


def add_frame_upload(
    team: Team, author: User, stored: StoredFile, milliseconds: int, *, title: str = ""
) -> Upload:
    """Keep that frame as an upload; the same frame again gives the same upload.

    `title` is what the video is called; its own name if it was uploaded. The upload remembers
    the video and the moment. Raises as `frame_picture` and `uploads.keep` do, and NotFound for a
    video of another team.
    """
    if stored.team_id != team.pk:
        raise NotFound
    moment = _within(stored, milliseconds)
    with store.work_file() as picture, store.work_file() as poster:
        _take(stored, moment, picture, poster)
        origin = Origin(_name(stored, moment, title), stored, moment)
        return keep(team, author, Made(picture, poster), origin)


def frame_thumbnail(stored: StoredFile, milliseconds: int) -> bytes:
    """The frame of that moment as a WebP of at most 320 pixels a side; kept for the next time.

    Raises as `frame_picture`.
    """
    moment = _within(stored, milliseconds)
    return _thumbnails(stored, [moment])[moment]


def frame_strip(stored: StoredFile, count: int = STRIP) -> list[int]:
    """Moments spread evenly over the video, in milliseconds, whose thumbnails are made by now.

    At most 24, the first frame first and the last one last. Raises as `frame_picture`.
    """
    count = max(2, min(count, MOST_IN_STRIP))
    length = stored.milliseconds or 0
    moments = sorted({length * place // (count - 1) for place in range(count)})
    _thumbnails(stored, moments)
    return moments


def moment_name(milliseconds: int) -> str:
    """A moment as people read it: 0:02.40."""
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes}:{rest // 1000:02}.{rest % 1000 // 10:02}"


def _thumbnails(stored: StoredFile, moments: list[int]) -> dict[int, bytes]:
    source = _source(stored)
    folder = store.disk().thumbnails(stored.uuid)
    folder.mkdir(parents=True, exist_ok=True)
    missing = [each for each in moments if not _thumbnail(folder, each).is_file()]
    if missing:
        _make_room(folder)
        confined.run("framing", "--strip", source, folder, *map(str, missing))
    return {each: _thumbnail(folder, each).read_bytes() for each in moments}


def _thumbnail(folder: Path, moment: int) -> Path:
    return folder / f"{moment}.webp"


def _make_room(folder: Path) -> None:
    """Start over when somebody has asked for every moment there is."""
    kept = list(folder.glob("*.webp"))
    if len(kept) > MOST_KEPT:
        for each in kept:
            each.unlink(missing_ok=True)


def _take(stored: StoredFile, milliseconds: int, picture: Path, poster: Path) -> None:
    source = _source(stored)
    moment = _within(stored, milliseconds)
    confined.run("framing", "--picture", source, picture, poster, str(moment))


def _source(stored: StoredFile) -> Path:
    if not stored.content_type.startswith("video/"):
        raise StudioError("That is not a video.")
    store.open_file(stored).close()
    return store.path_of(stored)


def _within(stored: StoredFile, milliseconds: int) -> int:
    return max(0, min(milliseconds, stored.milliseconds or milliseconds))


def _name(stored: StoredFile, milliseconds: int, title: str) -> str:
    upload = Upload.objects.filter(file=stored).first()
    of = title or (upload.original_name if upload else "") or "a video"
    return shown_name(f"Frame at {moment_name(milliseconds)} of {of}")
