"""Pressing Generate: what is made, what is refused and in which words, and what stays."""

import uuid
from typing import Any

from django.test import Client

from generations.lifecycle.api_key import current_key
from generations.models import ApiKey, Generation, GenerationInput
from generations.templatetags.money import dollars
from studio.accounts.models import User
from studio.clock import now
from studio.teams.models import Team
from tests.generations.making import (
    HTMX,
    as_person,
    form,
    hidden,
    make_image,
    of_team,
    picture,
    press,
    text,
)


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


def test_header_and_composer_tell_the_same_balance_after_a_press(
    client: Client, team: Team, ed: User
) -> None:
    ApiKey.objects.update_or_create(
        pk=current_key().pk, defaults={"balance_micros": 10_000_000, "balance_at": now()}
    )
    body = text(press(client, team, ed))
    price = Generation.objects.get().quote_micros or 0
    left = [dollars(10_000_000 - price * presses) for presses in (1, 2)]
    assert f'<span class="shell-header__amount">{left[0]}</span>' in body
    assert f"Balance {left[0]} → ≈ {left[1]}" in body


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
    assert "This was sent already; nothing was sent twice." in text(second)


def test_same_submit_key_of_another_person_is_their_own_press(
    client: Client, team: Team, ed: User, ada: User
) -> None:
    key = str(uuid.uuid4())
    press(client, team, ed, submit_key=key)
    press(client, team, ada, submit_key=key)
    assert {row.author for row in Generation.objects.all()} == {ed, ada}


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


def test_dearer_price_is_shown_and_must_be_accepted(client: Client, team: Team, ed: User) -> None:
    answer = press(client, team, ed, resolution="1080p", quoted="700000")
    body = text(answer)
    assert answer.status_code == 422
    assert "The price is now $" in body
    assert "Send again to accept." in body
    assert not Generation.objects.exists()
    again = press(client, team, ed, resolution="1080p", quoted=hidden(body, "quoted"))
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
    answer = press(client, team, ed, kind="image_to_video", start_frame_file=file)
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


def test_stranger_gets_404(client: Client, team: Team, cleo: User) -> None:
    assert press(client, team, cleo).status_code == 404


def test_anonymous_visitor_is_sent_to_sign_in(client: Client, team: Team) -> None:
    answer = as_person(client, None).post(of_team("submit", team), form())
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]
    htmx = client.post(of_team("submit", team), form(), headers=HTMX)
    assert htmx.status_code == 401
    assert "/accounts/login/" in htmx["HX-Redirect"]


def test_a_press_without_a_count_is_refused_and_spaces_around_one_are_not(
    client: Client, team: Team, ed: User
) -> None:
    url = of_team("submit", team)
    without = as_person(client, ed).post(url, form(variations=None), headers=HTMX)
    assert without.status_code == 422
    assert not Generation.objects.exists()
    assert client.post(url, form(variations=" 3 "), headers=HTMX).status_code == 200
    assert Generation.objects.count() == 3
