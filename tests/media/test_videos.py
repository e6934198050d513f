"""Uploaded videos: which are accepted and how they are stored, through the process with limits."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from PIL import Image
from pytest_django import Settings

from generations.media import confined, probing, serving, store, uploads
from generations.media.models import StoredFile, Upload
from generations.media.uploads import add_upload, add_video_upload, remove_upload
from studio.accounts.models import User
from studio.errors import StudioError, TooLarge
from studio.teams.models import Team
from tests.media import films, hostile, large, samples

HOSTILE = hostile.videos()
Add = Callable[..., Upload]


@pytest.fixture
def add(team: Team, ed: User) -> Add:
    """Upload bytes under a name, as Ed, whatever they are."""

    def upload(body: bytes, name: str = "a.mp4", content_type: str = "video/mp4") -> Upload:
        return add_upload(team, ed, SimpleUploadedFile(name, body, content_type))

    return upload


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.skipif(sys.platform != "linux", reason="priorities are asked of Linux")
def test_making_the_films_leaves_the_process_an_ordinary_one(tmp_path: Path) -> None:
    samples.video(tmp_path / "a.mp4", codec="libsvtav1", options={"preset": "12"})
    assert os.sched_getscheduler(0) == os.SCHED_OTHER


@pytest.mark.parametrize("name", films.sorts())
@pytest.mark.usefixtures("in_process")
def test_video_of_every_sort_is_kept_as_it_came(add: Add, name: str) -> None:
    body = films.sorts()[name]
    upload = add(body)
    kept = upload.file
    assert store.path_of(kept).read_bytes() == body
    assert kept.milliseconds is not None
    assert abs(kept.milliseconds - 500) <= 1
    assert {kept.width, kept.height} in ({64, 48}, {65, 49})
    assert kept.has_audio == ("sound" in name)
    assert upload.poster is not None
    assert upload.preview is not None


@pytest.mark.parametrize(
    ("name", "codec"),
    [("hevc", "HEVC"), ("av1", "AV1"), ("prores 4444", "ProRes"), ("mjpeg", "Motion JPEG")],
)
@pytest.mark.usefixtures("in_process")
def test_compression_that_luma_may_not_know_is_taken_and_said(
    add: Add, name: str, codec: str
) -> None:
    upload = add(films.sorts()[name])
    assert upload.notice.startswith(f"Luma may not read it: it is {codec}.")
    assert add(films.sorts()[name]).notice == upload.notice


@pytest.mark.parametrize("name", ["h264", "h264 in mov", "vp8", "vp9"])
@pytest.mark.usefixtures("in_process")
def test_usual_compression_needs_no_notice(add: Add, name: str) -> None:
    assert add(films.sorts()[name]).notice == ""


def test_video_goes_through_the_process_with_limits(add: Add, team: Team, ed: User) -> None:
    upload = add(films.sorts()["h264 with sound"], "Sea at dawn.mp4")
    assert (upload.team, upload.author, upload.original_name) == (team, ed, "Sea at dawn.mp4")
    assert (upload.file.purpose, upload.file.content_type) == ("upload", "video/mp4")
    assert upload.poster is not None
    assert (upload.poster.purpose, upload.poster.content_type) == ("poster", "image/webp")
    assert upload.preview is not None
    assert (upload.preview.purpose, upload.preview.content_type) == ("preview", "video/mp4")
    assert upload.preview.size <= 400_000
    assert not upload.preview.has_audio


def test_turned_video_is_shown_upright(add: Add) -> None:
    upload = add(films.sorts()["h264 turned"])
    assert (upload.file.width, upload.file.height) == (48, 64)
    assert upload.poster is not None
    assert upload.preview is not None
    assert (upload.poster.width, upload.poster.height) == (48, 64)
    assert (upload.preview.width, upload.preview.height) == (48, 64)
    with Image.open(store.path_of(upload.poster)) as poster:
        # The red corner was at the upper left and the film is turned to the right.
        red, green, _ = poster.convert("RGB").getpixel((45, 12))  # type: ignore[misc]
    assert red > 140 > 90 > green


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.usefixtures("in_process")
def test_hostile_video_leaves_nothing(team: Team, ed: User, media_root: Path, name: str) -> None:
    body, code = HOSTILE[name]
    with pytest.raises(confined.FileRefused) as refusal:
        add_video_upload(team, ed, SimpleUploadedFile("a.mp4", body))
    assert refusal.value.code == code
    assert not StoredFile.objects.exists()
    assert files(media_root) == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("U23 without moov", "The video is incomplete."),
        ("U24 moov of size 2", "The video is damaged."),
        ("U27 dref to an address", "The video points to other files or addresses,"),
        ("U28 HLS", "Use MP4, MOV or WebM."),
        ("U30 sound alone", "There is no picture in this video."),
        ("U30 65 tracks", "The video has more than 64 tracks."),
        ("U32 16383 square", "Each side 16–8192."),  # noqa: RUF001
        ("U34 ZIP", "Use MP4, MOV or WebM."),
        ("U25 a year between frames", "Videos up to 60 minutes."),
        ("U02 zeros", "Not a picture or video we can read."),
    ],
)
def test_process_with_limits_says_why(add: Add, name: str, sentence: str) -> None:
    with pytest.raises(StudioError) as refusal:
        add(HOSTILE[name][0], "named.mp4")
    assert refusal.value.sentence.startswith(sentence)


@pytest.mark.parametrize("body", [b"\x07", b"", b"\0" * 5000])
def test_nothing_and_noise(add: Add, body: bytes) -> None:
    expected = "Not a picture or video we can read." if body else "The file is empty."
    with pytest.raises(StudioError) as refusal:
        add(body)
    assert refusal.value.sentence == expected


@pytest.mark.parametrize(
    ("body", "name", "sentence"),
    [
        (b"GIF89a" + bytes(100), "a.gif", "Use JPEG, PNG or WebP."),
        (b"GIF89a" + bytes(100), "a.mp4", "Use MP4, MOV or WebM."),
        (b"PK\3\4" + bytes(100), "a.MOV", "Use MP4, MOV or WebM."),
        (b"PK\3\4" + bytes(100), "a.zip", "Use JPEG, PNG or WebP."),
        (b"FLV\1" + bytes(100), "a", "Use MP4, MOV or WebM."),
        (b"\x1aE\xdf\xa3\x93B\x82\x88matroska" + bytes(99), "a.mkv", "Use MP4, MOV or WebM."),
    ],
)
def test_what_is_neither_hears_what_it_was_meant_to_be(
    add: Add, body: bytes, name: str, sentence: str
) -> None:
    with pytest.raises(StudioError) as refusal:
        add(body, name)
    assert refusal.value.sentence == sentence


def test_content_decides_what_a_file_is(add: Add) -> None:
    picture = samples.encoded(samples.picture(), "JPEG")
    assert add(picture, "a.mp4", "video/mp4").file.content_type == "image/jpeg"
    film = add(films.sorts()["vp9"], "a.png", "image/png")
    assert film.file.content_type == "video/webm"
    assert film.file.path.endswith(".webm")


def test_too_many_bytes_of_video_are_refused(add: Add, media_root: Path) -> None:
    body = films.sorts()["h264"] + bytes(100_000_001)
    with pytest.raises(TooLarge, match=r"^Videos up to 100 MB\.$"):
        add(body)
    assert files(media_root) == []


@pytest.mark.usefixtures("in_process")
def test_same_video_is_one_stored_object_in_a_team(add: Add, media_root: Path) -> None:
    first, second = add(films.sorts()["vp8"], "a.webm"), add(films.sorts()["vp8"], "b.webm")
    assert first == second
    assert StoredFile.objects.count() == len(files(media_root)) == 3


@pytest.mark.usefixtures("in_process")
def test_removed_video_is_gone_with_poster_and_preview(
    add: Add, ed: User, media_root: Path, django_capture_on_commit_callbacks: Any
) -> None:
    upload = add(films.sorts()["h264"])
    assert len(files(media_root)) == 3
    with django_capture_on_commit_callbacks(execute=True):
        remove_upload(upload, acting_user=ed)
    assert files(media_root) == []


@pytest.mark.usefixtures("in_process")
def test_video_is_served_as_what_we_found_and_may_run_nothing(add: Add) -> None:
    upload = add(films.sorts()["h264"], "<script>.mp4", "text/html")
    answer = serving.file_response(RequestFactory().get("/"), upload.file)
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    answer.close()


@pytest.mark.usefixtures("in_process")
def test_long_work_for_a_preview_is_left_out(add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "PREVIEW_PIXELS", 1000)
    upload = add(films.sorts()["h264"])
    assert upload.preview is None
    assert upload.poster is not None


def test_death_while_a_preview_is_made_costs_only_the_preview(
    add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = (
        b'{"width": 64, "height": 48, "milliseconds": 500, "has_audio": false, "codec": "h264"}\n'
    )

    def run(command: tuple[str, ...], **_more: object) -> "subprocess.CompletedProcess[bytes]":
        poster = samples.encoded(samples.picture(), "WEBP")
        Path(command[4]).write_bytes(poster)
        return subprocess.CompletedProcess(command, -24, stdout=answer, stderr=b"")

    monkeypatch.setattr(subprocess, "run", run)
    upload = add(films.sorts()["h264"])
    assert upload.preview is None
    assert upload.file.milliseconds == 500


def test_half_an_answer_is_none(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    def run(command: tuple[str, ...], **_more: object) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.CompletedProcess(command, -9, stdout=b'{"width": 64, "hei', stderr=b"")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(confined.FileRefused, match=r"^Too complex to process\.$"):
        confined.run("probing", "x")


@pytest.mark.parametrize("name", large.FILMS)
def test_large_frames_stay_within_the_limits(add: Add, name: str) -> None:
    """An 8K frame, and a 4K one in the compressions that take most memory."""
    upload = add(large.body(name), name)
    assert (upload.file.width, upload.file.height) == large.FILMS[name][1]


def test_notice_names_codecs_without_a_name_of_ours() -> None:
    assert uploads.codec_notice("h264") == ""
    assert "it is cinepak." in uploads.codec_notice("cinepak")


def test_picture_is_upright_in_colours_of_its_kind(tmp_path: Path) -> None:
    """Untagged HD is BT.709 to browsers, so it is to the poster."""
    path = tmp_path / "a.mp4"
    red = Image.new("RGB", (1280, 720), (220, 40, 60))
    with av.open(str(path), "w") as output:
        options = {"preset": "ultrafast", "crf": "5"}
        stream = output.add_stream("libx264", rate=24, options=options)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        frame = av.VideoFrame.from_image(red)  # type: ignore[no-untyped-call]
        output.mux(stream.encode(frame.reformat(format="yuv420p", dst_colorspace="itu709")))
        output.mux(stream.encode(None))
    poster = tmp_path / "poster"
    assert "refused" not in probing.main(path, poster)
    with Image.open(io.BytesIO(poster.read_bytes())) as image:
        pixel = image.convert("RGB").getpixel((50, 50))
    assert all(abs(a - b) < 12 for a, b in zip(pixel, (220, 40, 60), strict=True))  # type: ignore[arg-type]
