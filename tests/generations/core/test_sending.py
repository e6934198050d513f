"""The submission protocol: what every answer of the API does to row, attempt and money."""

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.conf import LazySettings
from django.db import OperationalError

from generations import tasks
from generations.actions import cancel_generation
from generations.lifecycle import progress
from generations.lifecycle.callback_tokens import read_token
from generations.luma.client import LumaClient
from generations.models import ApiKey, Attempt, Generation, State
from generations.spending.models import Account
from generations.tasks import luma, submitting
from generations.tasks.following import resume_paused
from studio.accounts.models import User
from studio.clock import now
from studio.teams.access import Seat
from tests.generations.core.conftest import (
    PRICE,
    Queue,
    attempt_of,
    fresh,
    later,
    press,
    run,
    shot,
    still,
)
from tests.generations.core.wire import BASE, Wire, reply
from tests.spending.ledger import entries_of

pytestmark = pytest.mark.usefixtures("exact_books")


def money() -> tuple[int, int]:
    """Pending and posted."""
    account = Account.objects.get()
    return account.pending_micros, account.posted_micros


ANY_ID = "11111111-2222-4333-8444-555555555555"


@dataclass(frozen=True)
class Case:
    """An answer to a create, and the row, attempt and money that have to follow."""

    name: str
    status: int
    body: Any
    state: State
    outcome: str
    money: str
    headers: tuple[tuple[str, str], ...] = ()


def accepted(name: str, status: int, ends: State = State.DREAMING, /, **body: Any) -> Case:
    told = {"id": ANY_ID, "state": "queued", **body}
    posted = "hold post refund" if ends == State.FAILED else "hold post"
    return Case(name, status, told, ends, "accepted", posted)


def refused(name: str, status: int, detail: Any) -> Case:
    return Case(name, status, {"detail": detail}, State.REFUSED, "refused", "hold void")


def waits(name: str, status: int, detail: Any, *headers: tuple[str, str]) -> Case:
    return Case(name, status, {"detail": detail}, State.QUEUED, "planned", "hold", headers)


def unknown(name: str, status: int, body: Any, *headers: tuple[str, str]) -> Case:
    return Case(name, status, body, State.UNCONFIRMED, "in_doubt", "hold", headers)


VIDEO = {"video": "https://cdn.example.org/a.mp4"}
HTML = "<html><body>Bad gateway</body></html>"
CASES = (
    accepted("A01 accepted", 201),
    accepted("A02 accepted with 200", 200),
    unknown("A03 an empty object", 201, {}),
    unknown("A03 no id", 201, {"state": "queued"}),
    unknown("A03 id null", 201, {"id": None, "state": "queued"}),
    unknown("A03 id of another shape", 201, {"id": "12", "state": "queued"}),
    unknown("A03 id a list", 201, {"id": [ANY_ID]}),
    accepted("A04 completed at once", 201, State.STORING, state="completed", assets=VIDEO),
    accepted("A05 failed at once", 201, State.FAILED, state="failed", failure_reason="Job failed"),
    unknown("A06 no JSON", 201, "created!"),
    unknown("A06 HTML", 201, HTML),
    unknown("A06 nothing", 201, b""),
    unknown("A06 torn JSON", 201, '{"id": "11111111-2222'),
    unknown("A06 ten megabytes", 201, b'{"id": "' + b"x" * 10_000_000),
    unknown("A06 another charset", 201, json.dumps({"id": "é"}).encode("latin-1")),
    unknown("A06 a bomb", 201, gzip.compress(b"0" * 30_000_000), ("content-encoding", "gzip")),
    accepted("A07 202 with an id", 202),
    unknown("A07 204", 204, b""),
    unknown("A07 206 with nothing", 206, b""),
    accepted("A07 299 with an id", 299),
    *(
        unknown(f"A08 {status}", status, b"", ("location", "https://evil.example.org/"))
        for status in (301, 302, 303, 307, 308)
    ),
    refused("A09 a sentence", 400, "Prompt is too short, minimum length is 3 characters"),
    refused("A10 a list", 422, [{"loc": ["body", "model"], "msg": "wrong", "type": "enum"}]),
    refused("A10 an object", 400, {"reason": "odd"}),
    unknown("A10 no detail", 400, {"error": "no"}),
    unknown("A10 HTML", 400, HTML),
    waits("A11 401", 401, "Invalid API key is provided"),
    waits("A11 403", 403, "Not authenticated"),
    unknown("A11 a proxy's 403", 403, HTML),
    waits("A12 402", 402, "Payment required"),
    waits("A12 insufficient credits", 400, "Insufficient credits"),
    refused("A13 404", 404, "Not Found"),
    unknown("A13 a proxy's 404", 404, HTML),
    *(refused(f"A14 {status}", status, "No.") for status in (405, 413, 415, 422)),
    *(unknown(f"A15 {status}", status, {"detail": "No."}) for status in (408, 409, 425, 499)),
    waits("A16 429", 429, "Too many", ("retry-after", "5")),
    unknown("A16 a proxy's 429", 429, HTML),
    *(
        unknown(f"A17 {status}", status, {"detail": "Oops"})
        for status in (500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 529)
    ),
    unknown("A17 HTML", 502, HTML),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_answer_leaves_row_attempt_and_money_as_the_catalogue_says(
    case: Case, queued: Generation, wire: Wire
) -> None:
    wire.next_create.append(
        lambda request: (
            reply(case.status, case.body, **dict(case.headers))
            if not isinstance(case.body, bytes)
            else httpx.Response(case.status, content=case.body, headers=dict(case.headers))
        )
    )
    tasks.submit_generation(queued.pk)
    found = fresh(queued, case.state)
    attempt = attempt_of(queued)
    assert attempt.outcome == case.outcome
    assert entries_of(attempt) == case.money
    assert len(wire.creates()) == 1
    assert (attempt.remote_id == ANY_ID) == (case.outcome == "accepted")
    assert not found.lease_owner


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_answer_makes_the_studio_send_again_at_once(
    case: Case, queued: Generation, wire: Wire, queue: Queue
) -> None:
    body = case.body if isinstance(case.body, bytes) else None
    headers = dict(case.headers)
    for _ in range(3):
        wire.next_create.append(
            lambda request: (
                httpx.Response(case.status, content=body, headers=headers)
                if body is not None
                else reply(case.status, case.body, **headers)
            )
        )
    for _ in range(3):
        tasks.submit_generation(queued.pk)
        tasks.follow_attempt(attempt_of(queued).pk)
    assert len(wire.creates()) == 1


FAULTS: tuple[tuple[str, Exception], ...] = (
    ("closed", httpx.RemoteProtocolError("Server disconnected")),
    ("reset", httpx.ReadError("reset")),
    ("silent", httpx.ReadTimeout("")),
    ("write", httpx.WriteError("broken pipe")),
    ("decoding", httpx.DecodingError("bad gzip")),
)


@pytest.mark.parametrize(("name", "fault"), FAULTS, ids=[name for name, _ in FAULTS])
@pytest.mark.parametrize("charged", [False, True])
def test_a_line_that_breaks_leaves_it_in_doubt_with_its_hold(
    name: str, fault: Exception, charged: bool, queued: Generation, wire: Wire
) -> None:
    def break_off(request: httpx.Request) -> httpx.Response:
        if charged:
            wire.deliver(request)
        raise fault

    wire.next_create.append(break_off)
    tasks.submit_generation(queued.pk)
    fresh(queued, State.UNCONFIRMED)
    attempt = attempt_of(queued)
    assert (attempt.outcome, entries_of(attempt)) == ("in_doubt", "hold")
    assert attempt.marked_at is not None
    assert len(wire.creates()) == 1


def test_what_is_sent_is_the_recipe_with_a_genuine_return_address(
    queued: Generation, wire: Wire
) -> None:
    tasks.submit_generation(queued.pk)
    attempt = attempt_of(queued)
    sent = wire.creates()[0]
    address = sent.pop("callback_url")
    assert sent == {
        "prompt": "a calm lake at dawn",
        "model": "ray-2",
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "duration": "5s",
        "loop": False,
    }
    assert address.startswith("http://studio.test/hooks/luma/")
    token = read_token(address)
    assert token is not None
    assert (token.team, token.generation, token.attempt) == (queued.team.uuid, queued.uuid, 1)
    assert attempt.request == {**sent, "callback_url": address}
    assert "sandbox" not in json.dumps(attempt.request)


def test_an_accepted_one_is_bound_and_paid(queued: Generation, wire: Wire) -> None:
    tasks.submit_generation(queued.pk)
    attempt = attempt_of(queued)
    assert wire.ids() == [attempt.remote_id]
    assert money() == (0, PRICE)
    events = list(queued.events.order_by("pk").values_list("verb", flat=True))
    assert events == ["user.queued", "worker.sending", "worker.dreaming"]


def test_an_answer_that_is_completed_is_stored_without_waiting(
    queued: Generation, wire: Wire, queue: Queue
) -> None:
    wire.answer(201, {"id": ANY_ID, "state": "completed", "assets": VIDEO})
    tasks.submit_generation(queued.pk)
    assert queue == [("store_assets", queued.pk)]


def test_the_balance_is_asked_for_after_a_submission(queued: Generation, wire: Wire) -> None:
    tasks.submit_generation(queued.pk)
    assert ApiKey.objects.get().balance_micros == 5_000_000_000 - PRICE


def test_a_refusal_says_the_apis_own_sentence(queued: Generation, wire: Wire) -> None:
    wire.answer(400, {"detail": "Contains blacklisted words"})
    tasks.submit_generation(queued.pk)
    assert fresh(queued).failure_reason == "Contains blacklisted words"
    assert money() == (0, 0)


def test_a_long_refusal_is_cut(queued: Generation, wire: Wire) -> None:
    wire.answer(400, {"detail": "x" * 100_000})
    tasks.submit_generation(queued.pk)
    assert fresh(queued, State.REFUSED).failure_reason == "x" * 500


def test_a_nul_in_an_answer_can_be_stored(queued: Generation, wire: Wire) -> None:
    wire.answer(201, {"id": ANY_ID, "state": "queued", "odd": "a\x00b", "big": 10**40})
    tasks.submit_generation(queued.pk)
    fresh(queued, State.DREAMING)
    response = attempt_of(queued).response or {}
    assert response["odd"] == "a\ufffdb"


# Nothing leaves


def intruder(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Let something happen between the claim and the first byte."""
    mark = progress.mark_sending

    def late(*args: Any, **kwargs: Any) -> None:
        act()
        mark(*args, **kwargs)

    monkeypatch.setattr(progress, "mark_sending", late)


def test_cancelled_meanwhile_not_a_byte_leaves(
    queued: Generation, wire: Wire, ed: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    intruder(monkeypatch, lambda: cancel_generation(queued, acting_user=ed))
    tasks.submit_generation(queued.pk)
    assert wire.requests == []
    fresh(queued, State.CANCELLED)
    assert entries_of(attempt_of(queued)) == "hold void"


def test_with_the_lease_lost_not_a_byte_leaves(
    queued: Generation, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = Generation.objects.filter(pk=queued.pk)
    intruder(monkeypatch, lambda: rows.update(lease_owner="another:1"))
    tasks.submit_generation(queued.pk)
    assert wire.requests == []
    assert fresh(queued, State.QUEUED).lease_owner == "another:1"
    assert attempt_of(queued).outcome == "planned"


@pytest.mark.parametrize(("seconds", "sent"), [(80, 1), (91, 0), (119, 0), (300, 0)])
def test_with_a_lease_that_is_nearly_over_not_a_byte_leaves(
    seconds: int, sent: int, queued: Generation, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    intruder(monkeypatch, lambda: later(seconds))
    tasks.submit_generation(queued.pk)
    assert len(wire.creates()) == sent
    assert attempt_of(queued).outcome == ("accepted" if sent else "planned")


def test_a_short_lease_still_lets_work_go_out(
    queued: Generation, wire: Wire, settings: LazySettings
) -> None:
    settings.CLAIM_LEASE = 4.0
    tasks.submit_generation(queued.pk)
    fresh(queued, State.DREAMING)


def test_with_the_key_paused_meanwhile_not_a_byte_leaves(
    queued: Generation, wire: Wire, key: ApiKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    intruder(monkeypatch, lambda: progress.pause_key(key.pk, "Stop."))
    tasks.submit_generation(queued.pk)
    assert wire.requests == []
    fresh(queued, State.QUEUED)
    assert attempt_of(queued).outcome == "planned"


def test_with_the_author_gone_meanwhile_not_a_byte_leaves(
    queued: Generation, wire: Wire, ed: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = User.objects.filter(pk=ed.pk)
    intruder(monkeypatch, lambda: people.update(is_active=False))
    tasks.submit_generation(queued.pk)
    assert wire.requests == []
    fresh(queued, State.QUEUED)


def test_work_of_a_closed_account_waits_and_says_so(
    queued: Generation, wire: Wire, ed: User
) -> None:
    User.objects.filter(pk=ed.pk).update(is_active=False)
    tasks.submit_generation(queued.pk)
    assert wire.requests == []
    assert fresh(queued, State.QUEUED).note == submitting.CLOSED
    User.objects.filter(pk=ed.pk).update(is_active=True)
    later(61)
    tasks.submit_generation(queued.pk)
    fresh(queued, State.DREAMING)


def test_when_the_mark_cannot_be_written_not_a_byte_leaves(
    queued: Generation, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked() -> None:
        raise OperationalError("database is locked")

    intruder(monkeypatch, locked)
    tasks.submit_generation(queued.pk)
    assert wire.requests == []
    row = fresh(queued, State.QUEUED)
    assert row.note == submitting.OFFLINE
    assert row.not_before > now()


def test_what_is_bound_already_is_never_sent(queued: Generation, wire: Wire) -> None:
    Attempt.objects.update(remote_id=ANY_ID)
    tasks.submit_generation(queued.pk)
    assert wire.requests == []


@pytest.mark.parametrize("state", sorted(set(State) - {State.QUEUED}))
def test_only_a_queued_row_is_sent(state: State, queued: Generation, wire: Wire) -> None:
    Generation.objects.update(state=state)
    tasks.submit_generation(queued.pk)
    assert wire.requests == []


def test_a_row_that_somebody_is_at_is_left_to_them(queued: Generation, wire: Wire) -> None:
    assert progress.claim(queued.pk, State.QUEUED, "another:1", 120)
    tasks.submit_generation(queued.pk)
    assert wire.requests == []
    later(121)
    tasks.submit_generation(queued.pk)
    assert len(wire.creates()) == 1


def test_a_row_that_waits_for_its_time_is_left_alone(queued: Generation, wire: Wire) -> None:
    Generation.objects.update(not_before=now() + timedelta(seconds=30))
    tasks.submit_generation(queued.pk)
    assert wire.requests == []
    later(31)
    tasks.submit_generation(queued.pk)
    assert len(wire.creates()) == 1


def test_ten_hints_for_one_row_send_it_once(queued: Generation, wire: Wire) -> None:
    for _ in range(10):
        tasks.submit_generation(queued.pk)
    assert len(wire.creates()) == 1


def test_nobody_listening_is_free_and_said_so(
    queued: Generation, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a real socket: only there can the client prove that no byte left."""
    client = LumaClient("sandbox", "http://127.0.0.1:1/dream-machine/v1")
    monkeypatch.setattr(luma, "open_client", lambda: client)
    tasks.submit_generation(queued.pk)
    row = fresh(queued, State.QUEUED)
    assert row.note == ("Luma cannot be reached. This will go out by itself. Nothing was charged.")
    assert (attempt_of(queued).outcome, entries_of(attempt_of(queued))) == ("planned", "hold")
    assert now() < row.not_before < now() + timedelta(seconds=61)


# Waiting for the API


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [("7", 7), ("0", 1), ("-1", 5), ("1000000000", 600), ("soon", 5), (None, 5)],
)
def test_a_busy_api_is_asked_again_when_it_said(
    asked: str | None, seconds: int, queued: Generation, wire: Wire
) -> None:
    headers = {"retry-after": asked} if asked else {}
    wire.answer(429, {"detail": "Too many requests"}, **headers)
    before = now()
    tasks.submit_generation(queued.pk)
    row = fresh(queued, State.QUEUED)
    assert row.note == submitting.BUSY
    assert before <= row.not_before - timedelta(seconds=seconds) <= now()
    later(seconds + 1)
    tasks.submit_generation(queued.pk)
    fresh(queued, State.DREAMING)
    assert len(wire.creates()) == 2
    assert len(wire.ids()) == 1
    assert entries_of(attempt_of(queued)) == "hold post"


def test_a_busy_api_may_name_a_date(queued: Generation, wire: Wire) -> None:
    date = format_datetime((now() + timedelta(seconds=90)).astimezone(UTC), usegmt=True)
    wire.answer(429, {"detail": "Too many requests"}, retry_after=date)
    tasks.submit_generation(queued.pk)
    wait = (fresh(queued).not_before - now()).total_seconds()
    assert 80 < wait < 95


@pytest.mark.parametrize(
    ("status", "detail", "note"),
    [
        (401, "Invalid API key is provided", submitting.PAUSED),
        (403, "Forbidden", submitting.PAUSED),
        (402, "Payment required", submitting.BROKE),
        (400, "Insufficient credits", submitting.BROKE),
    ],
)
def test_a_refused_key_holds_everything_back_and_burns_nothing(
    status: int, detail: str, note: str, seat: Seat, wire: Wire, queue: Queue, key: ApiKey
) -> None:
    first, second = press(seat)[0], press(seat)[0]
    wire.answer(status, {"detail": detail})
    tasks.submit_generation(first.pk)
    tasks.submit_generation(second.pk)
    key.refresh_from_db()
    assert (key.paused_reason, len(wire.creates())) == (note, 1)
    for row in (first, second):
        assert fresh(row, State.QUEUED).note == note
        assert (attempt_of(row).outcome, entries_of(attempt_of(row))) == ("planned", "hold")
    assert money() == (2 * PRICE, 0)


def test_a_key_that_works_again_lets_the_work_go_on(
    queued: Generation, wire: Wire, key: ApiKey
) -> None:
    wire.answer(401, {"detail": "Invalid API key is provided"})
    tasks.submit_generation(queued.pk)
    client = LumaClient("sandbox", BASE, transport=wire, sleep=lambda seconds: None)
    wire.next_credits.append(lambda request: reply(401, {"detail": "Invalid API key"}))
    key.refresh_from_db()
    assert not resume_paused(client, key)
    assert resume_paused(client, key)
    assert fresh(queued).note == ""
    tasks.submit_generation(queued.pk)
    fresh(queued, State.DREAMING)
    assert len(wire.ids()) == 1


def test_a_replaced_key_takes_over_what_was_not_sent(
    queued: Generation, wire: Wire, key: ApiKey, settings: LazySettings
) -> None:
    progress.pause_key(key.pk, "Stop.")
    settings.LUMAAI_API_KEY = "another-key"
    tasks.submit_generation(queued.pk)
    fresh(queued, State.DREAMING)
    used = attempt_of(queued).key
    assert used is not None
    assert used.last_four == "-key"


@pytest.mark.parametrize(("recipe", "places"), [(shot(), 10), (still(), 40)])
def test_no_more_than_the_tier_allows_are_at_luma(
    recipe: Any, places: int, seat: Seat, wire: Wire, queue: Queue
) -> None:
    rows = [press(seat, recipe)[0] for _ in range(2)]
    media_type = rows[0].media_type
    others = [
        Generation(
            team=seat.team,
            author=seat.user,
            kind=rows[0].kind,
            media_type=media_type,
            model="m",
            fingerprint="f",
            submit_key=uuid4(),
            state=State.DREAMING,
        )
        for _ in range(places - 1)
    ]
    Generation.objects.bulk_create(others)
    for row in rows:
        tasks.submit_generation(row.pk)
    fresh(rows[0], State.DREAMING)
    assert fresh(rows[1], State.QUEUED).note == submitting.FULL
    assert len(wire.creates()) == 1
    Generation.objects.filter(submit_key=others[0].submit_key).update(state=State.STORING)
    later(2)
    tasks.submit_generation(rows[1].pk)
    fresh(rows[1], State.DREAMING)


def test_pictures_do_not_take_the_places_of_videos(seat: Seat, wire: Wire, queue: Queue) -> None:
    made = [press(seat, still())[0] for _ in range(12)] + [press(seat)[0]]
    for row in made:
        tasks.submit_generation(row.pk)
        fresh(row, State.DREAMING)


def test_a_row_without_an_attempt_is_said_and_left(queued: Generation, wire: Wire) -> None:
    Attempt.objects.update(outcome="dropped")
    tasks.submit_generation(queued.pk)
    assert fresh(queued, State.QUEUED).not_before > now() + timedelta(seconds=500)
    assert wire.requests == []


def test_from_click_to_dreaming_by_the_hint_alone(
    seat: Seat, wire: Wire, queue: Queue, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = press(seat)[0]
    run(queue)
    fresh(made, State.DREAMING)
