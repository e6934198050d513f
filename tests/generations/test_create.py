"""The composer's page and its steps: kinds, slots, results to start from, no script."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generations.media.models import Upload
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.making import (
    HTMX,
    as_person,
    checked,
    form,
    make,
    make_image,
    make_upload,
    of_team,
    press,
    prompt_in,
    step,
    text,
)


def page(client: Client, team: Team, user: User | None, **query: Any) -> Any:
    return as_person(client, user).get(of_team("create", team), query)


def test_editor_may_and_viewer_may_not(
    client: Client, team: Team, ed: User, ben: User, cleo: User
) -> None:
    assert page(client, team, ed).status_code == 200
    assert page(client, team, ben).status_code == 403
    assert page(client, team, cleo).status_code == 404
    assert page(client, team, None).status_code == 302


def test_what_styles_want_empty_holds_no_space(client: Client, team: Team, ed: User) -> None:
    """:empty does not match an element with a line break in it."""
    body = page(client, team, ed).content.decode()
    assert '<span class="camera__chosen"></span>' in body
    press(client, team, ed)
    listed = as_person(client, ed).get(of_team("history", team), headers=HTMX).content.decode()
    assert '<p class="saved__note" role="status"></p>' in listed


def test_names_are_those_that_people_and_tests_look_for(
    client: Client, team: Team, ed: User
) -> None:
    body = text(page(client, team, ed, kind="image_to_video"))
    assert 'aria-label="Composer"' in body
    assert 'role="radiogroup" aria-label="Create"' in body
    for label in ("Text to video", "Image to video", "Image"):
        assert f"</svg>{label} </span>" in body
    for label in ("Model", "Aspect ratio", "Resolution", "Duration", "Variations"):
        assert f'<span class="visually-hidden">{label}</span>' in body
    assert "</svg>Loop </span>" in body
    assert '<legend class="visually-hidden">Start frame</legend>' in body
    for label in ("Choose from library", "Upload", "Paste address", "Clear"):
        assert f'aria-label="{label}"' in body
    assert "<span>Generate ≈ $0.71</span>" in body


def test_only_the_kinds_fields_are_on_the_page(client: Client, team: Team, ed: User) -> None:
    image = text(page(client, team, ed, kind="image"))
    assert 'name="format"' in image
    assert 'name="duration"' not in image
    assert 'name="start_frame' not in image


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("text_to_video", ["Optional", "Optional"]),
        ("image_to_video", ["Add a start frame or an end frame.", "Optional"]),
        ("keyframes", ["Add a picture.", "Add a picture."]),
        ("extend", ["Add a finished video of yours.", "Optional"]),
        ("extend_backwards", ["Optional", "Add a finished video of yours."]),
        ("bridge", ["Add a video or a picture.", "Add a video or a picture."]),
        ("modify_video", ["Add a video.", "Optional"]),
        ("upscale", ["Add a video."]),
        ("image", ["Optional"] * 4),
        ("reframe_image", ["Add a picture."]),
    ],
)
def test_an_empty_slot_says_what_it_wants(
    client: Client, team: Team, ed: User, kind: str, words: list[str]
) -> None:
    body = text(page(client, team, ed, kind=kind))
    assert re.findall(r'class="slot__name slot__name--empty">\s*([^<]*?)\s*<', body) == words


def test_a_start_frame_is_not_wanted_beside_an_end_frame(
    client: Client, team: Team, ed: User
) -> None:
    end = f"generation:{make_image(team, ed).uuid}"
    body = text(page(client, team, ed, kind="image_to_video", end_frame=end))
    assert "Optional" in body
    assert "Add a start frame" not in body


def test_fragment_comes_to_htmx_and_a_page_to_others(client: Client, team: Team, ed: User) -> None:
    fragment = text(step(client, team, ed))
    assert fragment.startswith('<section class="composer" id="composer"')
    whole = text(as_person(client, ed).post(of_team("create", team), form()))
    assert "<!doctype html>" in whole


def test_text_survives_a_change_of_kind(client: Client, team: Team, ed: User) -> None:
    body = text(step(client, team, ed, kind="image", prompt="Keep this", aspect_ratio="9:16"))
    assert "Keep this</textarea>" in body
    assert checked(body) == "image"
    assert '<option value="9:16" selected>' in body


def test_setting_that_the_kind_does_not_have_is_said(client: Client, team: Team, ed: User) -> None:
    body = text(step(client, team, ed, kind="image", model="ray-flash-2"))
    assert "Ray Flash 2 is not available for Image; using Photon." in body
    assert '<option value="photon-1" selected>' in body


def test_a_loop_that_two_frames_forbid_is_said(client: Client, team: Team, ed: User) -> None:
    frames = [f"generation:{make_image(team, ed).uuid}" for _ in range(2)]
    ends = {"start_frame": frames[0], "end_frame": frames[1]}
    said = "Looping does not work with an end frame, so it is off."
    assert said in text(step(client, team, ed, kind="image_to_video", loop="on", **ends))
    assert said not in text(step(client, team, ed, kind="image_to_video", **ends))
    assert said not in text(step(client, team, ed, kind="image", loop="on"))


def test_nothing_is_made_by_a_step(client: Client, team: Team, ed: User) -> None:
    from generations.models import Generation

    step(client, team, ed)
    assert not Generation.objects.exists()


def test_submit_key_survives_a_step(client: Client, team: Team, ed: User) -> None:
    key = str(uuid.uuid4())
    assert f'value="{key}"' in text(step(client, team, ed, submit_key=key))


def test_picture_is_put_into_a_slot_and_taken_out(client: Client, team: Team, ed: User) -> None:
    image = make_image(team, ed)
    reference = f"generation:{image.uuid}"
    filled = text(step(client, team, ed, f"put:start_frame:{reference}", kind="image_to_video"))
    assert f'name="start_frame" value="{reference}"' in filled
    assert 'class="slot__picture"' in filled
    cleared = text(
        step(client, team, ed, "clear:start_frame", kind="image_to_video", start_frame=reference)
    )
    assert 'name="start_frame" value=' not in cleared


def test_second_picture_takes_the_place_of_the_first(client: Client, team: Team, ed: User) -> None:
    first, second = make_image(team, ed), make_image(team, ed)
    body = text(
        step(
            client,
            team,
            ed,
            f"put:start_frame:generation:{second.uuid}",
            kind="image_to_video",
            start_frame=f"generation:{first.uuid}",
        )
    )
    assert str(second.uuid) in body
    assert str(first.uuid) not in body


def test_video_in_a_slot_for_pictures_is_refused_in_words(
    client: Client, team: Team, ed: User
) -> None:
    video = make(team, ed)
    body = text(step(client, team, ed, f"put:style_ref:generation:{video.uuid}", kind="image"))
    assert "Style reference takes a picture; this is a video. Use one of its frames." in body


def test_a_video_at_the_start_makes_it_an_extension(client: Client, team: Team, ed: User) -> None:
    video = make(team, ed)
    body = text(
        step(client, team, ed, f"put:start_frame:generation:{video.uuid}", kind="image_to_video")
    )
    assert 'id="composer-kind-extend" value="extend" checked' in body


def test_foreign_picture_is_not_found(client: Client, team: Team, ed: User, cleo: User) -> None:
    theirs = make_image(cleo.memberships.get().team, cleo)
    answer = step(
        client, team, ed, f"put:start_frame:generation:{theirs.uuid}", kind="image_to_video"
    )
    assert answer.status_code == 404


def test_typed_address_takes_the_slot(client: Client, team: Team, ed: User) -> None:
    image = make_image(team, ed)
    body = text(
        step(
            client,
            team,
            ed,
            "address:start_frame",
            kind="image_to_video",
            start_frame=f"generation:{image.uuid}",
            start_frame_url="ftp://example.com/a.png",
        )
    )
    assert 'name="start_frame" value="url:ftp://example.com/a.png"' in body
    assert "https addresses only." in body


def test_picker_works_without_script(client: Client, team: Team, ed: User) -> None:
    image = make_image(team, ed, prompt="A picture to choose")
    data = {**form("image_to_video"), "do": "pick:start_frame"}
    body = text(as_person(client, ed).post(of_team("create", team), data))
    assert "<!doctype html>" in body
    assert f'value="put:start_frame:generation:{image.uuid}"' in body
    assert "A picture to choose" in body


def test_remix_brings_the_whole_recipe(client: Client, team: Team, ed: User) -> None:
    row = make(
        team,
        ed,
        prompt="Over the hills",
        recipe={"model": "ray-flash-2", "resolution": "540p", "duration": "9s", "loop": True},
    )
    body = text(page(client, team, ed, **{"from": row.uuid}))
    assert "Over the hills</textarea>" in body
    assert checked(body) == "text_to_video"
    for value in ("ray-flash-2", "540p", "9s"):
        assert f'<option value="{value}" selected>' in body
    assert 'name="loop" id="composer-text_to_video-loop" checked' in body
    assert "autofocus" in body


def test_animate_puts_the_image_into_the_start_frame(client: Client, team: Team, ed: User) -> None:
    image = make_image(team, ed)
    query = {"from": image.uuid, "kind": "image_to_video", "slot": "start_frame"}
    body = text(page(client, team, ed, **query))
    assert checked(body) == "image_to_video"
    assert f'name="start_frame" value="generation:{image.uuid}"' in body


def test_use_prompt_changes_nothing_else(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, kind="image", prompt="Only my words")
    url = of_team("create", team) + f"?from={row.uuid}&use=prompt"
    answer = as_person(client, ed).post(url, form(resolution="4k"), headers=HTMX)
    body = text(answer)
    assert "Only my words</textarea>" in body
    assert checked(body) == "text_to_video"
    assert '<option value="4k" selected>' in body


@pytest.mark.parametrize("name", ["harbour", "ridge", "dunes"])
def test_starter_fills_the_composer(client: Client, team: Team, ed: User, name: str) -> None:
    body = text(page(client, team, ed, starter=name))
    assert len(prompt_in(body)) > 20


def test_unknown_starter_is_an_empty_composer(client: Client, team: Team, ed: User) -> None:
    assert page(client, team, ed, starter="nothing").status_code == 200


def test_step_with_another_content_type_is_415(client: Client, team: Team, ed: User) -> None:
    answer = as_person(client, ed).post(
        of_team("create", team), "{}", content_type="application/json"
    )
    assert answer.status_code == 415


def test_inputs_are_read_once(client: Client, team: Team, ed: User) -> None:
    upload = make_upload(team, ed)
    reference = f"upload:{upload.uuid}"
    lying = form("image_to_video", composition=str(uuid.uuid4()), start_frame=reference)
    as_person(client, ed)

    def looked_up(answer: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert reference in text(answer())
        table = f'FROM "{Upload._meta.db_table}"'
        return sum(one["sql"].startswith("SELECT") and table in one["sql"] for one in caught)

    create, submit = of_team("create", team), of_team("submit", team)
    put = {**lying, "start_frame": "", "do": f"put:start_frame:{reference}"}
    assert looked_up(lambda: client.post(create, put, headers=HTMX)) == 1
    assert looked_up(lambda: client.get(create)) == 1
    assert looked_up(lambda: client.get(of_team("library", team))) == 1
    pressed = looked_up(lambda: client.post(submit, lying, headers=HTMX))
    assert pressed == 1, "by the composer, whose order is what is written"
