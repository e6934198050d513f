"""Frames of videos as inputs: who may take them, what the picker offers, where the frame goes."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from generations.media import store
from generations.media.models import StoredFile, Upload
from generations.media.uploads import add_upload
from generations.models import Generation, SavedDraft
from studio.accounts.models import User
from studio.errors import StudioError
from studio.teams.models import Team
from tests.generations.making import (
    HTMX,
    as_person,
    form,
    keep,
    keep_film,
    make,
    make_image,
    of_team,
    step,
    text,
)
from tests.media import samples


@pytest.fixture
def video(team: Team, ed: User) -> Generation:
    """A finished video whose file is only said to be one."""
    film = keep_film(team, 5042)
    return make(team, ed, prompt="Waves", original=film, poster=keep(team, "poster"))


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch, team: Team, ed: User) -> list[int]:
    """The moments that were asked for; every frame is the same small picture."""
    moments: list[int] = []

    def add(team: Team, author: User, stored: StoredFile, moment: int, *, title: str) -> Upload:
        moments.append(moment)
        return Upload.objects.create(
            uuid=uuid.uuid4(), team=team, author=author, file=keep(team), original_name=title
        )

    monkeypatch.setattr("generations.composer.frames.add_frame_upload", add)
    return moments


def show(client: Client, team: Team, user: User | None, of: str, **query: str) -> Any:
    return as_person(client, user).get(
        of_team("frame_picker", team), {"of": of, **query}, headers=HTMX
    )


def take(client: Client, team: Team, user: User | None, of: str, **fields: Any) -> Any:
    """With htmx the composer is posted, too; without, and from a video's page, it is not."""
    htmx = HTMX if fields.pop("htmx", True) else {}
    composer = form(composition=str(uuid.uuid4())) if htmx else {}
    body = {**composer, "milliseconds": "1200", "target": "start_frame", **fields}
    return as_person(client, user).post(f"{of_team('take', team)}?of={of}", body, headers=htmx)


def named(row: Generation) -> str:
    return f"generation:{row.uuid}"


def test_picker_opens_on_the_video_with_its_uses(
    client: Client, team: Team, ed: User, video: Generation
) -> None:
    body = text(show(client, team, ed, named(video), slot="style_ref"))
    assert 'data-length="5042"' in body
    assert "data-now" in body
    for target in ("style_ref", "start_frame", "end_frame", "image_ref", "save"):
        assert f'name="target" value="{target}"' in body
    assert 'data-fps="24"' in body, "what every result has of which nothing else is known"


@pytest.mark.parametrize(("rate", "shown"), [(60, "60.0"), (30, "30.0"), (24, "24.0")])
def test_picker_and_player_step_by_the_frames_of_the_video(
    client: Client, team: Team, ed: User, tmp_path: Path, rate: int, shown: str
) -> None:
    """Frames are counted in the video that a person brought, and read off a result's own file."""
    film = samples.video(tmp_path / "film.mp4", rate=rate, frames=rate)
    brought = add_upload(team, ed, SimpleUploadedFile("film.mp4", film.read_bytes()))
    assert brought.file.rate == rate
    assert f'data-fps="{shown}"' in text(show(client, team, ed, f"upload:{brought.uuid}"))
    original = store.keep(film.read_bytes(), team=team, purpose="original", uuid=uuid.uuid4())
    page = as_person(client, ed).get(make(team, ed, original=original).get_absolute_url())
    assert f'<st-player data-fps="{shown}">' in text(page)


def test_who_may_look_and_take(
    client: Client,
    team: Team,
    ed: User,
    ben: User,
    cleo: User,
    video: Generation,
    taken: list[int],
) -> None:
    for user, status in ((ed, 200), (ben, 403), (cleo, 404), (None, 401)):
        assert show(client, team, user, named(video)).status_code == status
        assert take(client, team, user, named(video)).status_code == status
    assert taken == [1200]


@pytest.mark.parametrize("of", ["", "nothing", "url:https://example.com/a.mp4"])
def test_what_is_no_video_of_theirs_is_not_found(
    client: Client, team: Team, ed: User, of: str
) -> None:
    assert show(client, team, ed, of).status_code == 404
    assert take(client, team, ed, of).status_code == 404


def test_a_picture_has_no_frames(client: Client, team: Team, ed: User) -> None:
    assert show(client, team, ed, named(make_image(team, ed))).status_code == 404


def test_frame_takes_the_slot_and_makes_the_kind(
    client: Client, team: Team, ed: User, video: Generation, taken: list[int]
) -> None:
    body = text(take(client, team, ed, named(video), target="end_frame", prompt="Kept text"))
    upload = Upload.objects.get()
    assert f'name="end_frame" value="upload:{upload.uuid}"' in body
    assert 'id="composer-kind-image_to_video" value="image_to_video" checked' in body
    assert "Kept text</textarea>" in body


def test_reference_opens_the_image_kind(
    client: Client, team: Team, ed: User, video: Generation, taken: list[int]
) -> None:
    body = text(take(client, team, ed, named(video), target="image_ref"))
    assert 'id="composer-kind-image" value="image" checked' in body


def test_kept_frame_changes_nothing_else(
    client: Client, team: Team, ed: User, video: Generation, taken: list[int]
) -> None:
    body = text(take(client, team, ed, named(video), target="save"))
    assert "The frame is kept" in body
    assert "upload:" not in body
    assert Upload.objects.count() == 1


def test_without_script_it_leads_to_the_composer(
    client: Client, team: Team, ed: User, video: Generation, taken: list[int]
) -> None:
    answer = take(client, team, ed, named(video), htmx=False)
    assert answer.status_code == 302
    body = text(client.get(answer.url))
    assert f'name="start_frame" value="upload:{Upload.objects.get().uuid}"' in body


@pytest.mark.parametrize(
    "moment", ["", "-1", "1.5", "x", "²", "9" * 20, "9" * 5000, f"{1:012}{'9' * 12}"]
)
def test_odd_moments_are_refused_in_words(
    client: Client, team: Team, ed: User, video: Generation, taken: list[int], moment: str
) -> None:
    answer = take(client, team, ed, named(video), milliseconds=moment)
    assert answer.status_code == 422
    assert taken == []


def test_unknown_target_is_refused(
    client: Client, team: Team, ed: User, video: Generation, taken: list[int]
) -> None:
    assert take(client, team, ed, named(video), target="nowhere").status_code == 422
    assert taken == []


def test_last_frame_takes_the_place_of_the_video(
    client: Client, team: Team, ed: User, video: Generation, taken: list[int]
) -> None:
    lying = {"kind": "image", "image_ref": named(video)}
    body = text(step(client, team, ed, "last:image_ref:0", **lying))
    assert taken == [5042]
    assert f'name="image_ref" value="upload:{Upload.objects.get().uuid}"' in body
    assert "Use its last frame" not in body


def test_video_in_a_slot_for_pictures_offers_its_frames(
    client: Client, team: Team, ed: User, video: Generation
) -> None:
    body = text(step(client, team, ed, f"put:style_ref:{named(video)}", kind="image"))
    assert 'value="last:style_ref:0"' in body
    assert "Use a frame…" in body


def test_ends_change_places_and_the_kind_follows(
    client: Client, team: Team, ed: User, video: Generation
) -> None:
    data = {**form(), "kind": "extend", "start_frame": named(video), "do": "swap"}
    body = text(as_person(client, ed).post(of_team("create", team), data, headers=HTMX))
    assert f'name="end_frame" value="{named(video)}"' in body
    assert 'value="extend_backwards" checked' in body


def test_one_of_several_is_cleared_and_weights_stay_with_theirs(
    client: Client, team: Team, ed: User
) -> None:
    rows = [make_image(team, ed) for _ in range(3)]
    lying: dict[str, Any] = {
        "image_ref": [named(row) for row in rows],
        "image_ref_weight": ["0.1", "0.2", "0.3"],
    }
    body = text(step(client, team, ed, "clear:image_ref:1", kind="image", **lying))
    assert str(rows[1].uuid) not in body
    assert 'value="0.1"' in body
    assert 'value="0.3"' in body
    assert 'value="0.2"' not in body


def test_a_video_s_page_offers_the_frame_on_show(
    client: Client, team: Team, ed: User, ben: User, video: Generation
) -> None:
    shown = text(as_person(client, ed).get(video.get_absolute_url()))
    assert f"{of_team('frame_picker', team)}?of={named(video)}&amp;page=1" in shown
    assert "Use this frame…" in shown
    assert "Use this frame…" not in text(as_person(client, ben).get(video.get_absolute_url()))
    image = make_image(team, ed)
    assert "Use this frame…" not in text(as_person(client, ed).get(image.get_absolute_url()))


@pytest.mark.parametrize(("at", "shown"), [("1250", 1250), ("99999", 5042)])
def test_picker_opens_at_the_moment_that_was_on_show(
    client: Client, team: Team, ed: User, video: Generation, at: str, shown: int
) -> None:
    body = text(show(client, team, ed, named(video), at=at, page="1"))
    assert f'data-at="{shown}"' in body
    assert "hx-post" not in body
    assert show(client, team, ed, named(video), at="soon").status_code == 422


def test_from_a_page_the_frame_goes_to_the_composer_as_it_was_left(
    client: Client, team: Team, ed: User, video: Generation, taken: list[int]
) -> None:
    left = form("image", composition=str(uuid.uuid4()), prompt="{Red|Blue} tins", variations="3")
    as_person(client, ed).post(of_team("draft", team), {**left, "rows": "a,b"})
    path = f"{of_team('take', team)}?of={named(video)}"
    answer = client.post(path, {"milliseconds": "1200", "target": "style_ref"}, follow=True)
    assert answer.redirect_chain == [(of_team("create", team), 302)]
    body = text(answer)
    assert f'name="style_ref" value="upload:{Upload.objects.get().uuid}"' in body
    assert "{Red|Blue} tins</textarea>" in body
    assert "a,b</textarea>" in body
    assert SavedDraft.objects.get().composition == uuid.UUID(left["composition"])
    assert SavedDraft.objects.get().content["variations"] == "3"


def test_from_a_page_it_is_only_kept(
    client: Client, team: Team, ed: User, video: Generation, taken: list[int]
) -> None:
    answer = take(client, team, ed, named(video), target="save", htmx=False)
    assert answer["Location"] == video.get_absolute_url()
    assert "The frame is kept" in text(client.get(answer["Location"]))


def test_frame_is_there_after_a_reload(
    client: Client, team: Team, ed: User, video: Generation, taken: list[int]
) -> None:
    there = {"composition": str(uuid.uuid4()), "prompt": "Typed a moment ago"}
    take(client, team, ed, named(video), target="end_frame", **there)
    body = text(client.get(of_team("create", team)))
    assert f'name="end_frame" value="upload:{Upload.objects.get().uuid}"' in body
    assert "Typed a moment ago</textarea>" in body


def test_text_is_kept_where_the_frame_cannot_be_taken(
    client: Client, team: Team, ed: User, video: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> Upload:
        raise StudioError("There is no such frame.")

    monkeypatch.setattr("generations.composer.frames.add_frame_upload", fails)
    there = {"composition": str(uuid.uuid4()), "prompt": "Typed a moment ago"}
    assert take(client, team, ed, named(video), **there).status_code == 422
    assert "Typed a moment ago</textarea>" in text(client.get(of_team("create", team)))
