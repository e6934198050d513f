"""Following: one list pass per sweep, GET for what it does not show, forward only."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings

from generations import tasks
from generations.lifecycle import progress
from generations.lifecycle.transitions import Actor
from generations.luma.client import RemoteGeneration
from generations.luma.errors import LumaUnavailable
from generations.luma.schema import Generation as Remote
from generations.models import ApiKey, Asset, Attempt, Generation, Orphan, State
from generations.tasks import following, luma
from generations.tasks.following import ListPass, run_list_pass, stall_elsewhere
from studio.teams.access import Seat
from tests.generations.core.conftest import Queue, attempt_of, fresh, later, press, still
from tests.generations.core.wire import Json, Wire, reply
from tests.spending.ledger import entries_of

pytestmark = pytest.mark.usefixtures("exact_books")

VIDEO = "https://cdn.example.org/a.mp4"


@pytest.fixture
def look(wire: Wire) -> Callable[[ApiKey], int]:
    """One sweep, as the watcher makes it."""
    return lambda key: run_list_pass(wire.client(), key)


def test_nothing_under_way_asks_for_nothing(
    wire: Wire, key: ApiKey, queued: Generation, look: Callable[[ApiKey], int]
) -> None:
    assert look(key) == 0
    assert wire.requests == []


def test_fifty_under_way_cost_one_request(
    wire: Wire, key: ApiKey, seat: Seat, queue: Queue, look: Callable[[ApiKey], int]
) -> None:
    for _ in range(40):
        tasks.submit_generation(press(seat, still())[0].pk)
    before = len(wire.requests)
    assert look(key) == 40
    assert len(wire.requests) - before == 1


def test_a_list_that_says_completed_moves_it_to_storing(
    wire: Wire, key: ApiKey, dreaming: Generation, queue: Queue, look: Callable[[ApiKey], int]
) -> None:
    wire.complete(
        attempt_of(dreaming).remote_id, video=VIDEO, image="https://cdn.example.org/a.jpg"
    )
    queue.clear()
    look(key)
    fresh(dreaming, State.STORING)
    assert set(Asset.objects.values_list("kind", "required")) == {("video", True), ("image", False)}
    assert queue == [("store_assets", dreaming.pk)]


def test_a_list_that_says_failed_refunds(
    wire: Wire, key: ApiKey, dreaming: Generation, look: Callable[[ApiKey], int]
) -> None:
    wire.say(attempt_of(dreaming).remote_id, "failed", failure_reason="Frame moderation failed")
    look(key)
    row = fresh(dreaming, State.FAILED)
    assert row.failure_reason == "Frame moderation failed"
    assert entries_of(attempt_of(dreaming)) == "hold post refund"


def test_the_balance_is_known_before_the_card_says_that_it_failed(
    wire: Wire,
    key: ApiKey,
    dreaming: Generation,
    look: Callable[[ApiKey], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A page stops polling once nothing is in progress, so the balance has to change before."""
    seen = []
    monkeypatch.setattr(luma, "refresh_balance", lambda client: seen.append(fresh(dreaming).state))
    wire.say(attempt_of(dreaming).remote_id, "failed", failure_reason="Job failed")
    look(key)
    fresh(dreaming, State.FAILED)
    assert seen[0] == State.DREAMING


def test_the_balance_is_asked_for_once_a_sweep_and_only_after_news(
    wire: Wire, key: ApiKey, seat: Seat, queue: Queue, look: Callable[[ApiKey], int]
) -> None:
    rows = [press(seat)[0] for _ in range(3)]
    for row in rows:
        tasks.submit_generation(row.pk)
    before = wire.asked("/credits")
    look(key)
    assert wire.asked("/credits") == before
    for row in rows:
        wire.complete(attempt_of(row).remote_id, video=VIDEO)
    look(key)
    assert wire.asked("/credits") == before + 1


@pytest.mark.parametrize("assets", [None, {}, {"video": None}, {"progress_video": VIDEO}])
def test_a_completed_one_without_its_file_is_waited_for(
    assets: Json | None,
    wire: Wire,
    key: ApiKey,
    dreaming: Generation,
    look: Callable[[ApiKey], int],
) -> None:
    wire.say(attempt_of(dreaming).remote_id, "completed", assets=assets)
    look(key)
    assert "gives no file yet" in fresh(dreaming, State.DREAMING).note
    wire.complete(attempt_of(dreaming).remote_id, video=VIDEO)
    look(key)
    fresh(dreaming, State.STORING)


def test_completed_without_a_file_and_then_failed_is_failed(
    wire: Wire, key: ApiKey, dreaming: Generation, look: Callable[[ApiKey], int]
) -> None:
    wire.say(attempt_of(dreaming).remote_id, "completed", assets=None)
    look(key)
    wire.say(attempt_of(dreaming).remote_id, "failed", failure_reason="Job failed")
    look(key)
    fresh(dreaming, State.FAILED)


@pytest.mark.parametrize(("first", "second"), [("completed", "failed"), ("failed", "completed")])
def test_the_last_word_is_spoken_once(
    first: str, second: str, wire: Wire, dreaming: Generation, key: ApiKey
) -> None:
    attempt = attempt_of(dreaming)
    for state in (first, second):
        told = {"id": attempt.remote_id, "state": state, "assets": {"video": VIDEO}}
        progress.apply_answer(attempt, told, Remote.model_validate(told), Actor.POLLER)
    fresh(dreaming, State.STORING if first == "completed" else State.FAILED)
    assert entries_of(attempt) == ("hold post" if first == "completed" else "hold post refund")
    assert (attempt_of(dreaming).response or {})["state"] == first


def test_older_news_does_not_take_the_addresses_away(
    wire: Wire, dreaming: Generation, key: ApiKey
) -> None:
    attempt = attempt_of(dreaming)
    for told in (
        {"id": attempt.remote_id, "state": "completed", "assets": {"video": VIDEO}},
        {"id": attempt.remote_id, "state": "dreaming", "assets": None},
    ):
        progress.apply_answer(attempt, told, Remote.model_validate(told), Actor.POLLER)
    assert (attempt_of(dreaming).response or {})["assets"] == {"video": VIDEO}


def test_addresses_are_cut_to_what_an_asset_holds() -> None:
    most = Asset._meta.get_field("url").max_length
    every_kind = dict.fromkeys(Asset.Kind.values, VIDEO + "?" + "a" * 5000)
    found = progress.asset_addresses(Remote.model_validate({"assets": every_kind}))
    assert {kind: len(url) for kind, url in found.items()} == dict.fromkeys(Asset.Kind.values, most)


# What the list does not show


def test_what_the_list_does_not_show_is_asked_for_by_its_id(
    wire: Wire, key: ApiKey, dreaming: Generation, look: Callable[[ApiKey], int]
) -> None:
    remote_id = str(attempt_of(dreaming).remote_id)
    wire.unlisted.add(remote_id)
    wire.complete(remote_id, video=VIDEO)
    look(key)
    fresh(dreaming, State.STORING)


def test_one_404_means_nothing_and_five_minutes_of_it_mean_stalled(
    wire: Wire, key: ApiKey, dreaming: Generation, look: Callable[[ApiKey], int]
) -> None:
    wire.forgotten.add(str(attempt_of(dreaming).remote_id))
    look(key)
    fresh(dreaming, State.DREAMING)
    later(minutes=4)
    look(key)
    fresh(dreaming, State.DREAMING)
    later(minutes=2)
    look(key)
    assert "no longer knows" in fresh(dreaming, State.STALLED).note


def test_a_404_that_ends_is_forgotten(
    wire: Wire, key: ApiKey, dreaming: Generation, look: Callable[[ApiKey], int]
) -> None:
    remote_id = str(attempt_of(dreaming).remote_id)
    for _ in range(3):
        wire.forgotten.add(remote_id)
        look(key)
        later(minutes=4)
        wire.forgotten.clear()
        look(key)
        later(minutes=4)
    fresh(dreaming, State.DREAMING)
    assert attempt_of(dreaming).missing_since is None


def test_a_stalled_one_is_asked_for_once_an_hour(
    wire: Wire, key: ApiKey, dreaming: Generation, look: Callable[[ApiKey], int]
) -> None:
    remote_id = str(attempt_of(dreaming).remote_id)
    wire.forgotten.add(remote_id)
    look(key)
    later(minutes=6)
    look(key)
    fresh(dreaming, State.STALLED)
    asked = wire.asked(f"/generations/{remote_id}")
    for _ in range(10):
        later(minutes=5)
        look(key)
    assert wire.asked(f"/generations/{remote_id}") == asked
    later(minutes=15)
    wire.forgotten.clear()
    wire.complete(remote_id, video=VIDEO)
    look(key)
    fresh(dreaming, State.STORING)


@pytest.mark.parametrize(("media", "minutes"), [("video", 60), ("image", 10)])
def test_what_takes_unusually_long_is_said_so_and_still_followed(
    media: str,
    minutes: int,
    wire: Wire,
    key: ApiKey,
    seat: Seat,
    queue: Queue,
    look: Callable[[ApiKey], int],
) -> None:
    row = press(seat, None if media == "video" else still())[0]
    tasks.submit_generation(row.pk)
    later(minutes=minutes - 1)
    look(key)
    fresh(row, State.DREAMING)
    later(minutes=2)
    look(key)
    fresh(row, State.STALLED)
    later(minutes=61)
    wire.complete(attempt_of(row).remote_id, **{media: VIDEO})
    look(key)
    fresh(row, State.STORING)


def test_a_lost_row_does_not_make_every_sweep_read_the_whole_list(
    wire: Wire, key: ApiKey, seat: Seat, queue: Queue, look: Callable[[ApiKey], int]
) -> None:
    rows = [press(seat, still())[0] for _ in range(40)]
    for row in rows:
        tasks.submit_generation(row.pk)
    full = wire.order
    wire.order = lambda listed: full(listed) * 25
    wire.forgotten.add(str(attempt_of(rows[0]).remote_id))
    before = wire.asked("/generations")
    look(key)
    assert wire.asked("/generations") - before <= following.PAGES_TO_FOLLOW


def test_an_answer_about_another_generation_is_ignored(
    wire: Wire, key: ApiKey, dreaming: Generation, look: Callable[[ApiKey], int]
) -> None:
    remote_id = str(attempt_of(dreaming).remote_id)
    wire.unlisted.add(remote_id)
    wire.said[remote_id] = {"id": str(uuid4()), "state": "completed", "assets": {"video": VIDEO}}
    with pytest.raises(LumaUnavailable):
        look(key)
    fresh(dreaming, State.DREAMING)


def test_a_list_that_fails_changes_nothing(
    wire: Wire, key: ApiKey, dreaming: Generation, look: Callable[[ApiKey], int]
) -> None:
    wire.next_list = [lambda request: reply(500, "<html>")] * 5
    with pytest.raises(LumaUnavailable):
        look(key)
    fresh(dreaming, State.DREAMING)
    assert attempt_of(dreaming).missing_since is None


ODD_ROWS: list[Any] = [None, "x", {}, {"id": None}, {"id": 7}, {"id": "x", "state": {}}]


def test_a_list_with_rubbish_in_it_still_serves(
    wire: Wire, key: ApiKey, dreaming: Generation, look: Callable[[ApiKey], int]
) -> None:
    wire.complete(attempt_of(dreaming).remote_id, video=VIDEO)
    wire.order = lambda rows: ODD_ROWS + rows + rows
    look(key)
    fresh(dreaming, State.STORING)


# Another key, another address


def test_a_new_key_at_the_same_address_follows_what_the_old_one_began(
    wire: Wire,
    key: ApiKey,
    dreaming: Generation,
    settings: LazySettings,
    look: Callable[[ApiKey], int],
) -> None:
    from generations.lifecycle.api_key import current_key

    settings.LUMAAI_API_KEY = "another-key"
    wire.complete(attempt_of(dreaming).remote_id, video=VIDEO)
    assert current_key() != key
    assert look(current_key()) == 1
    fresh(dreaming, State.STORING)


def test_what_is_made_at_another_address_is_said_to_stand_still(
    wire: Wire,
    key: ApiKey,
    dreaming: Generation,
    settings: LazySettings,
    look: Callable[[ApiKey], int],
) -> None:
    from generations.lifecycle.api_key import current_key

    assert stall_elsewhere(key) == 0
    settings.LUMAAI_BASE_URL = "https://api.elsewhere.example.org/dream-machine/v1"
    assert look(current_key()) == 0
    assert stall_elsewhere(current_key()) == 1
    assert "another address" in fresh(dreaming, State.STALLED).note


# A second result


def test_a_second_result_beside_a_finished_one_is_followed_and_refunded(
    wire: Wire, key: ApiKey, dreaming: Generation, look: Callable[[ApiKey], int]
) -> None:
    """An informed duplicate: both were charged, and the one that fails is given back."""
    second = Attempt.objects.create(generation=dreaming, number=2, key=key)
    from django.db import transaction

    from generations.spending.actions import place_hold

    with transaction.atomic():
        place_hold(dreaming.team, second.uuid, dreaming.quote_micros)
    tasks.submit_generation(press_again(dreaming))
    twin = attempt_of(dreaming, 2)
    assert twin.remote_id is not None
    wire.complete(attempt_of(dreaming).remote_id, video=VIDEO)
    look(key)
    fresh(dreaming, State.STORING)
    wire.say(twin.remote_id, "failed", failure_reason="Job failed")
    look(key)
    fresh(dreaming, State.STORING)
    assert entries_of(twin) == "hold post refund"
    assert entries_of(attempt_of(dreaming)) == "hold post"
    before = len(wire.requests)
    look(key)
    assert len(wire.requests) == before


def press_again(generation: Generation) -> int:
    Generation.objects.filter(pk=generation.pk).update(state=State.QUEUED)
    return generation.pk


def test_of_two_results_the_failure_of_one_does_not_fail_the_row(
    wire: Wire, key: ApiKey, dreaming: Generation, look: Callable[[ApiKey], int]
) -> None:
    Attempt.objects.create(
        generation=dreaming, number=2, key=key, remote_id=str(uuid4()), outcome="accepted"
    )
    wire.say(attempt_of(dreaming).remote_id, "failed", failure_reason="Job failed")
    look(key)
    fresh(dreaming, State.DREAMING)
    assert entries_of(attempt_of(dreaming)) == "hold post refund"


def test_a_generation_with_our_token_and_no_row_is_an_orphan(
    wire: Wire,
    key: ApiKey,
    dreaming: Generation,
    doubtful_twin: Generation,
    look: Callable[[ApiKey], int],
) -> None:
    """The rows were lost with a backup's last hours; the token still says whose it is."""
    remote_id = attempt_of(doubtful_twin).remote_id
    doubtful_twin.events.all().delete()
    doubtful_twin.delete()
    look(key)
    orphan = Orphan.objects.get()
    assert orphan.remote_id == remote_id
    assert orphan.token.split(".")[2] == doubtful_twin.uuid.hex
    look(key)
    assert Orphan.objects.count() == 1


@pytest.fixture
def doubtful_twin(seat: Seat, wire: Wire, queue: Queue) -> Generation:
    row = press(seat)[0]
    tasks.submit_generation(row.pk)
    return fresh(row, State.DREAMING)


def test_generations_of_other_software_are_none_of_our_business(
    wire: Wire, key: ApiKey, dreaming: Generation, look: Callable[[ApiKey], int]
) -> None:
    wire.echoes = False
    extra = {"id": str(uuid4()), "state": "completed", "request": {"callback_url": "https://x.y/"}}
    wire.order = lambda rows: [extra, *rows]
    look(key)
    assert not Orphan.objects.exists()


# One pass over the list


Page = tuple[RemoteGeneration, ...]


def rows(*ages: float, ids: list[str] | None = None) -> Page:
    """Rows of so many seconds of age."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    names = ids or [str(uuid4()) for _ in ages]
    return tuple(
        RemoteGeneration(Remote(id=name, created_at=moment - timedelta(seconds=age)), {})
        for name, age in zip(names, ages, strict=True)
    )


NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def pass_over() -> Callable[..., ListPass]:
    def go(*pages: Page, whole: bool = True) -> ListPass:
        list_pass = ListPass({}, doubt_since=NEW_YEAR - timedelta(hours=1))
        for page in pages:
            list_pass.add_page(page, whole=whole)
        return list_pass

    return go


def test_a_page_that_holds_the_last_row_of_the_one_before_is_clean(
    pass_over: Callable[..., ListPass],
) -> None:
    first = rows(1, 2, 3)
    assert pass_over(first, (first[-1], *rows(4, 5))).clean
    assert not pass_over(first, rows(4, 5)).clean


def test_a_page_that_could_not_be_read_whole_is_not_clean(
    pass_over: Callable[..., ListPass],
) -> None:
    assert not pass_over(rows(1), whole=False).clean
    assert not pass_over((RemoteGeneration(Remote(), {}),)).clean


def test_newest_first_it_ends_a_day_before_the_oldest_in_doubt(
    pass_over: Callable[..., ListPass],
) -> None:
    hour = 3600
    first = rows(0, hour)
    young = pass_over(first, (first[-1], *rows(2 * hour)))
    assert not young.is_done(more=True)
    assert young.is_done(more=False)
    old = pass_over(first, (*first, *rows(26 * hour)))
    assert old.is_done(more=True), "overlapping rows are no disorder"


def test_in_another_order_it_ends_only_at_the_end(pass_over: Callable[..., ListPass]) -> None:
    mixed = pass_over(rows(200_000, 10, 100_000))
    assert not mixed.is_done(more=True)
    assert mixed.is_done(more=False)


def test_a_row_without_a_date_is_disorder(pass_over: Callable[..., ListPass]) -> None:
    dateless = (RemoteGeneration(Remote(id=uuid4()), {}), *rows(200_000))
    assert not pass_over(dateless).is_done(more=True)
