"""Bad files through the upload's own address, row by row of docs/bad-input.md: each gets its
sentence and what to do, and nothing of it is kept."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils.html import escape
from PIL import Image
from pytest_django import Settings

from generations.media import confined, limits
from generations.media.models import StoredFile, Upload
from generations.media.refusals import SENTENCES
from studio.accounts.models import User
from studio.teams.models import Membership, Team
from tests.generations.making import HTMX, as_person, form, of_team, text
from tests.media import films, hostile, samples
from tests.media.hostile_pictures import HOSTILE

NOW = "Choose another file. Nothing was charged."
PICTURES = {
    "U01": "U01 nothing",
    "U02": "U02 noise",
    "U06": "U06 jpeg cut at half",
    "U07": "U07 png bad checksum",
    "U08": "U08 png 65535 square",
    "U09": "U09 png 12000x8000",
    "U10": "U10 zTXt bomb",
    "U12": "U12 15x15",
    "U13": "U13 gif",
    "U13 of a phone": "U13 heic",
    "U14": "U14 html",
}
VIDEOS = {
    "U23": "U23 without moov",
    "U24": "U24 moov of size 2",
    "U25": "U25 a year between frames",
    "U27": "U27 dref to an address",
    "U28": "U28 HLS",
    "U29": "U29 Matroska",
    "U30": "U30 sound alone",
    "U30 too many": "U30 65 tracks",
    "U32": "U32 0x0",
    "U34": "U34 ZIP",
    "U35": "U35 EICAR",
}


def cases() -> list[Any]:
    films_of = hostile.videos()
    return [
        *(pytest.param(*HOSTILE[name], "a.png", id=row) for row, name in PICTURES.items()),
        *(
            pytest.param(films_of[name][0], SENTENCES[films_of[name][1]], "a.mp4", id=row)
            for row, name in VIDEOS.items()
        ),
    ]


def upload(client: Client, team: Team, user: User, body: bytes, name: str = "a.png") -> Any:
    data = {"file": SimpleUploadedFile(name, body)}
    return as_person(client, user).post(of_team("upload", team), data, headers=HTMX)


def nothing_kept(root: Path) -> bool:
    kept = [path for path in root.rglob("*") if path.is_file()]
    return not (kept or StoredFile.objects.exists() or Upload.objects.exists())


def picture() -> bytes:
    return samples.encoded(samples.picture(), "JPEG")


@pytest.mark.parametrize(("body", "sentence", "name"), cases())
@pytest.mark.usefixtures("in_process")
def test_refused_with_its_sentence(
    client: Client, team: Team, ed: User, media_root: Path, body: bytes, sentence: str, name: str
) -> None:
    answer = upload(client, team, ed, body, name)
    assert answer.status_code == 422
    assert f'<p class="toast__text">{sentence} {NOW}</p>' in text(answer)
    assert nothing_kept(media_root)


def test_a_bad_file_in_a_form_keeps_the_text_and_the_good_one(
    client: Client, team: Team, ed: User, in_process: None
) -> None:
    data = {
        **form("image_to_video", prompt="Keep every word of this"),
        "start_frame_file": SimpleUploadedFile("good.jpg", picture()),
        "end_frame_file": SimpleUploadedFile("bad.jpg", picture()[:300]),
    }
    answer = as_person(client, ed).post(of_team("submit", team), data, headers=HTMX)
    body = text(answer)
    assert answer.status_code == 422
    kept = Upload.objects.get()
    assert (
        "The picture is damaged. Choose another file." in body.split('id="slot-end_frame-error"')[1]
    )
    assert f'name="start_frame" value="upload:{kept.uuid}"' in body
    assert "Keep every word of this</textarea>" in body


@pytest.mark.parametrize(
    ("body", "name", "sentence"),
    [
        pytest.param(20_000_001, "a.png", "Images up to 20 MB.", id="U03"),
        pytest.param(100_000_001, "a.mp4", "Videos up to 100 MB.", id="U03 of a video"),
    ],
)
def test_too_many_bytes_are_too_large(
    client: Client, team: Team, ed: User, media_root: Path, body: int, name: str, sentence: str
) -> None:
    answer = upload(client, team, ed, bytes(body), name)
    assert answer.status_code == 413
    assert f"{sentence} {NOW}" in text(answer)
    assert nothing_kept(media_root)


def test_a_body_that_announces_too_much_is_not_read(
    client: Client, team: Team, ed: User, media_root: Path
) -> None:
    as_person(client, ed)
    stream = io.BytesIO(b"--x\r\n")
    answer = client.request(
        REQUEST_METHOD="POST",
        PATH_INFO=of_team("upload", team),
        CONTENT_TYPE="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(limits.REQUEST_BYTES + 1),
        **{"wsgi.input": stream},
    )
    assert answer.status_code == 413
    assert "Too large. Nothing was charged." in text(answer)
    assert stream.tell() == 0
    assert nothing_kept(media_root)


def raw(client: Client, team: Team, user: User, body: bytes, content_type: str) -> Any:
    return as_person(client, user).generic(
        "POST", of_team("upload", team), body, content_type, headers=HTMX
    )


@pytest.mark.usefixtures("in_process")
def test_an_upload_that_was_cut_is_not_kept(
    client: Client, team: Team, ed: User, media_root: Path
) -> None:
    noise = samples.encoded(samples.noise((400, 300)), "JPEG")
    whole = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("a.jpg", noise)})
    answer = raw(client, team, ed, whole[: len(whole) // 2], MULTIPART_CONTENT)
    assert answer.status_code == 422
    assert "No whole file arrived. Choose one and send it again. Nothing was charged." in text(
        answer
    )
    assert nothing_kept(media_root)
    assert raw(client, team, ed, whole, MULTIPART_CONTENT).status_code == 201


PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        pytest.param(PART, "multipart/form-data", 400, id="U22 without a boundary"),
        pytest.param(PART, "multipart/form-data; boundary=", 400, id="U22 an empty boundary"),
        pytest.param(
            PART, f"multipart/form-data; boundary={'x' * 300}", 400, id="U22 a vast boundary"
        ),
        pytest.param(
            PART + b"X-More: " + b"y" * 200_000 + b"\r\n\r\nabc\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
            400,
            id="U22 a vast header",
        ),
        pytest.param(
            PART
            + b"Content-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\na\r\n--y--\r\n--x--",
            "multipart/form-data; boundary=x",
            422,
            id="U22 a form in a form",
        ),
    ],
)
def test_a_body_that_is_no_form_is_said(
    client: Client,
    team: Team,
    ed: User,
    media_root: Path,
    body: bytes,
    content_type: str,
    status: int,
) -> None:
    answer = raw(client, team, ed, body, content_type)
    assert answer.status_code == status
    assert "Nothing was charged." in text(answer)
    assert nothing_kept(media_root)


@pytest.mark.usefixtures("in_process")
def test_of_eleven_files_none_is_taken(
    client: Client, team: Team, ed: User, media_root: Path
) -> None:
    data = {f"file{number}": SimpleUploadedFile("a.jpg", picture()) for number in range(11)}
    answer = as_person(client, ed).post(of_team("upload", team), data, headers=HTMX)
    assert answer.status_code == 413
    assert "At most 10 files at a time. Nothing was charged." in text(answer)
    assert nothing_kept(media_root)


@pytest.mark.parametrize(
    ("body", "notice"),
    [
        pytest.param("moving", "Only the first frame was kept.", id="U11"),
        pytest.param("hevc", "Luma may not read it: it is HEVC.", id="U31"),
    ],
)
@pytest.mark.usefixtures("in_process")
def test_taken_with_a_word(client: Client, team: Team, ed: User, body: str, notice: str) -> None:
    frames = [Image.new("RGB", (32, 32), (number, 0, 0)) for number in range(100)]
    moving = samples.encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    given = moving if body == "moving" else films.sorts()[body]
    answer = upload(client, team, ed, given, "a.mp4")
    assert answer.status_code == 201
    assert answer.json()["notice"].startswith(notice)


@pytest.mark.usefixtures("in_process")
def test_a_name_is_shown_as_text(client: Client, team: Team, ed: User) -> None:
    answer = upload(client, team, ed, picture(), "<img src=x onerror=alert(1)>.jpg")
    kept = Upload.objects.get()
    query = {"kind": "image_to_video", "start_frame": answer.json()["reference"]}
    page = client.get(of_team("create", team), query).content.decode()
    assert kept.original_name == "<img src=x onerror=alert(1)>.jpg"
    assert escape(kept.original_name) in page
    assert "<img src=x" not in page


def test_a_full_team_is_told_what_to_do(
    client: Client, team: Team, ed: User, settings: Settings, in_process: None, media_root: Path
) -> None:
    settings.MEDIA_QUOTA = 100
    answer = upload(client, team, ed, picture())
    assert answer.status_code == 422
    said = (
        "Delete uploads and results that you no longer need, then try again. Nothing was charged."
    )
    assert said in text(answer)
    assert nothing_kept(media_root)


def test_a_full_disk_is_said(
    client: Client, team: Team, ed: User, settings: Settings, media_root: Path
) -> None:
    settings.MEDIA_RESERVE = 2**60
    answer = upload(client, team, ed, picture())
    assert answer.status_code == 503
    assert "Storage is full; the operator was told. Nothing was charged." in text(answer)
    assert nothing_kept(media_root)


def test_a_role_that_was_lowered_meanwhile_keeps_nothing(
    client: Client, team: Team, ed: User, in_process: None, media_root: Path
) -> None:
    Membership.objects.filter(user=ed).update(role="viewer")
    answer = upload(client, team, ed, picture())
    assert answer.status_code == 403
    said = "You can view but no longer upload in this team. Nothing was charged."
    assert said in text(answer)
    assert nothing_kept(media_root)
    Membership.objects.filter(user=ed).update(role="editor")
    assert upload(client, team, ed, picture()).status_code == 201


def test_a_program_that_dies_is_said(
    client: Client, team: Team, ed: User, monkeypatch: pytest.MonkeyPatch, media_root: Path
) -> None:
    monkeypatch.setattr(confined, "_output", lambda *_: b"")
    answer = upload(client, team, ed, picture())
    assert answer.status_code == 422
    assert f"Too complex to process. {NOW}" in text(answer)
    assert nothing_kept(media_root)
