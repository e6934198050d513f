"""Importing what was made elsewhere: whole, once, never our own; and the connection check."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pytest_django import Settings

from generations import tasks
from generations.actions.imports import begin_import
from generations.lifecycle import progress
from generations.luma import schema
from generations.luma.client import paging
from generations.media import outbound
from generations.models import (
    AccountImport,
    ApiKey,
    Attempt,
    Event,
    Generation,
    Kind,
    Orphan,
    State,
)
from generations.recipes import echo
from generations.recipes.echo import kind_of, named_sources, recipe_from
from generations.spending.models import LedgerEntry
from generations.tasks import imports as importing_tasks
from generations.tasks.checking import check_connection
from generations.tasks.watching import Watcher
from studio.accounts.models import User
from studio.clock import now
from studio.errors import Conflict
from studio.teams.access import Seat
from studio.teams.models import Role, Team
from tests.generations.core.conftest import Queue, attempt_of, fresh, later, press
from tests.generations.core.wire import BASE, Wire, reply

VIDEO = "https://cdn.example.org/a.mp4"
AUTH = {"Authorization": "Bearer sandbox"}

pytestmark = pytest.mark.usefixtures("wire")


@pytest.fixture
def boss(team: Team, ada: User) -> Seat:
    return Seat(team, ada, Role.OWNER)


def elsewhere(wire: Wire, **body: Any) -> str:
    """Somebody makes a video with the same key and without this studio; its id."""
    wanted = {"prompt": "a red kite over a field", "model": "ray-2", **body}
    answer = wire.deliver(
        httpx.Request("POST", f"{BASE}/generations/video", json=wanted, headers=AUTH)
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def imported(boss: Seat, queue: Queue) -> AccountImport:
    """Press, and let the worker do all of it."""
    begun = begin_import(boss)
    while queue:
        task, pk = queue.pop(0)
        if task == "import_account":
            tasks.import_account(pk)
    begun.refresh_from_db()
    return begun


def counts(done: AccountImport) -> tuple[int, int, int]:
    return done.taken, done.known, done.left


# What is taken


def test_a_finished_one_is_taken_with_its_recipe_and_fetched_like_any_other(
    boss: Seat, wire: Wire, queue: Queue
) -> None:
    remote_id = elsewhere(
        wire, aspect_ratio="9:16", resolution="1080p", duration="9s", concepts=[{"key": "pan_left"}]
    )
    wire.complete(remote_id, video=VIDEO)
    done = imported(boss, queue)
    made = Generation.objects.get()
    assert counts(done) == (1, 0, 0)
    assert done.state == AccountImport.State.FINISHED
    assert (made.kind, made.state, made.author) == (Kind.TEXT_TO_VIDEO, State.STORING, boss.user)
    assert made.prompt == "a red kite over a field"
    assert (made.aspect_ratio, made.resolution, made.seconds) == ("9:16", "1080p", 9)
    assert made.recipe["concepts"] == ["pan_left"]
    assert made.quote_micros is None
    assert made.assets.get().url == VIDEO
    assert attempt_of(made).remote_id == remote_id
    event = Event.objects.get(generation=made)
    assert (event.verb, event.actor) == ("user.imported", boss.user)
    later(2)
    Watcher().sweep()
    assert ("store_assets", made.pk) in queue


def test_no_money_moves(boss: Seat, wire: Wire, queue: Queue) -> None:
    wire.complete(elsewhere(wire), video=VIDEO)
    imported(boss, queue)
    assert not LedgerEntry.objects.exists()


def test_the_second_import_takes_nothing_again(boss: Seat, wire: Wire, queue: Queue) -> None:
    wire.complete(elsewhere(wire), video=VIDEO)
    imported(boss, queue)
    assert counts(imported(boss, queue)) == (0, 1, 0)
    assert Generation.objects.count() == 1


def test_what_carries_our_token_is_never_taken(
    boss: Seat, wire: Wire, queue: Queue, dreaming: Generation
) -> None:
    wire.complete(attempt_of(dreaming).remote_id, video=VIDEO)
    Attempt.objects.filter(generation=dreaming).update(remote_id=None)
    assert counts(imported(boss, queue)) == (0, 1, 0)
    assert Generation.objects.count() == 1


def test_an_orphan_of_ours_is_not_taken(boss: Seat, wire: Wire, queue: Queue) -> None:
    remote_id = elsewhere(wire)
    wire.complete(remote_id, video=VIDEO)
    Orphan.objects.create(remote_id=remote_id, token="t", raw={})
    assert counts(imported(boss, queue)) == (0, 1, 0)


def test_what_failed_or_has_no_file_is_left(boss: Seat, wire: Wire, queue: Queue) -> None:
    wire.say(elsewhere(wire), "failed", failure_reason="no")
    wire.complete(elsewhere(wire), image="https://cdn.example.org/thumbnail.jpg")
    wire.say(elsewhere(wire), "a state of tomorrow")
    assert counts(imported(boss, queue)) == (0, 0, 3)
    assert not Generation.objects.exists()


def test_one_that_is_being_made_is_followed_from_now_on(
    boss: Seat, wire: Wire, queue: Queue
) -> None:
    remote_id = elsewhere(wire)
    imported(boss, queue)
    made = Generation.objects.get()
    assert made.state == State.DREAMING
    wire.complete(remote_id, video=VIDEO)
    Watcher().watch()
    fresh(made, State.STORING)
    assert not LedgerEntry.objects.exists()


def test_one_that_fails_later_refunds_nothing(boss: Seat, wire: Wire, queue: Queue) -> None:
    remote_id = elsewhere(wire)
    imported(boss, queue)
    wire.say(remote_id, "failed", failure_reason="no")
    Watcher().watch()
    fresh(Generation.objects.get(), State.FAILED)
    assert not LedgerEntry.objects.exists()


def test_lineage_is_kept_where_the_ids_are_known(boss: Seat, wire: Wire, queue: Queue) -> None:
    first = elsewhere(wire)
    wire.complete(first, video=VIDEO)
    wire.sandbox._store.change(first, state="completed")
    frames = {"frame0": {"type": "generation", "id": first}}
    second = elsewhere(wire, keyframes=frames)
    wire.complete(second, video=VIDEO)
    imported(boss, queue)
    child = Generation.objects.get(attempts__remote_id=second)
    assert child.kind == Kind.EXTEND
    assert child.inputs.get().slot == "start_frame"
    assert child.inputs.get().source == Generation.objects.get(attempts__remote_id=first)


def test_a_foreign_picture_stays_an_address_and_a_known_one_becomes_the_source(
    boss: Seat, wire: Wire, queue: Queue
) -> None:
    parent = elsewhere(wire)
    wire.complete(parent, video=VIDEO, image="https://cdn.example.org/known.jpg")
    child = elsewhere(wire)
    wire.complete(child, video=VIDEO)
    ends = {
        "frame0": {"type": "image", "url": "https://cdn.example.org/known.jpg"},
        "frame1": {"type": "image", "url": "https://cdn.example.org/foreign.jpg"},
    }
    wire.said[child]["request"] = {"generation_type": "video", "prompt": "x", "keyframes": ends}
    imported(boss, queue)
    made = Generation.objects.get(attempts__remote_id=child)
    assert made.kind == Kind.KEYFRAMES
    lies = {one.slot: (one.source, one.url) for one in made.inputs.all()}
    known = Generation.objects.get(attempts__remote_id=parent)
    assert lies["start_frame"] == (known, "")
    assert lies["end_frame"] == (None, "https://cdn.example.org/foreign.jpg")


def test_references_keep_their_weights_and_characters_their_pictures(
    boss: Seat, wire: Wire, queue: Queue
) -> None:
    made = elsewhere(wire)
    wire.complete(made, video=VIDEO)
    at = "https://cdn.example.org/"
    wire.said[made]["request"] = {
        "generation_type": "image",
        "prompt": "x",
        "image_ref": [{"url": f"{at}a.jpg", "weight": 0.25}, {"url": f"{at}b.jpg"}],
        "style_ref": [{"url": f"{at}c.jpg", "weight": "much"}],
        "modify_image_ref": {"url": f"{at}d.jpg", "weight": 7},
        "character_ref": {"identity0": {"images": [f"{at}e.jpg", f"{at}f.jpg"]}},
    }
    imported(boss, queue)
    row = Generation.objects.get(attempts__remote_id=made)
    lies = {
        one.url.removeprefix(at): (one.slot, one.position, one.weight) for one in row.inputs.all()
    }
    assert lies == {
        "a.jpg": ("image_ref", 0, 0.25),
        "b.jpg": ("image_ref", 1, None),
        "c.jpg": ("style_ref", 0, None),
        "d.jpg": ("modify_image_ref", 0, None),
        "e.jpg": ("character_ref", 0, None),
        "f.jpg": ("character_ref", 1, None),
    }


def test_another_team_s_result_is_no_source(
    boss: Seat, wire: Wire, queue: Queue, cleo: User
) -> None:
    other = Team.objects.get(slug="elsewhere")
    first = elsewhere(wire)
    wire.complete(first, video=VIDEO)
    imported(Seat(other, cleo, Role.OWNER), queue)
    second = elsewhere(wire)
    wire.complete(second, video=VIDEO)
    ends = {"frame0": {"type": "generation", "id": first}}
    wire.said[second]["request"] = {"generation_type": "video", "keyframes": ends}
    imported(boss, queue)
    assert not Generation.objects.get(attempts__remote_id=second).inputs.exists()


# The list


def test_a_long_list_is_read_in_slices_and_the_oldest_comes_first(
    boss: Seat, wire: Wire, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PAGE", 4)
    monkeypatch.setattr(paging, "OVERLAP", 1)
    monkeypatch.setattr(importing_tasks, "PAGES", 1)
    made = [elsewhere(wire, prompt=f"kite number {number}") for number in range(10)]
    for remote_id in made:
        wire.complete(remote_id, video=VIDEO)
    done = imported(boss, queue)
    assert done.taken == 10
    assert done.state == AccountImport.State.FINISHED
    assert Generation.objects.count() == 10
    monkeypatch.undo()


def test_within_a_slice_the_oldest_comes_first(boss: Seat, wire: Wire, queue: Queue) -> None:
    made = [elsewhere(wire) for _ in range(4)]
    for remote_id in made:
        wire.complete(remote_id, video=VIDEO)
    imported(boss, queue)
    rows = Attempt.objects.order_by("generation_id").values_list("remote_id", flat=True)
    assert list(rows) == made


def test_an_api_that_is_away_stops_it_and_says_why(boss: Seat, wire: Wire, queue: Queue) -> None:
    wire.next_list += [lambda request: reply(401, {"detail": "Invalid API key"})]
    done = imported(boss, queue)
    assert done.state == AccountImport.State.STOPPED
    assert done.note
    assert imported(boss, queue).state == AccountImport.State.FINISHED


def test_a_slice_that_runs_twice_takes_nothing_twice(boss: Seat, wire: Wire, queue: Queue) -> None:
    wire.complete(elsewhere(wire), video=VIDEO)
    begun = begin_import(boss)
    AccountImport.objects.filter(pk=begun.pk).update(lease_until=now_and(60))
    tasks.import_account(begun.pk)
    assert not Generation.objects.exists(), "another process is at it"
    later(100)
    tasks.import_account(begun.pk)
    tasks.import_account(begun.pk)
    assert Generation.objects.count() == 1


def now_and(seconds: float) -> datetime:
    return now() + timedelta(seconds=seconds)


def test_only_one_import_runs_at_a_time(boss: Seat, queue: Queue) -> None:
    begin_import(boss)
    with pytest.raises(Conflict, match="running already"):
        begin_import(boss)


def test_an_import_of_another_key_is_stopped(boss: Seat, queue: Queue) -> None:
    begun = begin_import(boss)
    other = ApiKey.objects.create(fingerprint="other", last_four="last", base_url=BASE)
    AccountImport.objects.filter(pk=begun.pk).update(key=other)
    tasks.import_account(begun.pk)
    begun.refresh_from_db()
    assert begun.state == AccountImport.State.STOPPED


def test_an_import_whose_hint_was_lost_goes_on(boss: Seat, wire: Wire, queue: Queue) -> None:
    begun = begin_import(boss)
    queue.clear()
    later(5)
    Watcher().sweep()
    assert ("import_account", begun.pk) in queue


# From the echoed request to a kind


def told(generation_type: str = "video", **request: Any) -> schema.Generation:
    raw = {
        "id": str(uuid4()),
        "generation_type": generation_type,
        "state": "completed",
        "request": request or None,
    }
    return schema.Generation.model_validate(raw)


IMAGE = {"type": "image", "url": "https://cdn.example.org/a.jpg"}
CLIP = {"type": "generation", "id": str(uuid4())}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (told(), Kind.TEXT_TO_VIDEO),
        (told("image"), Kind.IMAGE),
        (told(keyframes={"frame0": IMAGE}), Kind.IMAGE_TO_VIDEO),
        (told(keyframes={"frame1": IMAGE}), Kind.IMAGE_TO_VIDEO),
        (told(keyframes={"frame0": IMAGE, "frame1": IMAGE}), Kind.KEYFRAMES),
        (told(keyframes={"frame0": CLIP}), Kind.EXTEND),
        (told(keyframes={"frame1": CLIP}), Kind.EXTEND_BACKWARDS),
        (told(keyframes={"frame0": CLIP, "frame1": CLIP}), Kind.BRIDGE),
        (told(keyframes={"frame0": CLIP, "frame1": IMAGE}), Kind.BRIDGE),
        (told(generation_type="video", keyframes="odd"), Kind.TEXT_TO_VIDEO),
        (told("image", prompt="x"), Kind.IMAGE),
    ],
)
def test_kind_follows_from_the_echo(answer: schema.Generation, kind: Kind) -> None:
    assert kind_of(answer) == kind


@pytest.mark.parametrize(("operation", "kind"), echo.BY_OPERATION.items())
def test_every_operation_has_its_kind(operation: str, kind: Kind) -> None:
    media = "image" if "image" in operation else "video"
    raw = {"generation_type": media, "request": {"generation_type": operation}}
    assert kind_of(schema.Generation.model_validate(raw)) == kind


def test_a_setting_that_cannot_be_read_becomes_the_default() -> None:
    odd = told(model="ray-9", aspect_ratio="5:4", duration=7, loop=True, prompt="x")
    recipe = recipe_from(odd, Kind.TEXT_TO_VIDEO)
    assert (recipe["model"], recipe["aspect_ratio"], recipe["duration"]) == ("ray-2", "16:9", "5s")
    assert recipe["loop"] is True


def test_a_request_of_another_shape_names_nothing() -> None:
    assert named_sources({"keyframes": [1], "media": "x", "image_ref": {"url": "y"}}) == []
    for odd in ("x", {"identity0": ["y"]}, {"identity0": {"images": "z"}}):
        assert named_sources({"character_ref": odd}) == []
    found = named_sources({"image_ref": [{"url": "a"}, {"url": "b"}], "media": {"url": "c"}})
    assert [(slot, at) for slot, at, _ in found] == [
        ("source", 0),
        ("image_ref", 0),
        ("image_ref", 1),
    ]


# Check connection


def result(key: ApiKey) -> tuple[bool | None, str]:
    key.refresh_from_db()
    return key.check_passed, key.check_result


def test_a_good_connection_is_said_with_the_balance(key: ApiKey, wire: Wire) -> None:
    check_connection(key.pk)
    assert result(key) == (True, "Luma answers and accepts the key. Balance $5,000.00.")
    assert key.balance_micros == 5_000_000_000
    assert wire.asked("/ping") == 1


@pytest.mark.parametrize(
    ("public", "found", "said"),
    [
        ("https://studio.northlight.film", True, " The public address answers."),
        (
            "https://studio.northlight.film",
            False,
            " The public address does not answer from here: see that it is open to the internet.",
        ),
        ("http://127.0.0.1:8000", True, ""),
        (None, True, ""),
    ],
)
def test_with_a_real_key_our_own_public_address_is_tried_too(
    key: ApiKey,
    wire: Wire,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    public: str | None,
    found: bool,
    said: str,
) -> None:
    asked: list[str] = []

    def head(url: str, **_: object) -> outbound.HeadResult:
        asked.append(url)
        if not found:
            raise outbound.FetchFailed("The address did not answer.")
        return outbound.HeadResult("text/plain", 2)

    monkeypatch.setattr(outbound, "head", head)
    settings.ON_SANDBOX, settings.PUBLIC_BASE_URL = False, public
    check_connection(key.pk)
    passed, told = result(key)
    assert passed
    assert told.endswith(f"Balance $5,000.00.{said}")
    assert asked == ([f"{public}/healthz"] if said else [])


def test_a_key_that_is_refused_is_told_from_an_api_that_is_away(key: ApiKey, wire: Wire) -> None:
    wire.next_credits.append(lambda request: reply(401, {"detail": "Invalid API key"}))
    check_connection(key.pk)
    passed, said = result(key)
    assert passed is False
    assert said.startswith("Luma answers, but not to this key")
    wire.next_get += [lambda request: reply(503, {"detail": "away"})] * 9
    check_connection(key.pk)
    passed, said = result(key)
    assert passed is False
    assert said.startswith("Luma does not answer")


def test_try_again_now_lets_a_paused_key_go_on(key: ApiKey, wire: Wire, queued: Generation) -> None:
    progress.pause_key(key.pk, "Out of credit.")
    Generation.objects.filter(pk=queued.pk).update(note="Out of credit.")
    check_connection(key.pk)
    passed, said = result(key)
    assert passed
    assert "What waited goes out again." in said
    assert key.paused_at is None
    assert fresh(queued).note == ""


def test_a_hint_about_another_key_changes_nothing(key: ApiKey, wire: Wire) -> None:
    check_connection(key.pk + 1)
    assert result(key) == (None, "")
    assert wire.requests == []


def test_a_check_whose_hint_was_lost_is_done_all_the_same(key: ApiKey, queue: Queue) -> None:
    ApiKey.objects.filter(pk=key.pk).update(check_asked_at=now_and(0))
    later(5)
    Watcher().sweep()
    assert ("check_connection", key.pk) in queue


def test_ours_and_theirs_live_side_by_side(
    boss: Seat, seat: Seat, wire: Wire, queue: Queue
) -> None:
    ours = press(seat)[0]
    tasks.submit_generation(ours.pk)
    wire.complete(elsewhere(wire), video=VIDEO)
    assert counts(imported(boss, queue)) == (1, 1, 0)
    fresh(ours, State.DREAMING)
