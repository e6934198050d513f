"""The library page: who sees it, what is on it, and that it costs the same however full."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from generations.media import store
from generations.models import Generation
from studio.accounts.models import User
from studio.clock import now
from studio.teams.models import Team
from tests.generations.making import address, as_person, make, make_image, of_team, text


def page(client: Client, team: Team, user: User | None, query: str = "") -> Any:
    return as_person(client, user).get(of_team("library", team) + query)


@pytest.mark.parametrize("name", ["ada", "ed", "ben"])
def test_every_member_sees_it(
    client: Client, team: Team, name: str, request: pytest.FixtureRequest
) -> None:
    assert page(client, team, request.getfixturevalue(name)).status_code == 200


def test_stranger_gets_404_and_anonymous_signs_in(client: Client, team: Team, cleo: User) -> None:
    assert page(client, team, cleo).status_code == 404
    answer = page(client, team, None)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next=/t/{team.slug}/"


def test_composer_and_balance_are_for_those_who_create(
    client: Client, team: Team, ed: User, ben: User
) -> None:
    for_editor, for_viewer = text(page(client, team, ed)), text(page(client, team, ben))
    assert 'aria-label="Composer"' in for_editor
    assert 'id="balance"' in for_editor
    assert 'aria-label="Composer"' not in for_viewer
    assert 'id="balance"' not in for_viewer


def test_empty_library_offers_three_priced_starters(client: Client, team: Team, ed: User) -> None:
    body = text(page(client, team, ed))
    assert "Nothing here yet" in body
    assert body.count('class="starter"') == 3
    assert body.count('<span class="starter__price">') == 3
    assert body.count("≈ $") >= 4


def test_empty_library_offers_a_viewer_nothing_to_press(
    client: Client, team: Team, ben: User
) -> None:
    body = text(page(client, team, ben))
    assert "Nothing here yet" in body
    assert "starter" not in body


def test_card_is_named_by_prompt_kind_and_state(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, prompt="Boats at night\nslow pan", state="dreaming")
    body = text(page(client, team, ed))
    assert 'aria-label="Boats at night, Text to video, Dreaming"' in body
    assert f'data-generation="{row.uuid}" data-state="dreaming"' in body


def test_in_progress_cards_are_followed_and_finished_ones_are_not(
    client: Client, team: Team, ed: User
) -> None:
    finished = make(team, ed)
    body = text(page(client, team, ed))
    assert "data-every" not in body
    busy = make(team, ed, state="dreaming", version=7)
    body = text(page(client, team, ed))
    assert 'data-every="2000"' in body
    poller = body.split('id="poller"')[1].split(">")[0]
    assert f"{busy.uuid}.7" in poller
    assert f"{finished.uuid}." not in poller


def test_storing_is_asked_for_every_second(client: Client, team: Team, ed: User) -> None:
    make(team, ed, state="storing")
    assert 'data-every="1000"' in text(page(client, team, ed))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("failed", "Refunded"),
        ("refused", "Not charged"),
        ("cancelled", "Not charged"),
        ("needs_decision", "Charge not confirmed"),
        ("unconfirmed", "Charge not confirmed"),
        ("completed", "$0.71"),
        ("queued", "≈ $0.71"),
    ],
)
def test_card_says_what_became_of_the_money(
    client: Client, team: Team, ed: User, state: str, words: str
) -> None:
    make(team, ed, state=state)
    assert f'<span class="generation-card__price">{words}</span>' in text(page(client, team, ed))


def test_unknown_price_is_never_zero(client: Client, team: Team, ed: User) -> None:
    make(team, ed, quote_micros=None)
    body = text(page(client, team, ed))
    assert "price unknown" in body
    assert "$0.00" not in body


def test_failed_card_gives_advice_and_refused_card_the_reason(
    client: Client, team: Team, ed: User
) -> None:
    make(team, ed, state="failed", failure_reason="Frame moderation failed")
    make(team, ed, state="refused", failure_reason="Loop is not supported for keyframes")
    body = text(page(client, team, ed))
    assert "Luma&#x27;s safety check refused the picture. Refunded." in body
    assert "Luma refused this: Loop is not supported for keyframes. Not charged." in body


def test_actions_follow_the_media(client: Client, team: Team, ed: User) -> None:
    image = make_image(team, ed)
    body = text(page(client, team, ed)).split(f'id="card-{image.uuid}"')[1]
    for name in ("Animate", "Remix", "Download", "More"):
        assert f'aria-label="{name}"' in body
    assert 'aria-label="Extend"' not in body


def test_viewer_may_download_and_nothing_else(
    client: Client, team: Team, ed: User, ben: User
) -> None:
    make_image(team, ed)
    body = text(page(client, team, ben))
    assert 'aria-label="Download"' in body
    for name in ("Animate", "Remix"):
        assert f'aria-label="{name}"' not in body
    assert "Move to trash" not in body


def test_editor_may_trash_their_own_and_the_owner_everybodys(
    client: Client, team: Team, ed: User, ada: User
) -> None:
    make(team, ada)
    assert "Move to trash" not in text(page(client, team, ed))
    assert "Move to trash" in text(page(client, team, ada))
    make(team, ed)
    assert text(page(client, team, ed)).count("Move to trash") == 1


def test_private_work_of_others_is_not_shown(
    client: Client, team: Team, ed: User, ada: User
) -> None:
    make(team, ada, prompt="Secret of Ada", visibility="private")
    assert "Secret of Ada" not in text(page(client, team, ed))
    assert "Secret of Ada" in text(page(client, team, ada))


def test_trashed_work_is_not_shown(client: Client, team: Team, ed: User) -> None:
    make(team, ed, prompt="Gone away", trashed_at=now())
    assert "Gone away" not in text(page(client, team, ed))


def test_forty_eight_cards_cost_no_more_queries_than_one(
    client: Client, team: Team, ed: User, django_assert_max_num_queries: Any
) -> None:
    make_image(team, ed)
    as_person(client, ed).get(of_team("library", team))
    with django_assert_max_num_queries(12) as few:
        client.get(of_team("library", team))
    for number in range(60):
        make_image(team, ed, prompt=f"Picture {number}")
    with django_assert_max_num_queries(12) as many:
        body = text(client.get(of_team("library", team)))
    assert body.count("<article") == 48
    assert len(many) == len(few)


def test_pages_follow_each_other_without_gap_or_repeat(
    client: Client, team: Team, ed: User, settings: Any
) -> None:
    settings.LIBRARY_PAGE_SIZE = 3
    moment = now()
    rows = [make(team, ed, created_at=moment, prompt=f"Number {n}") for n in range(8)]
    seen: list[str] = []
    query = ""
    for _ in range(3):
        body = text(page(client, team, ed, query))
        seen += [part.split('"')[0] for part in body.split('data-generation="')[1:]]
        query = f"?before={body.split('?before=')[1][:36]}" if "?before=" in body else ""
    assert seen == [str(row.uuid) for row in reversed(rows)]
    assert query == ""


@pytest.mark.parametrize("before", ["0", "abc", "-1", "00000000-0000-0000-0000-000000000000"])
def test_odd_page_keys_mean_the_first_page(
    client: Client, team: Team, ed: User, before: str
) -> None:
    make(team, ed, prompt="Newest of all")
    answer = page(client, team, ed, f"?before={before}")
    assert answer.status_code == 200
    assert "Newest of all" in text(answer)


def test_page_key_of_something_trashed_still_leads_on(client: Client, team: Team, ed: User) -> None:
    make(team, ed, prompt="The older one")
    key = make(team, ed, prompt="The key")
    Generation.objects.filter(pk=key.pk).update(trashed_at=now())
    make(team, ed, prompt="The newer one")
    body = text(page(client, team, ed, f"?before={key.uuid}"))
    assert "The older one" in body
    assert "The newer one" not in body


def test_older_fragment_is_cards_alone(client: Client, team: Team, ed: User, settings: Any) -> None:
    settings.LIBRARY_PAGE_SIZE = 2
    rows = [make(team, ed) for _ in range(5)]
    answer = as_person(client, ed).get(of_team("older", team) + f"?before={rows[3].uuid}")
    body = text(answer)
    assert "<html" not in body
    assert [f'id="card-{rows[n].uuid}"' in body for n in (4, 3, 2, 1, 0)] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert f"?before={rows[1].uuid}" in body


def test_primary_keys_never_leave_the_server(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, id=987_654_321, prompt="Plain")
    body = text(page(client, team, ed)) + text(
        as_person(client, ed).get(address("generation", row))
    )
    assert "987654321" not in body
    assert "987,654,321" not in body


def test_cards_are_free_of_the_time_of_day(client: Client, team: Team, ed: User) -> None:
    make(team, ed, created_at=now() - timedelta(hours=3))
    body = text(page(client, team, ed))
    assert "ago</st-time>" not in body
    assert '<st-time mode="ago" datetime="' in body


def test_home_leads_to_the_team_last_used(client: Client, team: Team, ada: User) -> None:
    assert as_person(client, ada).get("/")["Location"] == f"/t/{team.slug}/"


def test_person_without_a_team_is_told(client: Client, mo: User) -> None:
    answer = as_person(client, mo).get("/")
    assert answer.status_code == 404
    assert "You are not in a team yet." in text(answer)


def test_page_has_one_main_one_h1_and_the_live_regions(
    client: Client, team: Team, ed: User
) -> None:
    body = text(page(client, team, ed))
    assert body.count("<main") == 1
    assert body.count("<h1") == 1
    assert 'id="announcer" role="status"' in body
    assert 'href="#grid">Skip to results' in body


def test_no_style_or_script_stands_in_the_page(client: Client, team: Team, ed: User) -> None:
    make_image(team, ed)
    make(team, ed, state="failed")
    body = page(client, team, ed).content.decode()
    assert " style=" not in body
    assert "<style" not in body
    assert "<script>" not in body
    assert " onclick" not in body
    assert "javascript:" not in body
    assert "data:image" not in body


def test_card_brings_the_thumb_and_the_poster_to_finer_screens(
    client: Client, team: Team, ed: User
) -> None:
    row = make_image(team, ed)
    assert row.thumb is not None
    assert row.poster is not None
    small, large = store.file_address(row.thumb), store.file_address(row.poster)
    body = as_person(client, ed).get(of_team("library", team)).content.decode()
    assert f'src="{large}" srcset="{small}, {large} 2x"' in body


def test_icons_of_cards_are_drawn_once_and_used_often(client: Client, team: Team, ed: User) -> None:
    import re

    for state in ("completed", "failed", "queued", "needs_decision"):
        make(team, ed, state=state)
    make_image(team, ed)
    body = text(page(client, team, ed))
    used = set(re.findall(r'href="#icon-([a-z0-9-]+)"', body))
    drawn = re.findall(r'<symbol id="icon-([a-z0-9-]+)"', body)
    assert used <= set(drawn)
    assert len(drawn) == len(set(drawn))


def test_card_is_light(client: Client, team: Team, ed: User) -> None:
    from generations.pages.cards import render_card
    from studio.teams.access import open_seat

    row = make_image(team, ed, prompt="x" * 5000)
    card = render_card(open_seat(ed, team.slug, "view_library"), row)
    assert len(card) < 6_000
