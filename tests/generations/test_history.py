"""The history of prompts: what a person sent in a team, found, starred, removed."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from generations.actions.prompts import MOST_PROMPTS, MOST_STARRED, remember_prompts
from generations.actions.trash import delete_removed
from generations.models import SavedPrompt
from generations.queries.saved import saved_prompts
from studio import clock
from studio.accounts.models import User
from studio.teams.access import open_seat
from studio.teams.models import Membership, Team
from tests.generations.making import (
    HTMX,
    as_person,
    form,
    make,
    of_team,
    press,
    prompt_in,
    step,
    text,
)


def sent(user: User, team: Team, *texts: str) -> list[SavedPrompt]:
    """Prompts that were sent, one after the other."""
    seat = open_seat(user, team.slug, "create")
    for one in texts:
        clock.shift(timedelta(seconds=1))
        remember_prompts(seat, one)
    return list(saved_prompts(seat))


def texts_of(user: User, team: Team) -> list[str]:
    return [row.text for row in saved_prompts(open_seat(user, team.slug, "create"))]


def listed(client: Client, team: Team, user: User, query: str = "") -> Any:
    return as_person(client, user).get(of_team("history", team), {"q": query}, headers=HTMX)


def do(client: Client, user: User, name: str, row: SavedPrompt, **sends: Any) -> Any:
    url = reverse(f"generations:{name}_prompt", args=(row.team.slug, row.uuid))
    return as_person(client, user).post(url, sends, headers=HTMX)


def test_what_is_sent_is_remembered_once_and_what_is_refused_is_not(
    client: Client, team: Team, ed: User
) -> None:
    for prompt in ("A calm lake", "ab", "Pines in fog", " A calm lake\n"):
        press(client, team, ed, prompt=prompt)
    assert texts_of(ed, team) == ["A calm lake", "Pines in fog"]


def test_many_at_once_cost_as_much_as_one_and_the_last_lies_on_top(
    team: Team, ed: User, django_assert_num_queries: Any
) -> None:
    seat = open_seat(ed, team.slug, "create")
    with django_assert_num_queries(4):  # two, and the savepoint around them
        remember_prompts(seat, "Kept")
    with django_assert_num_queries(4):
        remember_prompts(seat, "Fog", *(f"Prompt {number}" for number in range(20)), "Kept", "Fog")
    assert texts_of(ed, team)[:2] == ["Kept", "Prompt 19"]
    assert SavedPrompt.objects.count() == 22


def test_a_press_that_is_repeated_does_not_move_a_prompt_up(
    client: Client, team: Team, ed: User
) -> None:
    first, second = form(prompt="First of all"), form(prompt="Second of all")
    for data in (first, second, first):
        press(client, team, ed, **data)
    assert texts_of(ed, team) == ["Second of all", "First of all"]


def test_prompts_of_a_chain_are_remembered_one_by_one(client: Client, team: Team, ed: User) -> None:
    video = make(team, ed)
    data = {
        "item": str(video.uuid),
        "times": "2",
        "prompt": "In one long take",
        "link_prompt": ["Past the pier", "Out to sea"],
        "submit_key": str(uuid.uuid4()),
        "quoted": "100000000",
    }
    answer = as_person(client, ed).post(of_team("chain_submit", team), data)
    assert answer.status_code == 302
    assert set(texts_of(ed, team)) == {"In one long take", "Past the pier", "Out to sea"}


def test_history_is_of_one_person_in_one_team(
    client: Client, team: Team, ed: User, ada: User, cleo: User
) -> None:
    elsewhere = cleo.memberships.get().team
    Membership.objects.create(team=elsewhere, user=ed, role="editor")
    sent(ed, team, "Here")
    sent(ed, elsewhere, "There")
    sent(ada, team, "Hers")
    answer = as_person(client, ed).get(of_team("recent_prompts", team))
    assert answer.json() == {"prompts": ["Here"]}
    assert "There" not in text(listed(client, team, ed))
    assert "Hers" not in text(listed(client, team, ed))


def test_viewers_have_none(client: Client, team: Team, ben: User, cleo: User) -> None:
    for name in ("history", "recent_prompts"):
        assert as_person(client, ben).get(of_team(name, team)).status_code == 403
        assert as_person(client, cleo).get(of_team(name, team)).status_code == 404


def test_a_hundred_are_kept_and_those_with_a_star_beyond(team: Team, ed: User) -> None:
    oldest, starred = sent(ed, team, "Starred", "Oldest")
    assert (oldest.text, starred.text) == ("Oldest", "Starred")
    SavedPrompt.objects.filter(pk=starred.pk).update(starred=True)
    seat = open_seat(ed, team.slug, "create")
    remember_prompts(seat, *(f"Number {number}" for number in range(MOST_PROMPTS)))
    found = texts_of(ed, team)
    assert len(found) == MOST_PROMPTS + 1
    assert "Starred" in found
    assert "Oldest" not in found
    assert "Number 0" in found


def test_those_with_a_star_come_first(client: Client, team: Team, ed: User) -> None:
    rows = sent(ed, team, "Harbour", "Lake", "Ridge")
    answer = do(client, ed, "star", rows[-1])
    assert 'aria-pressed="true"' in text(answer)
    body = text(listed(client, team, ed))
    assert body.index("Harbour") < body.index("Ridge") < body.index("Lake")
    assert 'aria-pressed="false"' in text(do(client, ed, "unstar", rows[-1]))
    body = text(listed(client, team, ed))
    assert body.index("Ridge") < body.index("Lake") < body.index("Harbour")


def test_stars_have_a_limit_that_is_said(client: Client, team: Team, ed: User) -> None:
    row = sent(ed, team, "One too many")[0]
    for number in range(MOST_STARRED):
        SavedPrompt.objects.create(
            team=team, author=ed, text=str(number), digest=str(number), starred=True
        )
    answer = do(client, ed, "star", row)
    assert answer.status_code == 422
    assert "100 prompts with a star are the most." in text(answer)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("HARBOUR", ["A quiet harbour"]),
        ("100%", ["100% snow_white"]),
        ("w_w", ["100% snow_white"]),
        ("ÜBER", ["Nebel über der Elbe"]),
        ("(", []),
        ("%", ["100% snow_white"]),
        ("", ["Nebel über der Elbe", "100% snow_white", "A quiet harbour"]),
    ],
)
def test_search_is_literal_and_knows_no_case(
    client: Client, team: Team, ed: User, query: str, found: list[str]
) -> None:
    sent(ed, team, "A quiet harbour", "100% snow_white", "Nebel über der Elbe")
    answer = listed(client, team, ed, query)
    assert answer.status_code == 200
    assert [row.text for row in answer.context["history"].rows] == found


def test_what_is_not_found_and_what_is_too_long_is_said(
    client: Client, team: Team, ed: User
) -> None:
    sent(ed, team, "A quiet harbour")
    body = text(listed(client, team, ed, "<b>"))
    assert "No prompt of yours contains “<bdi>&lt;b&gt;</bdi>”." in body
    answer = listed(client, team, ed, "x" * 201)
    assert answer.status_code == 422
    assert "200 characters at most." in text(answer)


def test_empty_history_says_what_comes_here(client: Client, team: Team, ed: User) -> None:
    assert "What you send in this team appears here" in text(listed(client, team, ed))


def test_use_puts_it_into_the_prompt_and_leaves_the_rest(
    client: Client, team: Team, ed: User
) -> None:
    row = sent(ed, team, "From the history")[0]
    body = text(step(client, team, ed, f"prompt:{row.uuid}", prompt="Mine", resolution="1080p"))
    assert prompt_in(body) == "From the history"
    assert '<option value="1080p" selected>' in body
    assert 'value="undo"' in body, "what was there can be brought back"


def test_use_of_anothers_prompt_is_not_found_and_loses_nothing(
    client: Client, team: Team, ed: User, ada: User
) -> None:
    row = sent(ada, team, "Hers alone")[0]
    for reference in (row.uuid, uuid.uuid4()):
        answer = step(client, team, ed, f"prompt:{reference}", prompt="Mine")
        assert answer.status_code == 404
        assert "Hers alone" not in text(answer)
    assert prompt_in(text(as_person(client, ed).get(of_team("create", team)))) == "Mine"


def test_remove_offers_the_way_back_in_its_place(client: Client, team: Team, ed: User) -> None:
    row = sent(ed, team, "To remove")[0]
    body = text(do(client, ed, "remove", row))
    assert f'id="prompt-{row.uuid}"' in body
    assert "Undo" in body
    assert texts_of(ed, team) == []
    assert "To remove" in text(do(client, ed, "restore", row))
    assert texts_of(ed, team) == ["To remove"]


def test_removed_one_is_gone_after_a_day_and_back_when_it_is_sent_again(
    client: Client, team: Team, ed: User
) -> None:
    first, second = sent(ed, team, "One", "Two")
    do(client, ed, "remove", first)
    do(client, ed, "remove", second)
    sent(ed, team, second.text)
    assert texts_of(ed, team) == [second.text]
    clock.shift(timedelta(days=1, seconds=1))
    delete_removed()
    assert not SavedPrompt.objects.filter(pk=first.pk).exists()


@pytest.mark.parametrize("name", ["star", "unstar", "remove", "restore"])
def test_anothers_prompt_is_not_to_be_changed(
    client: Client, team: Team, ed: User, ada: User, cleo: User, name: str
) -> None:
    row = sent(ada, team, "Hers alone")[0]
    assert do(client, ed, name, row).status_code == 403
    assert do(client, cleo, name, row).status_code == 404
    assert do(client, ada, name, row).status_code == 200


def test_all_of_it_works_without_javascript(client: Client, team: Team, ed: User) -> None:
    row = sent(ed, team, "From the history")[0]
    data = {**form(prompt="Mine"), "composition": str(uuid.uuid4())}
    browser = as_person(client, ed)
    opened = text(browser.post(of_team("create", team), {**data, "do": "history"}))
    assert "<!doctype html>" in opened
    assert f'value="prompt:{row.uuid}"' in opened
    star = reverse("generations:star_prompt", args=(team.slug, row.uuid))
    answer = browser.post(star, {**data, "prompt": "Mine, changed"})
    assert answer["Location"] == of_team("create", team) + "?open=history"
    page = text(browser.get(answer["Location"]))
    assert 'aria-pressed="true"' in page
    assert prompt_in(page) == "Mine, changed"
    searched = text(browser.get(of_team("create", team), {"open": "history", "q": "nowhere"}))
    assert "No prompt of yours contains" in searched
    assert prompt_in(searched) == "Mine, changed"


def test_more_prompts_cost_no_more_queries(
    client: Client, team: Team, ed: User, django_assert_num_queries: Any
) -> None:
    sent(ed, team, "One")
    browser = as_person(client, ed)
    with django_assert_num_queries(4) as few:
        browser.get(of_team("history", team), headers=HTMX)
    sent(ed, team, *(f"Prompt {number}" for number in range(30)))
    with django_assert_num_queries(len(few)):
        browser.get(of_team("history", team), headers=HTMX)


def test_opened_by_its_address_it_stands_in_the_composers_page(
    client: Client, team: Team, ed: User
) -> None:
    answer = as_person(client, ed).get(of_team("history", team), follow=True)
    assert answer.status_code == 200
    assert "<h1" in text(answer)
    assert answer.redirect_chain[0][0].startswith(of_team("create", team) + "?open=history")
