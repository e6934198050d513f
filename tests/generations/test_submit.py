"""Pressing Generate: what is made, what is refused and in which words, and what stays."""

import uuid
from typing import Any

import pytest
from django.test import Client

from generations.models import Generation, GenerationInput
from studio.accounts.models import User
from studio.teams.models import Membership, Team
from tests.generations.making import (
    HTMX,
    as_person,
    form,
    make,
    make_image,
    of_team,
    picture,
    text,
)


def press(client: Client, team: Team, user: User | None, **changes: Any) -> Any:
    return as_person(client, user).post(of_team("submit", team), form(**changes), headers=HTMX)


def test_editor_gets_a_pending_card_first_in_the_grid(client: Client, team: Team, ed: User) -> None:
    answer = press(client, team, ed)
    made = Generation.objects.get()
    assert answer.status_code == 200
    assert made.state == "queued"
    assert made.prompt == "A quiet harbour"
    body = text(answer)
    assert 'hx-swap-oob="afterbegin:#grid"' in body
    assert f'data-generation="{made.uuid}" data-state="queued"' in body
    assert 'aria-label="A quiet harbour, Text to video, Queued"' in body


def test_text_and_settings_stay_under_a_fresh_submit_key(
    client: Client, team: Team, ed: User
) -> None:
    key = str(uuid.uuid4())
    body = text(press(client, team, ed, submit_key=key, resolution="1080p", duration="9s"))
    assert "A quiet harbour</textarea>" in body
    assert '<option value="1080p" selected>' in body
    assert '<option value="9s" selected>' in body
    assert f'name="submit_key" value="{key}"' not in body


def test_answer_says_what_was_sent_and_wakes_the_poller(
    client: Client, team: Team, ed: User
) -> None:
    body = text(press(client, team, ed))
    assert "Sent to queue: 1 video, about $0.71." in body
    assert 'id="poller"' in body
    assert 'data-every="2000"' in body
    assert 'id="balance"' in body


def test_several_variations_are_several_cards(client: Client, team: Team, ed: User) -> None:
    body = text(press(client, team, ed, variations="3"))
    assert Generation.objects.count() == 3
    assert body.count("data-generation=") == 3
    assert "Sent to queue: 3 videos" in body


def test_same_submit_key_twice_makes_one(client: Client, team: Team, ed: User) -> None:
    key = str(uuid.uuid4())
    press(client, team, ed, submit_key=key)
    second = press(client, team, ed, submit_key=key)
    assert second.status_code == 200
    assert Generation.objects.count() == 1
    assert "afterbegin:#grid" not in text(second)


def test_same_submit_key_of_another_person_is_their_own_press(
    client: Client, team: Team, ed: User, ada: User
) -> None:
    key = str(uuid.uuid4())
    press(client, team, ed, submit_key=key)
    press(client, team, ada, submit_key=key)
    assert {row.author for row in Generation.objects.all()} == {ed, ada}


@pytest.mark.parametrize("key", [None, "", "not-a-key"])
def test_old_form_is_refused_with_its_text_kept(
    client: Client, team: Team, ed: User, key: str | None
) -> None:
    answer = press(client, team, ed, submit_key=key, prompt="Keep me")
    assert answer.status_code == 422
    assert "This form is too old. Check and send again." in text(answer)
    assert "Keep me</textarea>" in text(answer)
    assert not Generation.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"prompt": ""}, "Write a prompt or add a start image."),
        ({"prompt": " \n\u200b\t"}, "Write a prompt or add a start image."),
        ({"prompt": "ab"}, "At least 3 characters."),
        ({"prompt": "a" * 5001}, "5,000 is the most Luma accepts; yours has 5,001."),
        ({"prompt": "🎬" * 5001}, "5,000 is the most Luma accepts; yours has 5,001."),
        ({"model": "ray-1-6"}, "This model is not available. Choose one of the list."),
        ({"model": "photon-1"}, "This model is not available. Choose one of the list."),
        ({"model": None}, "This model is not available. Choose one of the list."),
        ({"aspect_ratio": "16:10"}, "Choose one of 7 ratios."),
        ({"resolution": "8k"}, "Choose 540p, 720p, 1080p or 4k."),
        ({"duration": "7s"}, "5 s or 9 s."),
        ({"duration": "0"}, "5 s or 9 s."),
        ({"duration": "-5s"}, "5 s or 9 s."),
        ({"variations": "0"}, "1 to 8."),
        ({"variations": "-1"}, "1 to 8."),
        ({"variations": "9"}, "1 to 8."),
        ({"variations": "1000000000"}, "1 to 8."),
        ({"variations": "3.5"}, "1 to 8."),
    ],
)
def test_bad_input_is_refused_in_plain_words(
    client: Client, team: Team, ed: User, changes: dict[str, Any], sentence: str
) -> None:
    answer = press(client, team, ed, **changes)
    body = text(answer)
    assert answer.status_code == 422
    assert body.count(sentence) == 2, "once in the summary, once at the field"
    assert 'role="alert"' in body
    assert not Generation.objects.exists()


def test_unknown_kind_is_refused(client: Client, team: Team, ed: User) -> None:
    data = {**form(), "kind": "hologram"}
    answer = as_person(client, ed).post(of_team("submit", team), data, headers=HTMX)
    assert answer.status_code == 422
    assert "This cannot be made here. Choose one of the list." in text(answer)


def test_every_reason_is_given_at_once(client: Client, team: Team, ed: User) -> None:
    body = text(press(client, team, ed, prompt="a", duration="7s", variations="9"))
    for sentence in ("At least 3 characters.", "5 s or 9 s.", "1 to 8."):
        assert sentence in body


def test_summary_links_to_the_wrong_field(client: Client, team: Team, ed: User) -> None:
    body = text(press(client, team, ed, duration="7s"))
    assert '<a href="#composer-text_to_video-duration">5 s or 9 s.</a>' in body
    assert 'id="composer-text_to_video-duration" aria-invalid="true"' in body


def test_five_thousand_emoji_are_accepted(client: Client, team: Team, ed: User) -> None:
    assert press(client, team, ed, prompt="🎬" * 5000).status_code == 200
    assert len(Generation.objects.get().prompt) == 5000


def test_control_characters_are_removed_and_said(client: Client, team: Team, ed: User) -> None:
    body = text(press(client, team, ed, prompt="A quiet\x00 \x07harbour\nat night"))
    assert Generation.objects.get().prompt == "A quiet harbour\nat night"
    assert "Invisible characters were removed." in body


@pytest.mark.parametrize("prompt", ["<script>alert(1)</script>", "{{7*7}}", '" onfocus="x'])
def test_markup_is_shown_as_it_was_typed(client: Client, team: Team, ed: User, prompt: str) -> None:
    body = press(client, team, ed, prompt=prompt).content.decode()
    assert Generation.objects.get().prompt == prompt
    assert "<script>alert" not in body
    assert 'onfocus="x' not in body
    assert "49" not in body.split("</textarea>")[0].split("<textarea")[1] or "7*7" in body


def test_parameter_sent_twice_is_refused(client: Client, team: Team, ed: User) -> None:
    data = {**form(), "model": ["ray-2", "ray-flash-2"]}
    answer = as_person(client, ed).post(of_team("submit", team), data, headers=HTMX)
    assert answer.status_code == 422
    assert "This was sent twice." in text(answer)
    assert not Generation.objects.exists()


def test_dearer_price_is_shown_and_must_be_accepted(client: Client, team: Team, ed: User) -> None:
    answer = press(client, team, ed, resolution="1080p", quoted="700000")
    body = text(answer)
    assert answer.status_code == 422
    assert "The price is now $" in body
    assert "Send again to accept." in body
    assert not Generation.objects.exists()
    accepted = body.split('name="quoted" value="')[1].split('"')[0]
    again = press(client, team, ed, resolution="1080p", quoted=accepted)
    assert again.status_code == 200
    assert Generation.objects.count() == 1


def test_without_javascript_the_press_ends_on_the_generation(
    client: Client, team: Team, ed: User
) -> None:
    answer = as_person(client, ed).post(of_team("submit", team), form())
    assert answer.status_code == 302
    assert answer["Location"] == Generation.objects.get().get_absolute_url()


def test_without_javascript_an_error_is_a_whole_page(client: Client, team: Team, ed: User) -> None:
    answer = as_person(client, ed).post(of_team("submit", team), form(prompt="ab"))
    assert answer.status_code == 422
    assert "<h1>Create</h1>" in text(answer)
    assert "At least 3 characters." in text(answer)


def test_picture_from_the_library_is_taken(client: Client, team: Team, ed: User) -> None:
    image = make_image(team, ed)
    answer = press(client, team, ed, kind="image_to_video", start_frame=f"generation:{image.uuid}")
    assert answer.status_code == 200
    assert GenerationInput.objects.get().source == image


def test_picture_of_another_team_is_not_found(
    client: Client, team: Team, ed: User, cleo: User
) -> None:
    theirs = make_image(cleo.memberships.get().team, cleo)
    answer = press(client, team, ed, kind="image_to_video", start_frame=f"generation:{theirs.uuid}")
    assert answer.status_code == 404
    assert Generation.objects.filter(team=team).count() == 0


def test_source_that_came_to_nothing_says_so_at_its_slot(
    client: Client, team: Team, ed: User
) -> None:
    early = make(team, ed, kind="image", state="failed")
    body = text(
        press(client, team, ed, kind="image_to_video", start_frame=f"generation:{early.uuid}")
    )
    assert "It did not come to be, so it cannot be used. Choose another." in body
    assert 'id="slot-start_frame-error"' in body


def test_empty_slot_is_named_and_linked(client: Client, team: Team, ed: User) -> None:
    answer = press(client, team, ed, kind="image_to_video")
    assert answer.status_code == 422
    assert '<a href="#slot-start_frame">Add a start frame or an end frame.</a>' in text(answer)


def test_refused_address_keeps_what_was_typed(client: Client, team: Team, ed: User) -> None:
    answer = press(
        client, team, ed, kind="image_to_video", start_frame_url="http://example.com/a.png"
    )
    assert answer.status_code == 422
    assert "https addresses only." in text(answer)
    assert 'value="url:http://example.com/a.png"' in text(answer)


def test_file_that_came_with_the_form_is_stored_and_used(
    client: Client, team: Team, ed: User
) -> None:
    file = _named(picture(), "frame.png")
    data = {**form("image_to_video"), "start_frame_file": file}
    answer = as_person(client, ed).post(of_team("submit", team), data)
    assert answer.status_code == 302
    row = GenerationInput.objects.get()
    assert row.upload is not None
    assert row.upload.original_name == "frame.png"


def test_hostile_file_is_refused_at_its_slot(client: Client, team: Team, ed: User) -> None:
    file = _named(b"<script>alert(1)</script>", "frame.png")
    data = {**form("image_to_video"), "start_frame_file": file}
    answer = as_person(client, ed).post(of_team("submit", team), data, headers=HTMX)
    assert answer.status_code == 422
    assert 'id="slot-start_frame-error"' in text(answer)
    assert not Generation.objects.exists()


def _named(content: bytes, name: str) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content, content_type="image/png")


def test_viewer_is_told_and_editor_may(client: Client, team: Team, ben: User, ed: User) -> None:
    refused = press(client, team, ben)
    assert refused.status_code == 403
    assert "You can view but no longer create in this team." in text(refused)
    assert press(client, team, ed).status_code == 200


def test_role_lowered_while_the_form_was_open(client: Client, team: Team, ed: User) -> None:
    assert press(client, team, ed).status_code == 200
    Membership.objects.filter(user=ed).update(role="viewer")
    assert press(client, team, ed).status_code == 403
    assert Generation.objects.count() == 1


def test_stranger_gets_404(client: Client, team: Team, cleo: User) -> None:
    assert press(client, team, cleo).status_code == 404


def test_team_that_is_gone_answers_with_a_way_home(client: Client, ed: User) -> None:
    answer = as_person(client, ed).post("/t/gone/create/submit/", form())
    assert answer.status_code == 404
    assert 'href="/"' in text(answer)


def test_anonymous_visitor_is_sent_to_sign_in(client: Client, team: Team) -> None:
    answer = as_person(client, None).post(of_team("submit", team), form())
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]
    htmx = client.post(of_team("submit", team), form(), headers=HTMX)
    assert htmx.status_code == 401
    assert "/accounts/login/" in htmx["HX-Redirect"]


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/xml"])
def test_other_content_types_get_415(
    client: Client, team: Team, ed: User, content_type: str
) -> None:
    answer = as_person(client, ed).post(of_team("submit", team), "{}", content_type=content_type)
    assert answer.status_code == 415


@pytest.mark.parametrize("method", ["get", "put", "delete", "trace", "patch"])
def test_other_methods_get_405(client: Client, team: Team, ed: User, method: str) -> None:
    answer = getattr(as_person(client, ed), method)(of_team("submit", team))
    assert answer.status_code == 405


def test_missing_csrf_token_keeps_calm(team: Team, ed: User) -> None:
    strict = as_person(Client(enforce_csrf_checks=True), ed)
    answer = strict.post(of_team("submit", team), form())
    assert answer.status_code == 403
    assert "Your session changed" in text(answer)
    assert not Generation.objects.exists()


def test_too_many_fields_and_too_much_text_get_413(client: Client, team: Team, ed: User) -> None:
    many = {**form(), **{f"field{number}": "x" for number in range(300)}}
    long = form(prompt="a" * 3_000_000)
    for data in (many, long):
        answer = as_person(client, ed).post(of_team("submit", team), data, headers=HTMX)
        assert answer.status_code == 413
        assert "Too large." in text(answer)
    assert not Generation.objects.exists()
