"""Frames of videos: the exact frame of a time, thumbnails, and uploads."""

import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import av
import numpy as np
import pytest
from av.video.stream import VideoStream
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from generations.media import confined, footage, frames, store
from generations.media.frames import (
    add_frame_upload,
    frame_picture,
    frame_strip,
    frame_thumbnail,
    moment_name,
)
from generations.media.models import StoredFile
from generations.media.uploads import add_upload, remove_upload
from studio.accounts.models import User
from studio.errors import NotFound, StudioError
from studio.teams.models import Team
from tests.media import films, samples

BITS = 10


def numbered(number: int, size: tuple[int, int] = (320, 180)) -> Image.Image:
    """A picture that encodes its number in broad black and white bars."""
    bars = [255 * (number >> bit & 1) for bit in range(BITS)]
    row = np.repeat(np.array(bars, dtype=np.uint8), size[0] // BITS)
    return Image.fromarray(np.tile(row, (size[1], 1))).convert("RGB")


def read_number(body: bytes) -> int:
    pixels = np.asarray(Image.open(io.BytesIO(body)).convert("L"))
    step = pixels.shape[1] // BITS
    row = pixels[pixels.shape[0] // 2, step // 2 :: step]
    return sum(1 << bit for bit in range(BITS) if row[bit] > 128)


def numbered_film(
    path: Path,
    *,
    codec: str = "libx264",
    container: str = "mp4",
    count: int = 60,
    rate: int = 24,
    options: dict[str, str] | None = None,
    muxer: dict[str, str] | None = None,
) -> bytes:
    with samples.written(path, container, muxer) as output:
        stream = cast("VideoStream", output.add_stream(codec, rate=rate, options=options or {}))
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in range(count):
            frame = av.VideoFrame.from_image(numbered(number))  # type: ignore[no-untyped-call]
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path.read_bytes()


@pytest.fixture
def keep(team: Team) -> Callable[[bytes], StoredFile]:
    """Put a film into the store, as the worker does with a result."""
    return lambda body: store.keep(body, team=team, purpose="original", uuid=uuid4())


_KINDS: dict[str, dict[str, Any]] = {
    "with B frames and one key": {"options": {"bf": "3", "g": "250"}},
    "with open groups": {
        "options": {"bf": "3", "g": "12", "x264-params": "open-gop=1:scenecut=0"},
    },
    "at 30 a second": {"rate": 30, "options": {"preset": "ultrafast"}},
    "in fragments": {"options": {"g": "10"}, "muxer": {"movflags": "frag_keyframe+empty_moov"}},
    "in mov": {"container": "mov", "options": {"bf": "2"}},
    "in webm": {
        "container": "webm",
        "codec": "libvpx-vp9",
        "options": {"deadline": "realtime", "cpu-used": "8", "g": "20"},
    },
    "in webm without an index": {
        "container": "webm",
        "codec": "libvpx",
        "options": {"deadline": "realtime", "cpu-used": "8", "g": "20"},
        "muxer": {"live": "1"},
    },
    "hevc": {
        "codec": "libx265",
        "options": {"preset": "ultrafast", "x265-params": "log-level=none:keyint=25:bframes=3"},
    },
}


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.usefixtures("in_process")
def test_every_frame_is_the_one_of_its_moment(
    keep: Callable[[bytes], StoredFile], tmp_path: Path, kind: str
) -> None:
    asked = _KINDS[kind]
    rate = asked.get("rate", 24)
    stored = keep(numbered_film(tmp_path / "a", **asked))
    for number in [*range(0, 60, 7), 58, 59]:
        shown_at = -(-1000 * number // rate)  # the first whole millisecond on which it is shown
        assert read_number(frame_picture(stored, shown_at)) == number
        assert read_number(frame_picture(stored, 1000 * number // rate)) == number
        in_the_midst = round(1000 * (number + 0.5) / rate)
        assert read_number(frame_picture(stored, in_the_midst)) == number


@pytest.mark.usefixtures("in_process")
def test_before_the_start_and_after_the_end(
    keep: Callable[[bytes], StoredFile], tmp_path: Path
) -> None:
    stored = keep(numbered_film(tmp_path / "a"))
    assert read_number(frame_picture(stored, -5)) == 0
    assert read_number(frame_picture(stored, 2**40)) == 59
    assert read_number(frame_picture(stored, stored.milliseconds or 0)) == 59


def test_frame_is_the_decoder_s_very_pixels_in_full_size(
    keep: Callable[[bytes], StoredFile], tmp_path: Path
) -> None:
    path = samples.video(tmp_path / "a.mp4", size=(640, 360), frames=10)
    stored = keep(path.read_bytes())
    image = Image.open(io.BytesIO(frame_picture(stored, 0)))
    with footage.open_footage(path) as film:
        expected = footage.upright(film.frame_at(0))
    assert (image.format, image.size) == ("PNG", (640, 360))
    assert image.tobytes() == expected.tobytes()


def test_frame_of_an_uploaded_video_comes_from_the_process_with_limits(
    team: Team, ed: User, tmp_path: Path
) -> None:
    body = numbered_film(tmp_path / "a", count=30)
    upload = add_upload(team, ed, SimpleUploadedFile("Sea.mp4", body))
    assert read_number(frame_picture(upload.file, 500)) == 12
    frame = add_frame_upload(team, ed, upload.file, 500)
    assert frame.original_name == "Frame at 0:00.50 of Sea.mp4"
    assert (frame.frame_of, frame.frame_milliseconds) == (upload.file, 500)
    assert frame.file.content_type == "image/png"
    assert read_number(store.path_of(frame.file).read_bytes()) == 12
    assert frame.poster is not None


def test_same_frame_twice_is_the_same_upload(
    keep: Callable[[bytes], StoredFile], team: Team, ed: User, tmp_path: Path
) -> None:
    stored = keep(numbered_film(tmp_path / "a"))
    first = add_frame_upload(team, ed, stored, 500, title="A red fox")
    assert first.original_name == "Frame at 0:00.50 of A red fox"
    assert add_frame_upload(team, ed, stored, 500) == first
    assert add_frame_upload(team, ed, stored, 510) == first, "the same frame is still shown"
    assert add_frame_upload(team, ed, stored, 600) != first
    assert add_frame_upload(team, ed, stored, 10**9).frame_milliseconds == stored.milliseconds


def test_frame_of_another_team_s_video_is_not_to_be_had(
    keep: Callable[[bytes], StoredFile], cleo: User, tmp_path: Path
) -> None:
    stored = keep(films.sorts()["h264"])
    with pytest.raises(NotFound):
        add_frame_upload(cleo.teams.get(), cleo, stored, 0)


def test_frame_stays_when_its_video_goes(team: Team, ed: User) -> None:
    video = add_upload(team, ed, SimpleUploadedFile("a.mp4", films.sorts()["h264"]))
    frame = add_frame_upload(team, ed, video.file, 0)
    remove_upload(video, acting_user=ed)
    frame.refresh_from_db()
    assert frame.frame_of is None
    assert store.path_of(frame.file).is_file()


@pytest.mark.usefixtures("in_process")
def test_turned_video_gives_upright_frames(keep: Callable[[bytes], StoredFile]) -> None:
    stored = keep(films.sorts()["h264 turned"])
    assert Image.open(io.BytesIO(frame_picture(stored, 0))).size == (48, 64)
    assert Image.open(io.BytesIO(frame_thumbnail(stored, 0))).size == (48, 64)


def test_picture_has_no_frames(keep: Callable[[bytes], StoredFile]) -> None:
    stored = keep(samples.encoded(samples.picture()))
    for take in (frame_picture, frame_thumbnail):
        with pytest.raises(StudioError, match=r"^That is not a video\.$"):
            take(stored, 0)


def test_lost_file_has_no_frames(keep: Callable[[bytes], StoredFile]) -> None:
    stored = keep(films.sorts()["h264"])
    store.path_of(stored).unlink()
    with pytest.raises(NotFound):
        frame_picture(stored, 0)


def test_damaged_video_is_a_sentence(keep: Callable[[bytes], StoredFile]) -> None:
    stored = keep(films.sorts()["h264"][:500])
    with pytest.raises(StudioError, match=r"^The video is damaged\.$"):
        frame_picture(stored, 0)


def test_thumbnail_is_small_and_made_once(
    keep: Callable[[bytes], StoredFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = samples.video(tmp_path / "a.mp4", size=(1280, 720), frames=30)
    stored = keep(path.read_bytes())
    first = frame_thumbnail(stored, 400)
    image = Image.open(io.BytesIO(first))
    assert (image.format, image.size) == ("WEBP", (320, 180))
    assert len(first) < 20_000
    monkeypatch.setattr(confined, "run", pytest.fail)
    assert frame_thumbnail(stored, 400) == first


def test_strip_spans_the_video_and_comes_from_one_process(
    keep: Callable[[bytes], StoredFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = keep(numbered_film(tmp_path / "a"))
    runs, real = [], confined.run

    def run(program: str, *arguments: str | Path) -> list[confined.Output]:
        runs.append(program)
        return real(program, *arguments)

    monkeypatch.setattr(confined, "run", run)
    moments = frame_strip(stored, 6)
    assert (moments[0], moments[-1], len(moments)) == (0, 2500, 6)
    numbers = [read_number(frame_thumbnail(stored, moment)) for moment in moments]
    assert numbers == [0, 12, 24, 36, 48, 59]
    assert len(runs) == 1
    assert frame_strip(stored, 10_000)[-1] == 2500
    assert len(frame_strip(stored, 10_000)) == 24


@pytest.mark.usefixtures("in_process")
def test_thumbnails_do_not_pile_up(
    keep: Callable[[bytes], StoredFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "MOST_THUMBNAILS", 5)
    stored = keep(films.sorts()["h264"])
    for moment in range(0, 500, 20):
        frame_thumbnail(stored, moment)
    assert len(list(store.disk().thumbnails(stored.uuid).iterdir())) <= 6


@pytest.mark.usefixtures("in_process")
def test_thumbnails_go_with_their_video(
    keep: Callable[[bytes], StoredFile], django_capture_on_commit_callbacks: Any
) -> None:
    stored = keep(films.sorts()["h264"])
    frame_thumbnail(stored, 0)
    folder = store.disk().thumbnails(stored.uuid)
    assert folder.is_dir()
    with django_capture_on_commit_callbacks(execute=True):
        store.remove(stored)
    assert not folder.exists()


@pytest.mark.usefixtures("in_process")
def test_old_thumbnails_are_swept_and_new_ones_are_not(
    keep: Callable[[bytes], StoredFile], media_root: Path
) -> None:
    old, new = keep(films.sorts()["h264"]), keep(films.sorts()["vp8"])
    for stored in (old, new):
        frame_thumbnail(stored, 0)
    long_ago = time.time() - 8 * 86_400
    os.utime(store.disk().thumbnails(old.uuid), (long_ago, long_ago))
    store.sweep()
    assert not store.disk().thumbnails(old.uuid).exists()
    assert store.disk().thumbnails(new.uuid).exists()
    assert store.path_of(old).is_file()


@pytest.mark.parametrize(
    ("milliseconds", "shown"), [(0, "0:00.00"), (2400, "0:02.40"), (61_999, "1:01.99")]
)
def test_moment_is_read_as_people_read_it(milliseconds: int, shown: str) -> None:
    assert moment_name(milliseconds) == shown
