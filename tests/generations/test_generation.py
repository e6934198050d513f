"""The page of one generation: the player, the recipe, what was sent, timeline and decisions."""

import uuid
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from generations.models import Event, Generation, GenerationInput
from studio.accounts.models import User
from studio.clock import now
from studio.teams.models import Team
from tests.generations.making import (
    HTMX,
    address,
    as_person,
    card_of,
    keep,
    make,
    make_attempt,
    make_image,
    text,
)


def page(client: Client, user: User | None, row: Generation) -> Any:
    return as_person(client, user).get(address("generation", row))


def opened(client: Client, user: User | None, url: str, **headers: str) -> Any:
    """A file's answer, read to its end."""
    answer: Any = as_person(client, user).get(url, headers=headers)
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    return answer


def test_who_sees_it(
    client: Client, team: Team, ed: User, ben: User, cleo: User, ada: User
) -> None:
    row = make(team, ed)
    assert page(client, ed, row).status_code == 200
    assert page(client, ben, row).status_code == 200
    assert page(client, cleo, row).status_code == 404
    assert page(client, None, row).status_code == 302
    private = make(team, ed, visibility="private")
    assert page(client, ed, private).status_code == 200
    assert page(client, ada, private).status_code == 404


def test_generation_in_another_teams_address_is_not_found(
    client: Client, team: Team, ada: User, cleo: User
) -> None:
    theirs = make(cleo.memberships.get().team, cleo)
    url = f"/t/{team.slug}/g/{theirs.uuid}/"
    assert as_person(client, ada).get(url).status_code == 404


def test_video_is_played_from_its_stable_address(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, original=keep(team), poster=keep(team, "poster"))
    body = text(page(client, ed, row))
    assert row.original is not None
    assert f'controls playsinline preload="metadata" src="/media/{row.original.uuid}/' in body
    assert f'id="video-{row.uuid}"' in body
    assert "autoplay" not in body


def test_recipe_is_told_in_the_composers_words(client: Client, team: Team, ed: User) -> None:
    body = text(page(client, ed, make(team, ed, recipe={"loop": True})))
    for name, value in (("Model", "Ray 2"), ("Duration", "5 s"), ("Loop", "Yes")):
        assert f"<dt>{name}</dt><dd>{value}</dd>" in body


def test_seconds_of_waiting_are_told_where_there_was_waiting(
    client: Client, team: Team, ed: User
) -> None:
    recipe = {"sync": True, "sync_timeout": 60.0}
    body = text(page(client, ed, make_image(team, ed, recipe=recipe)))
    assert "<dt>Wait at most (seconds)</dt><dd>60</dd>" in body
    recipe["sync"] = False
    assert "Wait at most" not in text(page(client, ed, make_image(team, ed, recipe=recipe)))


def test_a_result_of_its_sources_model_names_it_in_the_composers_words(
    client: Client, team: Team, ed: User
) -> None:
    row = make(team, ed)
    Generation.objects.filter(pk=row.pk).update(kind="upscale", recipe={"resolution": "1080p"})
    body = card_of(ed, row)
    assert "Ray 2 · 720p" in body
    assert "ray-2" not in body


def test_who_has_no_relatives_has_no_lineage(client: Client, team: Team, ed: User) -> None:
    source = make_image(team, ed)
    assert address("lineage", source) not in text(page(client, ed, source))
    row = make(team, ed)
    GenerationInput.objects.create(generation=row, slot="start_frame", position=0, source=source)
    for one in (source, row):
        assert address("lineage", one) in text(page(client, ed, one))


def test_what_was_sent_is_shown_without_key_and_callback_token(
    client: Client, team: Team, ed: User
) -> None:
    row = make(team, ed)
    make_attempt(
        row,
        outcome="accepted",
        request={
            "prompt": "A quiet harbour",
            "callback_url": "https://studio.example/hooks/luma/aaaa.bbbb.cccc.1.dddd",
            "api_key": "luma-secret",
            "nested": [{"Authorization": "Bearer luma-secret"}],
        },
        response={"id": "abc", "request": {"callback_url": "http://x/hooks/luma/eeee.ffff"}},
    )
    body = text(page(client, ed, row))
    assert "&quot;prompt&quot;: &quot;A quiet harbour&quot;" in body
    assert "/hooks/luma/(hidden)" in body
    for secret in ("luma-secret", "aaaa.bbbb", "eeee.ffff"):
        assert secret not in body


def test_story_is_told_in_order_with_names(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed)
    for state, actor in (("queued", ed), ("sending", None), ("dreaming", None)):
        Event.objects.create(
            team=team, generation=row, actor=actor, verb=f"x.{state}", to_state=state
        )
    body = text(page(client, ed, row))
    places = [body.index(words) for words in ("Queued · <bdi>Ed", "Being sent", "Luma took it")]
    assert places == sorted(places)


def test_every_state_has_its_page(client: Client, team: Team, ed: User) -> None:
    from generations.models import State

    for state in State:
        row = make(team, ed, state=state)
        body = text(page(client, ed, row))
        assert State(state).label in body
        assert f'data-state="{state}"' in body


def test_failure_gives_advice_and_lumas_own_words(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, state="failed", failure_reason="Frame moderation failed")
    body = text(page(client, ed, row))
    assert "safety check refused the picture. Refunded." in body
    assert "“<bdi>Frame moderation failed</bdi>”" in body
    assert "Refunded ($0.71)" in body


def test_decision_has_two_buttons_and_a_price(
    client: Client, team: Team, ed: User, ben: User, ada: User
) -> None:
    row = make(team, ed, state="needs_decision")
    for person in (ed, ada):
        body = text(page(client, person, row))
        assert "Try again, I know it may be charged twice · ≈ $0.71" in body
        assert "Stop waiting" in body
    assert "Stop waiting" not in text(page(client, ben, row))


def test_price_stands_on_make_again(client: Client, team: Team, ed: User) -> None:
    assert "Make again ≈ $0.71" in text(page(client, ed, make(team, ed)))


def test_neighbours_are_linked(client: Client, team: Team, ed: User) -> None:
    older, middle, newer = (make(team, ed) for _ in range(3))
    body = text(page(client, ed, middle))
    assert f'rel="prev" href="{newer.get_absolute_url()}"' in body
    assert f'rel="next" href="{older.get_absolute_url()}"' in body
    assert 'rel="prev"' not in text(page(client, ed, newer))
    assert 'rel="next"' not in text(page(client, ed, older))


def test_what_it_was_made_from_is_shown(client: Client, team: Team, ed: User) -> None:
    image = make_image(team, ed, prompt="The first frame")
    row = make(team, ed, kind="image_to_video")
    GenerationInput.objects.create(generation=row, slot="start_frame", source=image)
    body = text(page(client, ed, row))
    assert "Made from" in body
    assert "Start frame" in body
    assert f'href="{image.get_absolute_url()}"' in body


def test_only_a_running_one_is_followed(client: Client, team: Team, ed: User) -> None:
    assert "data-every" not in text(page(client, ed, make(team, ed)))
    row = make(team, ed, state="dreaming", version=4)
    body = text(page(client, ed, row))
    assert 'data-every="2000"' in body
    assert "changes/?version=4" in body


def test_news_of_one_generation(client: Client, team: Team, ed: User, cleo: User) -> None:
    row = make(team, ed, state="dreaming", version=4)
    url = address("generation_changes", row)
    person = as_person(client, ed)
    assert person.get(url, {"version": 4}, headers=HTMX).status_code == 204
    Generation.objects.filter(pk=row.pk).update(state="completed", version=5)
    body = text(person.get(url, {"version": 4}, headers=HTMX))
    assert 'hx-target="#generation-panel" hx-swap="outerMorph"' in body
    assert 'data-state="completed"' in body
    assert "data-every" not in body
    assert as_person(client, cleo).get(url).status_code == 404


def test_card_is_one_element_that_is_named_after_it(team: Team, ed: User) -> None:
    row = make(team, ed)
    body = card_of(ed, row)
    assert body.startswith(f'<article class="generation-card" id="generation-{row.uuid}"')
    assert body.endswith("</article>")
    assert body.count("<article") == 1


def test_card_is_rendered_once_a_version(
    team: Team, ed: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from generations.pages import cards

    row = make(team, ed)
    rendered: list[str] = []

    def counted(name: str, context: dict[str, Any]) -> str:
        rendered.append(name)
        return render_to_string(name, context)

    monkeypatch.setattr("generations.pages.cards.render_to_string", counted)
    for _ in range(3):
        card_of(ed, row)
    assert rendered == [cards.CARD, cards.ACTIONS]
    Generation.objects.filter(pk=row.pk).update(version=2)
    card_of(ed, row)
    assert rendered.count(cards.CARD) == 2


def test_download_comes_under_a_speaking_name(client: Client, team: Team, ed: User) -> None:
    row = make_image(team, ed, prompt="Boats, at night!")
    answer = opened(client, ed, address("download", row))
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert "boats-at-night.png" in answer["Content-Disposition"]


def test_download_without_a_file_is_not_found(client: Client, team: Team, ed: User) -> None:
    answer = as_person(client, ed).get(address("download", make(team, ed)))
    assert answer.status_code == 404


def test_media_are_for_members_only(
    client: Client, team: Team, ed: User, ben: User, cleo: User
) -> None:
    from generations.media.store import file_address

    row = make_image(team, ed)
    assert row.poster is not None
    url = file_address(row.poster)
    for person in (ed, ben):
        assert opened(client, person, url).status_code == 200
    for stranger in (cleo, None):
        assert opened(client, stranger, url).status_code == 404


def test_media_of_private_work_are_for_its_author_only(
    client: Client, team: Team, ed: User, ada: User
) -> None:
    from generations.media.store import file_address

    row = make_image(team, ed, visibility="private")
    for file in (row.original, row.poster, row.thumb):
        assert file is not None
        url = file_address(file)
        assert opened(client, ed, url).status_code == 200
        assert opened(client, ada, url).status_code == 404


def test_signed_address_opens_one_file_for_anybody(client: Client, team: Team, ed: User) -> None:
    from datetime import timedelta

    from generations.media import store

    row = make_image(team, ed)
    assert row.original is not None
    signed = store.signed_address(row.original, "", timedelta(minutes=5))
    assert opened(client, None, signed).status_code == 200
    assert opened(client, None, signed.replace("signature=", "signature=0")).status_code == 404
    missing = f"/media/{uuid.uuid4()}/original.png?{signed.partition('?')[2]}"
    assert opened(client, None, missing).status_code == 404


def test_range_is_answered_with_206(client: Client, team: Team, ed: User) -> None:
    from generations.media.store import file_address

    row = make_image(team, ed)
    assert row.original is not None
    answer = opened(client, ed, file_address(row.original), Range="bytes=0-9")
    assert answer.status_code == 206
    assert answer["Content-Range"].startswith("bytes 0-9/")


def test_trashed_one_offers_to_come_back(client: Client, team: Team, ed: User) -> None:
    body = text(page(client, ed, make(team, ed, trashed_at=now())))
    assert "In the trash" in body
    assert "</svg>Restore </button>" in body
    assert "Make again" not in body
