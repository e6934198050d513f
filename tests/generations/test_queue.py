"""The queue's page: what is not finished, its place, what may be done, and when it is looked at."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from generations.lifecycle import progress
from generations.lifecycle.api_key import current_key
from generations.models import ApiKey, Generation
from generations.pages import queue as queue_page
from generations.pages.usual_times import clock_words, usual_time
from studio.accounts.models import User
from studio.clock import now
from studio.teams.models import Team
from tests.generations.making import (
    FIVE_SECONDS,
    act_on_queue,
    address,
    as_person,
    make,
    make_attempt,
    of_team,
    text,
)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


def page(client: Client, user: User, team: Team) -> str:
    answer = as_person(client, user).get(of_team("queue", team))
    assert answer.status_code == 200
    return text(answer)


def changes(client: Client, user: User, team: Team, version: str) -> Any:
    return as_person(client, user).get(of_team("queue_changes", team), {"version": version})


def version_of(body: str) -> str:
    return body.partition("?version=")[2].partition('"')[0]


def finished(team: Team, author: User, seconds: float, **fields: Any) -> Generation:
    """A completed one that took so long from sending to the library."""
    row = make(team, author, completed_at=now(), **fields)
    make_attempt(row, outcome="accepted", marked_at=now() - timedelta(seconds=seconds))
    return row


# What is shown


@pytest.mark.parametrize("state", ["queued", "waiting", "sending", "dreaming", "storing"])
def test_what_is_not_finished_is_listed(client: Client, team: Team, ed: User, state: str) -> None:
    row = make(team, ed, state=state, prompt="A tall ship")
    body = page(client, ed, team)
    assert f'id="queue-{row.uuid}"' in body
    assert f'data-state="{state}"' in body
    assert "A tall ship" in body
    assert "≈ $0.71" in body
    assert "Ed" in body
    assert 'mode="elapsed"' in body


@pytest.mark.parametrize("state", ["completed", "cancelled", "given_up"])
def test_what_is_finished_is_not(client: Client, team: Team, ed: User, state: str) -> None:
    row = make(team, ed, state=state)
    assert str(row.uuid) not in page(client, ed, team)


def test_place_is_among_all_that_wait_for_the_key(
    client: Client, team: Team, ed: User, ada: User, cleo: User
) -> None:
    other = Team.objects.get(slug="elsewhere")
    make(other, cleo, state="queued")
    make(team, ada, state="queued", prompt="Of Ada")
    make(team, ada, state="queued", prompt="Of Ada, later")
    make(team, ed, state="queued", prompt="Of Ed")
    make(team, ed, state="queued", kind="image")
    body = page(client, ed, team)
    places = [body.index(f"{place} of 4 videos") for place in (2, 3, 4)]
    assert places == sorted(places)
    assert body.index("Of Ada<") < body.index("Of Ed<") < body.index("Of Ada, later<")
    assert "1 of 1 image<" in body


def test_somebody_s_private_work_is_not_shown_but_keeps_its_place(
    client: Client, team: Team, ed: User, ada: User
) -> None:
    hidden = make(team, ada, state="queued", visibility="private", prompt="A secret")
    make(team, ed, state="queued")
    body = page(client, ed, team)
    assert "A secret" not in body
    assert str(hidden.uuid) not in body
    assert "2 of 2 videos" in body


def test_another_team_s_work_is_not_shown(client: Client, team: Team, ed: User, cleo: User) -> None:
    make(Team.objects.get(slug="elsewhere"), cleo, state="queued", prompt="Not yours")
    assert "Not yours" not in page(client, ed, team)


def test_empty_queue_says_so_with_the_balance(client: Client, team: Team, ed: User) -> None:
    current_key()
    ApiKey.objects.update(balance_micros=41_200_000)
    body = page(client, ed, team)
    assert "Nothing is running. Balance $41.20." in body
    assert "data-every" not in body


def test_viewer_sees_no_balance_and_nothing_to_press(
    client: Client, team: Team, ed: User, ben: User
) -> None:
    ApiKey.objects.filter(pk=current_key().pk).update(balance_micros=41_200_000)
    assert "$41.20" not in page(client, ben, team)
    make(team, ed, state="queued")
    make(team, ed, state="needs_decision")
    make(team, ed, state="failed")
    body = page(client, ben, team)
    for word in ("Cancel</button>", "Try again, I know", "Stop waiting", "Retry"):
        assert word not in body


def test_paused_key_is_said_to_all_and_the_way_out_to_the_owner(
    client: Client, team: Team, ada: User, ed: User
) -> None:
    progress.pause_key(current_key().pk, "Luma does not accept the studio's key.")
    body = page(client, ed, team)
    assert "Nothing is being sent." in body
    assert "Luma does not accept the studio&#x27;s key." in body
    assert of_team("settings", team) not in body
    assert of_team("settings", team) in page(client, ada, team)
    elsewhere = text(as_person(client, ed).get(of_team("library", team)))
    badge = elsewhere.partition('id="balance"')[2].partition("</p>")[0]
    assert "Nothing is being sent" in badge
    assert f'href="{of_team("queue", team)}"' in badge


def test_a_long_line_is_cut_and_says_how_many_more(
    client: Client, team: Team, ed: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_page, "MOST_SHOWN", 3)
    for _ in range(5):
        make(team, ed, state="queued")
    body = page(client, ed, team)
    assert body.count('<li class="queue-row"') == 3
    assert "And 2 more." in body


def test_the_header_leads_there(client: Client, team: Team, ben: User) -> None:
    body = text(as_person(client, ben).get(of_team("library", team)))
    assert f'href="{of_team("queue", team)}"' in body
    assert 'aria-current="page"' in page(client, ben, team).partition("Queue </a>")[0][-400:]


def test_stranger_is_told_nothing(client: Client, team: Team, cleo: User) -> None:
    for name in ("queue", "queue_changes"):
        assert as_person(client, cleo).get(of_team(name, team)).status_code == 404


def test_more_rows_cost_no_more_queries(
    client: Client, team: Team, ed: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def fill(times: int) -> None:
        for state in ("queued", "waiting", "dreaming", "needs_decision", "failed") * times:
            make(team, ed, state=state, fingerprint=uuid.uuid4().hex)

    fill(1)
    as_person(client, ed)
    client.get(of_team("queue", team))
    with django_assert_num_queries(9) as counted:
        client.get(of_team("queue", team))
    fill(8)
    with django_assert_num_queries(len(counted)):
        client.get(of_team("queue", team))


# How long it usually takes


def test_usual_time_is_the_middle_of_such_ones(client: Client, team: Team, ed: User) -> None:
    for seconds in (60, 90, 100, 500, 900):
        finished(team, ed, seconds)
    for _ in range(5):
        finished(team, ed, 7, kind="image")
    make(team, ed, state="dreaming")
    body = page(client, ed, team)
    assert "usually 1:40" in body


def test_below_five_samples_nothing_is_said(client: Client, team: Team, ed: User) -> None:
    for _ in range(4):
        finished(team, ed, 100)
    for _ in range(5):
        finished(team, ed, 100, recipe={"resolution": "1080p"})
    make(team, ed, state="dreaming")
    assert "usually" not in page(client, ed, team)


def test_only_the_last_fifty_count(team: Team, ed: User) -> None:
    for _ in range(20):
        finished(team, ed, 1000)
    for _ in range(50):
        finished(team, ed, 30)
    assert str(usual_time(make(team, ed, state="dreaming"))) == "0:30"


def test_another_team_s_pace_does_not_count(team: Team, ed: User, cleo: User) -> None:
    other = Team.objects.get(slug="elsewhere")
    for _ in range(5):
        finished(other, cleo, 100)
    assert usual_time(make(team, ed)) is None
    assert str(usual_time(make(other, cleo))) == "1:40"


def test_an_upscale_is_not_measured_by_new_videos(team: Team, ed: User) -> None:
    for _ in range(5):
        finished(team, ed, 100)
    upscale = make(team, ed, state="dreaming")
    upscale.kind = "upscale"
    assert usual_time(upscale) is None


def test_pending_card_says_it_too(client: Client, team: Team, ed: User) -> None:
    for _ in range(5):
        finished(team, ed, 100)
    make(team, ed, state="dreaming")
    body = text(as_person(client, ed).get(of_team("library", team)))
    assert body.count("· usually 1:40") == 1


def test_what_takes_longer_than_nine_of_ten_is_said(client: Client, team: Team, ed: User) -> None:
    for _ in range(10):
        finished(team, ed, 100)
    make(team, ed, state="dreaming", state_since=now() - timedelta(seconds=30))
    assert "Longer than usual" not in page(client, ed, team)
    make(team, ed, state="dreaming", state_since=now() - timedelta(seconds=300))
    assert page(client, ed, team).count("Longer than usual") == 1


@pytest.mark.parametrize(
    ("seconds", "words"), [(7, "0:07"), (99.6, "1:40"), (3599, "59:59"), (3723, "1:02:03")]
)
def test_a_length_is_told_as_a_clock_does(seconds: float, words: str) -> None:
    assert clock_words(seconds) == words


# What may be done


@pytest.mark.parametrize(
    ("state", "offered"), [("queued", True), ("waiting", True), ("sending", 0)]
)
def test_cancel_is_offered_only_while_unsent_and_it_says_so(
    client: Client, team: Team, ed: User, state: str, offered: bool
) -> None:
    row = make(team, ed, state=state)
    body = page(client, ed, team)
    assert (address("cancel", row) in body) == offered
    assert ('name="page" value="queue"' in body) == offered
    said = "Not sent yet: cancelling is free." if offered else "cannot be cancelled there"
    assert said in body


CASES = [
    ("cancel", "queued", "planned", "cancelled"),
    ("try_again", "needs_decision", "in_doubt", "queued"),
    ("stop_waiting", "needs_decision", "in_doubt", "given_up"),
]


SAID = {
    "cancel": "Cancelled, not charged",
    "try_again": "Queued again",
    "stop_waiting": "No longer waiting for",
}


@pytest.mark.parametrize(("name", "before", "outcome", "after"), CASES)
def test_author_decides_and_the_queue_changes(
    client: Client, team: Team, ed: User, name: str, before: str, outcome: str, after: str
) -> None:
    row = make(team, ed, state=before)
    make_attempt(row, outcome=outcome)
    answer = act_on_queue(client, ed, name, row)
    row.refresh_from_db()
    assert row.state == after
    assert 'hx-target="#queue"' in text(answer)
    assert f'<div id="announcer" hx-swap-oob="innerHTML"><p>{SAID[name]}: ' in text(answer)


@pytest.mark.parametrize(("name", "before", "outcome", "after"), CASES)
def test_without_javascript_it_leads_back_to_the_queue(
    client: Client, team: Team, ed: User, name: str, before: str, outcome: str, after: str
) -> None:
    row = make(team, ed, state=before)
    make_attempt(row, outcome=outcome)
    answer = as_person(client, ed).post(address(name, row), {"page": "queue"})
    assert (answer.status_code, answer["Location"]) == (302, of_team("queue", team))
    row.refresh_from_db()
    assert row.state == after


@pytest.mark.parametrize(("name", "before", "outcome", "after"), CASES)
def test_others_are_refused(
    client: Client,
    team: Team,
    ada: User,
    ben: User,
    cleo: User,
    ed: User,
    name: str,
    before: str,
    outcome: str,
    after: str,
) -> None:
    row = make(team, ada, state=before)
    make_attempt(row, outcome=outcome)
    statuses = [act_on_queue(client, user, name, row).status_code for user in (ed, ben, cleo)]
    assert statuses == [403, 403, 404]
    row.refresh_from_db()
    assert row.state == before
    assert act_on_queue(client, ada, name, row).status_code == 200


def test_one_that_was_sent_meanwhile_cannot_be_cancelled(
    client: Client, team: Team, ed: User
) -> None:
    row = make(team, ed, state="dreaming")
    answer = act_on_queue(client, ed, "cancel", row)
    assert answer.status_code == 409
    assert "cannot be stopped there" in text(answer)


# What failed lately


def test_what_failed_lately_says_why_and_offers_a_retry_with_its_price(
    client: Client, team: Team, ed: User
) -> None:
    row = make(team, ed, state="failed", failure_reason="Frame moderation failed")
    body = page(client, ed, team)
    assert "Failed lately" in body
    assert address("make_again", row) in body
    assert "Retry ≈ $0.71" in body
    assert "Refunded" in body


def test_retry_makes_one_new_generation_at_that_price(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, state="failed")
    data = {"submit_key": str(uuid.uuid4()), "quoted": str(FIVE_SECONDS)}
    for _ in range(2):
        answer = act_on_queue(client, ed, "make_again", row, **data)
        assert answer.status_code == 200
        assert f"<p>Sent to queue: {row.title}</p>" in text(answer)
    made = Generation.objects.exclude(pk=row.pk).get()
    assert (made.state, made.prompt) == ("queued", row.prompt)


def test_retry_at_an_old_price_sends_nothing(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, state="failed")
    answer = act_on_queue(client, ed, "make_again", row, submit_key=str(uuid.uuid4()), quoted="5")
    assert answer.status_code == 422
    assert "The price is now" in text(answer)
    assert Generation.objects.count() == 1


def test_retry_without_a_key_or_the_right_sends_nothing(
    client: Client, team: Team, ed: User, ben: User
) -> None:
    row = make(team, ed, state="failed")
    answer = act_on_queue(client, ed, "make_again", row)
    assert answer.status_code == 422
    assert "Nothing was charged." in text(answer)
    data = {"submit_key": str(uuid.uuid4()), "quoted": str(FIVE_SECONDS)}
    assert act_on_queue(client, ben, "make_again", row, **data).status_code == 403
    assert Generation.objects.count() == 1


def test_what_was_made_again_or_failed_long_ago_or_is_in_the_trash_is_not_listed(
    client: Client, team: Team, ed: User
) -> None:
    make(team, ed, state="failed", fingerprint="again")
    make(team, ed, state="completed", fingerprint="again")
    make(team, ed, state="failed", fingerprint="x", state_since=now() - timedelta(hours=25))
    make(team, ed, state="failed", fingerprint="y", trashed_at=now())
    assert "Failed lately" not in page(client, ed, team)


# When it is looked at


def test_page_asks_again_only_while_something_is_in_progress(
    client: Client, team: Team, ed: User
) -> None:
    row = make(team, ed, state="queued")
    assert 'data-every="2000"' in page(client, ed, team)
    Generation.objects.filter(pk=row.pk).update(state="storing")
    assert 'data-every="1000"' in page(client, ed, team)
    Generation.objects.filter(pk=row.pk).update(state="needs_decision")
    assert "data-every" not in page(client, ed, team)


def test_unchanged_queue_is_204_and_a_changed_one_is_told(
    client: Client, team: Team, ed: User
) -> None:
    row = make(team, ed, state="queued")
    version = version_of(page(client, ed, team))
    assert changes(client, ed, team, version).status_code == 204
    Generation.objects.filter(pk=row.pk).update(state="dreaming", version=2)
    answer = changes(client, ed, team, version)
    assert answer.status_code == 200
    assert 'data-state="dreaming"' in text(answer)
    assert version_of(text(answer)) != version


def test_a_place_that_moved_up_is_told(client: Client, team: Team, ed: User, ada: User) -> None:
    first = make(team, ada, state="queued")
    make(team, ed, state="queued")
    version = version_of(page(client, ed, team))
    Generation.objects.filter(pk=first.pk).update(state="completed")
    assert "1 of 1 video<" in text(changes(client, ed, team, version))


def test_what_is_cached_can_be_read_by_another_release(team: Team, ed: User) -> None:
    for _ in range(5):
        finished(team, ed, 100)
    assert str(usual_time(make(team, ed, state="dreaming"))) == "1:40"
    cached = cache.get(f"usual-times:{team.uuid}")
    assert len(cached) == 1
    assert all(type(one) is tuple for one in cached.values())
