"""Remix, use prompt, use settings: on a card's menu, on a generation's page, and what they do."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from generations.models import Kind
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.making import (
    HTMX,
    address,
    as_person,
    card_of,
    checked,
    form,
    make,
    make_image,
    of_team,
    prompt_in,
    text,
)


def use(client: Client, team: Team, user: User, query: str, kind: str, **changes: Any) -> str:
    url = of_team("create", team) + query
    return text(as_person(client, user).post(url, form(kind, **changes), headers=HTMX))


@pytest.mark.parametrize("state", ["completed", "failed", "dreaming"])
def test_card_and_page_offer_all_three_and_say_that_the_result_is_new(
    client: Client, team: Team, ed: User, ben: User, state: str
) -> None:
    row = make(team, ed, state=state)
    create = reverse("generations:create", args=(team.slug,)) + f"?from={row.uuid}"
    uses, page = (text(as_person(client, ed).get(address(n, row))) for n in ("uses", "generation"))
    for body in (card_of(ed, row) + uses, page):
        for query in ("", "&amp;use=prompt", "&amp;use=settings"):
            assert f'href="{create}{query}"' in body, query
        assert "ame settings, new result" in body
    assert create not in card_of(ben, row)
    assert create not in text(as_person(client, ben).get(address("generation", row)))
    for key in "rpa":
        assert f'data-key="{key}"' in text(as_person(client, ed).get(address("generation", row)))


def test_without_a_prompt_there_is_none_to_use(client: Client, team: Team, ed: User) -> None:
    row = make_image(team, ed, prompt="")
    for body in (card_of(ed, row), text(as_person(client, ed).get(address("generation", row)))):
        assert f"from={row.uuid}" in body
        assert "use=prompt" not in body


@pytest.mark.parametrize(
    ("query", "do", "replaced"),
    [
        ("?from={}", "", True),
        ("?from={}&use=prompt", "", True),
        ("?from={}&kind=image&slot=image_ref", "", True),
        ("?starter=harbour", "", True),
        ("", "new", True),
        ("", "update", False),
        ("", "clear:image_ref", False),
        ("", "swap", False),
    ],
)
def test_only_another_draft_replaces_the_whole_form(
    client: Client, team: Team, ed: User, query: str, do: str, replaced: bool
) -> None:
    row = make_image(team, ed)
    url = of_team("create", team) + query.format(row.uuid)
    answer = as_person(client, ed).post(url, form("text_to_video", do=do), headers=HTMX)
    assert answer.status_code == 200
    assert answer.get("HX-Reswap") == ("outerHTML" if replaced else None)


@pytest.mark.parametrize("by_key", [False, True])
def test_use_settings_takes_kind_and_settings_and_leaves_the_rest(
    client: Client, team: Team, ed: User, by_key: bool
) -> None:
    row = make_image(team, ed, prompt="Theirs", recipe={"format": "png", "aspect_ratio": "3:4"})
    steps = (f"?from={row.uuid}&use=settings", ""), ("", f"settings:{row.uuid}")
    query, do = steps[by_key]
    body = use(client, team, ed, query, "text_to_video", variations="4", do=do)
    assert checked(body) == "image"
    assert prompt_in(body) == "A quiet harbour"
    for value in ("png", "3:4"):
        assert f'<option value="{value}" selected>' in body
    assert 'name="variations" id="composer-image-variations" value="4"' in body


def test_use_settings_between_kinds_of_two_ends_leaves_what_lies_there(
    client: Client, team: Team, ed: User
) -> None:
    image = make_image(team, ed)
    row = make(team, ed, recipe={"duration": "9s", "model": "ray-flash-2", "loop": True})
    reference = f"generation:{image.uuid}"
    body = use(
        client,
        team,
        ed,
        f"?from={row.uuid}&use=settings",
        "image_to_video",
        start_frame=reference,
    )
    assert checked(body) == "image_to_video"
    assert f'name="start_frame" value="{reference}"' in body
    assert '<option value="9s" selected>' in body
    assert 'name="loop" id="composer-image_to_video-loop" checked' in body


def test_use_settings_clears_a_setting_that_the_other_has_not(
    client: Client, team: Team, ed: User
) -> None:
    row = make(team, ed)
    body = use(client, team, ed, f"?from={row.uuid}&use=settings", Kind.TEXT_TO_VIDEO, loop="on")
    assert 'name="loop" id="composer-text_to_video-loop" >' in body


def test_remix_of_what_used_something_that_is_gone_says_so_at_the_slot(
    client: Client, team: Team, ed: User
) -> None:
    image = make_image(team, ed)
    row = make(team, ed, kind="image_to_video")
    row.inputs.create(slot="start_frame", source=image)
    image.trashed_at = image.created_at
    image.save()
    body = use(client, team, ed, f"?from={row.uuid}", "text_to_video")
    assert checked(body) == "image_to_video"
    assert 'id="slot-start_frame-error"' in body
