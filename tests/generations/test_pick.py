"""What a slot may take: shown page by page, chosen by one press; and pictures brought in."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from generations.media.models import Upload
from studio.accounts.models import User
from studio.clock import now
from studio.teams.models import Team
from tests.generations.making import HTMX, as_person, make, make_image, of_team, picture, text


def pick(client: Client, team: Team, user: User | None, **query: Any) -> Any:
    asked = {"slot": "start_frame", "kind": "image_to_video", **query}
    return as_person(client, user).get(of_team("pick", team), asked, headers=HTMX)


def add_files(client: Client, team: Team, user: User | None, content: bytes) -> Any:
    file = SimpleUploadedFile("frame.png", content, content_type="image/png")
    return as_person(client, user).post(of_team("upload", team), {"file": file}, headers=HTMX)


def test_pictures_of_the_team_are_offered(client: Client, team: Team, ed: User, cleo: User) -> None:
    image = make_image(team, ed, prompt="Take me")
    make(team, ed, prompt="A video")
    early = make(team, ed, kind="image", prompt="Still dreaming", state="dreaming")
    make(team, ed, kind="image", prompt="Came to nothing", state="failed")
    make_image(team, ed, prompt="In the trash", trashed_at=now())
    make_image(cleo.memberships.get().team, cleo, prompt="Foreign")
    body = text(pick(client, team, ed, kind="image", slot="style_ref"))
    assert f'value="put:style_ref:generation:{image.uuid}"' in body
    assert f'value="put:style_ref:generation:{early.uuid}"' in body
    assert body.count('class="picker__item"') == 2


def test_an_end_takes_videos_too(client: Client, team: Team, ed: User) -> None:
    video = make(team, ed, prompt="A video")
    body = text(pick(client, team, ed))
    assert f'value="put:start_frame:generation:{video.uuid}"' in body


def test_further_pages_are_items_alone(client: Client, team: Team, ed: User, settings: Any) -> None:
    settings.LIBRARY_PAGE_SIZE = 2
    rows = [make_image(team, ed) for _ in range(5)]
    first = text(pick(client, team, ed))
    assert first.count('class="picker__item"') == 2
    assert f"before={rows[3].uuid}" in first
    second = text(pick(client, team, ed, before=rows[3].uuid))
    assert "<ul" not in second
    assert str(rows[2].uuid) in second
    assert str(rows[3].uuid) not in second


def test_empty_library_says_what_to_do(client: Client, team: Team, ed: User) -> None:
    assert "Make an image first, or upload one." in text(pick(client, team, ed))


def test_unknown_slot_is_not_found(client: Client, team: Team, ed: User) -> None:
    assert pick(client, team, ed, slot="nowhere").status_code == 404
    assert pick(client, team, ed, kind="upscale").status_code == 404


def test_who_may_pick(client: Client, team: Team, ed: User, ben: User, cleo: User) -> None:
    assert pick(client, team, ed).status_code == 200
    assert pick(client, team, ben).status_code == 403
    assert pick(client, team, cleo).status_code == 404
    assert pick(client, team, None).status_code == 401


def test_upload_answers_with_its_reference(client: Client, team: Team, ed: User) -> None:
    answer = add_files(client, team, ed, picture())
    assert answer.status_code == 201
    assert answer.json() == {"reference": f"upload:{Upload.objects.get().uuid}", "notice": ""}


def test_upload_that_is_no_picture_is_refused_in_words(
    client: Client, team: Team, ed: User
) -> None:
    answer = add_files(client, team, ed, b"GIF89a/*not a picture*/")
    assert answer.status_code == 422
    assert 'class="toast__text"' in text(answer)
    assert not Upload.objects.exists()


def test_empty_upload_is_said(client: Client, team: Team, ed: User) -> None:
    answer = as_person(client, ed).post(of_team("upload", team), {}, headers=HTMX)
    assert answer.status_code == 422
    assert "No whole file arrived." in text(answer)


def test_who_may_upload(client: Client, team: Team, ed: User, ben: User, cleo: User) -> None:
    assert add_files(client, team, ed, picture()).status_code == 201
    assert add_files(client, team, ben, picture()).status_code == 403
    assert add_files(client, team, cleo, picture()).status_code == 404
    assert add_files(client, team, None, picture()).status_code == 401
