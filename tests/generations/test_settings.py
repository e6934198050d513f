"""The settings' page: the key, the connection and its check, and the import, for who may."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from generations.actions.connection import note_check
from generations.lifecycle import hints, progress
from generations.lifecycle.api_key import CHECK_TIME, check_pending, current_key
from generations.models import AccountImport, ApiKey, Event
from generations.pages import imports
from studio.accounts.models import User
from studio.clock import now
from studio.teams.models import Membership, Role, Team
from tests.generations.making import HTMX, as_person, make, make_attempt, of_team, text


@pytest.fixture(autouse=True)
def given(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Hints, collected instead of sent."""
    kept: list[tuple[Any, ...]] = []
    monkeypatch.setattr(hints, "async_task", lambda task, *ids: kept.append((task, *ids)))
    return kept


def page(client: Client, user: User, team: Team) -> str:
    answer = as_person(client, user).get(of_team("settings", team))
    assert answer.status_code == 200
    return text(answer)


def press(client: Client, user: User, name: str, team: Team) -> Any:
    return as_person(client, user).post(of_team(name, team), headers=HTMX)


# Who may


@pytest.mark.parametrize("name", ["settings", "settings_changes"])
def test_owner_and_admin_may_look_and_others_not(
    client: Client, team: Team, ada: User, ed: User, ben: User, cleo: User, name: str
) -> None:
    people = (ada, ed, ben, cleo)
    seen = [as_person(client, one).get(of_team(name, team)).status_code for one in people]
    assert seen == [200, 403, 403, 404]
    Membership.objects.filter(user=ed).update(role=Role.ADMIN)
    assert as_person(client, ed).get(of_team(name, team)).status_code == 200


@pytest.mark.parametrize("name", ["check_connection", "import_account"])
def test_owner_may_press_and_others_not(
    client: Client,
    team: Team,
    ada: User,
    ed: User,
    ben: User,
    cleo: User,
    name: str,
    given: list[Any],
) -> None:
    assert [press(client, one, name, team).status_code for one in (ed, ben, cleo)] == [
        403,
        403,
        404,
    ]
    assert given == []
    assert press(client, ada, name, team).status_code == 200
    assert len(given) == 1


def test_only_who_may_finds_it_in_the_menu(client: Client, team: Team, ada: User, ed: User) -> None:
    link = f'href="{of_team("settings", team)}"'
    assert link in text(as_person(client, ada).get(of_team("library", team)))
    assert link not in text(as_person(client, ed).get(of_team("library", team)))


# What is shown


def test_on_the_sandbox_there_is_no_key_and_luma_reaches_us(
    client: Client, team: Team, ada: User, settings: Settings
) -> None:
    body = page(client, ada, team)
    assert "None: the studio works on the local sandbox" in body
    assert settings.LUMAAI_BASE_URL in body
    assert '<span data-tone="good">Yes</span>' in body


def test_of_a_real_key_only_the_last_four_are_shown(
    client: Client, team: Team, ada: User, settings: Settings
) -> None:
    settings.ON_SANDBOX = False
    settings.LUMAAI_API_KEY = "luma-0123456789-wxyz"
    body = page(client, ada, team)
    assert "ends in wxyz" in body
    assert "0123456789" not in body


@pytest.mark.parametrize(
    ("public", "reachable"),
    [(None, False), ("http://127.0.0.1:8000", False), ("https://studio.example.com", True)],
)
def test_it_says_whether_luma_can_reach_the_public_address(
    client: Client,
    team: Team,
    ada: User,
    settings: Settings,
    public: str | None,
    reachable: bool,
) -> None:
    settings.ON_SANDBOX, settings.PUBLIC_BASE_URL = False, public
    body = page(client, ada, team)
    assert (public or "not set") in body
    assert ('<span data-tone="good">Yes</span>' in body) == reachable
    assert ("Luma cannot reach this studio" in body) != reachable


def test_a_pause_is_said_with_its_reason_and_a_button(
    client: Client, team: Team, ada: User, given: list[Any]
) -> None:
    assert "Try again now" not in page(client, ada, team)
    key = current_key()
    progress.pause_key(key.pk, "The Luma account is out of credit.")
    body = page(client, ada, team)
    assert "The Luma account is out of credit." in body
    assert "Try again now" in body
    press(client, ada, "check_connection", team)
    assert given == [("generations.tasks.check_connection", key.pk)]


def test_rows_cost_no_queries(
    client: Client, team: Team, ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    AccountImport.objects.create(team=team, author=ada, key=current_key(), state="finished")
    page(client, ada, team)
    with django_assert_num_queries(8) as counted:
        client.get(of_team("settings", team))
    for _ in range(5):
        make(team, ada)
        AccountImport.objects.create(team=team, author=ada, key=current_key(), state="finished")
    with django_assert_num_queries(len(counted)):
        client.get(of_team("settings", team))


# Check connection


def test_a_check_is_asked_of_the_worker_and_the_page_waits_for_its_word(
    client: Client, team: Team, ada: User, given: list[Any]
) -> None:
    body = page(client, ada, team)
    assert "data-every" not in body
    answer = text(press(client, ada, "check_connection", team))
    assert "Checking…" in answer
    assert 'data-every="1000"' in answer
    key = current_key()
    assert given == [("generations.tasks.check_connection", key.pk)]
    assert Event.objects.get(verb="user.checked").actor == ada
    version = answer.partition("?version=")[2].partition('"')[0]
    again = client.get(of_team("settings_changes", team), {"version": version})
    assert again.status_code == 204
    note_check(key.pk, passed=True, result="Luma answers and accepts the key. Balance $41.20.")
    told = text(client.get(of_team("settings_changes", team), {"version": version}))
    assert "Luma answers and accepts the key. Balance $41.20." in told
    assert "data-every" not in told


def test_nobody_waits_for_ever_for_a_worker_that_is_away(key_asked: ApiKey) -> None:
    assert check_pending(key_asked)
    key_asked.check_asked_at = now() - CHECK_TIME - timedelta(seconds=1)
    assert not check_pending(key_asked)


@pytest.fixture
def key_asked(db: None) -> ApiKey:
    key = current_key()
    key.check_asked_at = now()
    return key


def test_a_failed_check_is_shown_as_one(client: Client, team: Team, ada: User) -> None:
    note_check(current_key().pk, passed=False, result="Luma does not answer: no route.")
    assert '<span data-tone="bad">Luma does not answer: no route.</span>' in page(client, ada, team)


@pytest.mark.parametrize("name", ["check_connection", "import_account"])
def test_without_javascript_it_leads_back(client: Client, team: Team, ada: User, name: str) -> None:
    answer = as_person(client, ada).post(of_team(name, team))
    assert (answer.status_code, answer["Location"]) == (302, of_team("settings", team))


# The import


def test_an_import_begins_once_and_shows_how_far_it_is(
    client: Client, team: Team, ada: User, given: list[Any]
) -> None:
    answer = text(press(client, ada, "import_account", team))
    assert "Looking through the account: 0 read, 0 taken over." in answer
    assert 'data-every="1000"' in answer
    running = AccountImport.objects.get()
    assert given == [("generations.tasks.import_account", running.pk)]
    again = press(client, ada, "import_account", team)
    assert again.status_code == 409
    assert "running already" in text(again)
    assert AccountImport.objects.count() == 1


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({"taken": 2}, "2 generations were taken over."),
        (
            {"taken": 1, "known": 3, "left": 1},
            "1 generation was taken over. 3 were here already. 1 was left out: failed",
        ),
        ({"state": "stopped", "note": "Luma is away."}, "It stopped before the end: Luma is away."),
    ],
)
def test_its_result_is_a_sentence(
    team: Team, ada: User, counts: dict[str, Any], sentence: str
) -> None:
    fields = {"state": "finished", **counts}
    AccountImport.objects.create(team=team, author=ada, key=current_key(), **fields)
    look = imports.last_import(team)
    assert look is not None
    assert str(look).startswith(sentence)
    assert not look.busy


def test_what_is_still_being_copied_is_followed(client: Client, team: Team, ada: User) -> None:
    AccountImport.objects.create(
        team=team, author=ada, key=current_key(), state="finished", taken=1
    )
    row = make(team, ada, state="storing")
    make_attempt(row, worker="import", outcome="accepted")
    body = page(client, ada, team)
    assert "1 is still being copied." in body
    assert 'data-every="1000"' in body
