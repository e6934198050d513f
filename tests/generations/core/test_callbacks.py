"""Callbacks: written, answered with exactly 200, and never believed."""

import itertools
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from generations import tasks
from generations.actions import stop_waiting
from generations.actions.callbacks import MOST_BYTES, MOST_DELIVERIES
from generations.lifecycle.callback_tokens import CallbackToken, read_token
from generations.lifecycle.callback_tokens import attempt_of as attempt_behind
from generations.models import Asset, Attempt, CallbackDelivery, Generation, Orphan, State
from generations.tasks.following import claimed_id
from generations.tasks.watching import Watcher
from generations.views import callbacks
from studio.accounts.models import User
from studio.teams.access import Seat
from tests.generations.core.conftest import Queue, attempt_of, fresh, later, press, run
from tests.generations.core.wire import Wire, reply
from tests.spending.ledger import check_books, entries_of

VIDEO = "https://cdn.example.org/a.mp4"


def path_of(generation: Generation, number: int = 1) -> str:
    """Where the API calls for an attempt."""
    key = attempt_of(generation, number).key
    assert key is not None
    token = CallbackToken(key.fingerprint, generation.team.uuid, generation.uuid, number)
    return f"/hooks/luma/{token}"


def call(client: Client, path: str, body: Any = None, **more: Any) -> HttpResponse:
    """POST as the API does."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer: Any = client.post(path, data, content_type="application/json", **more)
    assert isinstance(answer, HttpResponse)
    return answer


def told(generation: Generation, state: str = "completed") -> dict[str, Any]:
    """What a callback says."""
    return {"id": attempt_of(generation).remote_id, "state": state, "assets": {"video": VIDEO}}


def test_a_callback_is_kept_and_answered_with_an_empty_200(
    client: Client, dreaming: Generation, queue: Queue
) -> None:
    queue.clear()
    answer = call(client, path_of(dreaming), told(dreaming))
    assert (answer.status_code, answer.content) == (200, b"")
    kept = CallbackDelivery.objects.get()
    assert json.loads(bytes(kept.body)) == told(dreaming)
    assert len(kept.sha256) == 64
    assert queue == [("follow_attempt", kept.attempt_id)]


def test_a_callback_that_the_api_confirms_moves_the_card(
    client: Client, dreaming: Generation, wire: Wire, queue: Queue
) -> None:
    wire.complete(attempt_of(dreaming).remote_id, video=VIDEO)
    call(client, path_of(dreaming), told(dreaming))
    later(2)
    tasks.follow_attempt(queue.pop()[1])
    fresh(dreaming, State.STORING)
    assert Asset.objects.get().url == VIDEO
    assert queue == [("store_assets", dreaming.pk)]
    assert CallbackDelivery.objects.get().processed_at is not None


def test_a_callback_that_the_api_does_not_confirm_moves_nothing(
    client: Client, dreaming: Generation, wire: Wire, queue: Queue
) -> None:
    """A completed that only the body claims, with an address of the forger's choice."""
    later(2)
    body = told(dreaming) | {"assets": {"video": "https://evil.example.org/a.mp4"}}
    call(client, path_of(dreaming), body)
    run(queue)
    fresh(dreaming, State.DREAMING)
    assert not Asset.objects.exists()
    assert wire.asked(f"/generations/{attempt_of(dreaming).remote_id}") == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path[:-1] + ("0" if path[-1] != "0" else "1"),
        lambda path: path[:-1],
        lambda path: path[:-65] + "2" + path[-65:],
        lambda path: path.replace(".1.", ".2."),
        lambda path: "/hooks/luma/x",
        lambda path: path.rpartition(".")[0],
        lambda path: path[: len("/hooks/luma/")] + "0" * 16 + path[len("/hooks/luma/") + 16 :],
    ],
    ids=["bit", "cut", "attempt", "other attempt", "nonsense", "no mac", "other key"],
)
def test_a_forged_address_is_not_found(
    spoil: Callable[[str], str], client: Client, dreaming: Generation, queue: Queue
) -> None:
    path = path_of(dreaming)
    assert call(client, spoil(path), told(dreaming)).status_code == 404
    assert not CallbackDelivery.objects.exists()
    assert call(client, path, told(dreaming)).status_code == 200


def test_a_genuine_token_of_nothing_is_not_found(client: Client, dreaming: Generation) -> None:
    for token in (
        CallbackToken("0" * 16, dreaming.team.uuid, uuid4(), 1),
        CallbackToken("0" * 16, uuid4(), dreaming.uuid, 1),
        CallbackToken("0" * 16, dreaming.team.uuid, dreaming.uuid, 7),
    ):
        assert call(client, f"/hooks/luma/{token}").status_code == 404


def test_an_upper_case_address_is_the_same_address(client: Client, dreaming: Generation) -> None:
    head, token = path_of(dreaming).rsplit("/", 1)
    assert call(client, f"{head}/{token.upper()}", told(dreaming)).status_code == 200


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_only_post_is_taken(method: str, client: Client, dreaming: Generation) -> None:
    assert getattr(client, method)(path_of(dreaming)).status_code == 405
    assert not CallbackDelivery.objects.exists()


def test_no_session_and_no_form_token_are_needed(dreaming: Generation) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = call(strict, path_of(dreaming), told(dreaming), headers={"x-forwarded-for": "1.2.3.4"})
    assert answer.status_code == 200
    assert not answer.cookies


BODIES: dict[str, bytes] = {
    "empty": b"",
    "null": b"null",
    "list": b"[]",
    "string": b'"x"',
    "broken": b'{"id": "',
    "nan": b'{"id": NaN}',
    "mark": "\ufeff{}".encode(),
    "utf-16": '{"id": "x"}'.encode("utf-16"),
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "wide": json.dumps({str(n): n for n in range(10_000)}).encode(),
    "id missing": b"{}",
    "id number": b'{"id": 17}',
    "id list": b'{"id": ["a"]}',
    "id path": b'{"id": "../credits"}',
    "id long": b'{"id": "' + b"a" * 200_000 + b'"}',
    "gzip": b"\x1f\x8b\x08\x00rubbish",
}


@pytest.mark.parametrize("name", BODIES)
def test_any_body_is_taken_and_makes_us_ask_the_api(
    name: str, client: Client, dreaming: Generation, wire: Wire, queue: Queue
) -> None:
    later(2)
    wire.complete(attempt_of(dreaming).remote_id, video=VIDEO)
    assert call(client, path_of(dreaming), BODIES[name]).status_code == 200
    tasks.follow_attempt(attempt_of(dreaming).pk)
    fresh(dreaming, State.STORING)
    assert wire.asked("/credits") > 0


@pytest.mark.parametrize("name", BODIES)
def test_no_body_of_these_names_an_id(name: str) -> None:
    assert claimed_id(BODIES[name]) is None


def test_an_id_in_a_body_is_read_only_as_a_uuid() -> None:
    known = str(uuid4())
    assert claimed_id(json.dumps({"id": known.upper()}).encode()) == known


def test_a_body_that_is_too_large_is_cut(client: Client, dreaming: Generation) -> None:
    answer = call(client, path_of(dreaming), b"x" * (MOST_BYTES + 1))
    assert answer.status_code == 200
    assert len(bytes(CallbackDelivery.objects.get().body)) == MOST_BYTES == 262_144


def test_a_form_is_taken_like_anything_else(client: Client, dreaming: Generation) -> None:
    assert client.post(path_of(dreaming), {"id": "x"}).status_code == 200


def test_a_database_that_is_down_asks_for_another_try(
    client: Client, dreaming: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: object, **kwargs: object) -> None:
        raise OperationalError

    monkeypatch.setattr("generations.actions.callbacks.attempt_of", down)
    assert call(client, path_of(dreaming)).status_code == 503
    monkeypatch.undo()
    monkeypatch.setattr(CallbackDelivery.objects, "create", down)
    assert call(client, path_of(dreaming)).status_code == 503


def test_a_lost_hint_does_not_fail_the_callback(
    client: Client, dreaming: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: object) -> None:
        raise OperationalError

    monkeypatch.setattr("generations.lifecycle.hints.async_task", down)
    assert call(client, path_of(dreaming)).status_code == 200
    assert CallbackDelivery.objects.count() == 1


# Whose it is


def test_before_the_create_response_it_is_bound_by_what_the_api_says(
    client: Client, doubtful: Generation, wire: Wire, queue: Queue
) -> None:
    remote_id = wire.ids()[0]
    wire.say(remote_id, "dreaming")
    call(client, path_of(doubtful), {"id": remote_id, "state": "dreaming"})
    run(queue)
    fresh(doubtful, State.DREAMING)
    assert attempt_of(doubtful).remote_id == remote_id
    assert entries_of(attempt_of(doubtful)) == "hold post"
    check_books()


def test_another_tenants_id_in_the_body_gains_nothing(
    client: Client, doubtful: Generation, wire: Wire, queue: Queue, cleo: User
) -> None:
    from studio.teams.models import Role, Team

    theirs = press(Seat(Team.objects.get(slug="elsewhere"), cleo, Role.OWNER))[0]
    wire.lose_answer()
    tasks.submit_generation(theirs.pk)
    foreign = wire.ids()[1]
    wire.complete(foreign, video=VIDEO)
    call(client, path_of(doubtful), {"id": foreign, "state": "completed"})
    run(queue)
    fresh(doubtful, State.UNCONFIRMED)
    fresh(theirs, State.UNCONFIRMED)
    assert not Attempt.objects.filter(remote_id__isnull=False).exists()


def test_an_id_that_the_api_does_not_know_changes_nothing(
    client: Client, doubtful: Generation, wire: Wire, queue: Queue
) -> None:
    assert call(client, path_of(doubtful), {"id": str(uuid4())}).status_code == 200
    run(queue)
    fresh(doubtful, State.UNCONFIRMED)
    assert CallbackDelivery.objects.get().processed_at is not None


def test_for_a_bound_one_the_bodys_id_is_not_even_asked_for(
    client: Client, dreaming: Generation, wire: Wire, queue: Queue
) -> None:
    later(2)
    stranger = str(uuid4())
    call(client, path_of(dreaming), {"id": stranger})
    run(queue)
    assert wire.asked(f"/generations/{stranger}") == 0
    assert wire.asked(f"/generations/{attempt_of(dreaming).remote_id}") == 1


def test_after_giving_up_it_is_adopted(
    client: Client, doubtful: Generation, wire: Wire, queue: Queue, ed: User
) -> None:
    Generation.objects.update(state=State.NEEDS_DECISION)
    stop_waiting(doubtful, acting_user=ed)
    call(client, path_of(doubtful), {"id": wire.ids()[0], "state": "dreaming"})
    run(queue)
    assert fresh(doubtful, State.DREAMING).note == "It arrived after all."


def test_one_that_waits_again_after_a_busy_answer_is_still_found(
    client: Client, queued: Generation, wire: Wire, queue: Queue
) -> None:
    """A busy answer that had created it all the same: the planned resend is not sent."""

    def busy_but_done(request: Any) -> Any:
        wire.deliver(request)
        return reply(429, {"detail": "Too many"})

    wire.next_create.append(busy_but_done)
    tasks.submit_generation(queued.pk)
    fresh(queued, State.QUEUED)
    call(client, path_of(queued), {"id": wire.ids()[0], "state": "dreaming"})
    later(60)
    run(queue)
    tasks.submit_generation(queued.pk)
    fresh(queued, State.DREAMING)
    assert len(wire.ids()) == 1
    check_books()


def test_after_a_year_it_is_only_counted(
    client: Client, dreaming: Generation, wire: Wire, queue: Queue
) -> None:
    Generation.objects.update(state=State.COMPLETED)
    later(days=365)
    before = len(wire.requests)
    assert call(client, path_of(dreaming), told(dreaming, "failed")).status_code == 200
    run(queue)
    fresh(dreaming, State.COMPLETED)
    assert len(wire.requests) == before


# How often we look


def test_a_hundred_callbacks_are_at_most_two_requests_a_second(
    client: Client, dreaming: Generation, wire: Wire, queue: Queue
) -> None:
    later(2)
    wire.say(attempt_of(dreaming).remote_id, "dreaming")
    began = time.monotonic()
    for _ in range(100):
        assert call(client, path_of(dreaming), told(dreaming)).status_code == 200
        run(queue)
    asked = wire.asked(f"/generations/{attempt_of(dreaming).remote_id}")
    assert asked <= 1 + 2 * (time.monotonic() - began)
    assert CallbackDelivery.objects.count() == MOST_DELIVERIES


def test_a_callback_that_came_too_soon_after_a_request_is_left_to_the_watcher(
    client: Client, dreaming: Generation, wire: Wire, queue: Queue
) -> None:
    wire.complete(attempt_of(dreaming).remote_id, video=VIDEO)
    Attempt.objects.update(seen_at=None)
    for state in ("dreaming", "completed"):
        wire.say(attempt_of(dreaming).remote_id, state, assets={"video": VIDEO})
        call(client, path_of(dreaming), told(dreaming, state))
        run(queue)
        if state == "dreaming":
            fresh(dreaming, State.DREAMING)
    fresh(dreaming, State.DREAMING)
    later(1.5)
    Watcher().sweep_callbacks()
    tasks.follow_attempt(queue.pop(0)[1])
    fresh(dreaming, State.STORING)


def test_while_the_api_is_down_the_callback_waits(
    client: Client, dreaming: Generation, wire: Wire, queue: Queue
) -> None:
    later(2)
    wire.next_get = [lambda request: reply(503)] * 5
    wire.complete(attempt_of(dreaming).remote_id, video=VIDEO)
    call(client, path_of(dreaming), told(dreaming))
    tasks.follow_attempt(queue.pop(0)[1])
    fresh(dreaming, State.DREAMING)
    assert CallbackDelivery.objects.get().processed_at is None
    tasks.follow_attempt(attempt_of(dreaming).pk)
    fresh(dreaming, State.STORING)


ORDERS = [
    order
    for length in range(1, 5)
    for order in itertools.product(("dreaming", "completed", "failed"), repeat=length)
]


@pytest.mark.parametrize("parity", [0, 1])
def test_callbacks_in_any_order_end_where_the_api_says(
    parity: int,
    rf: RequestFactory,
    seat: Seat,
    wire: Wire,
    queue: Queue,
    settings: Settings,
) -> None:
    """Every sequence of up to four, each with a generation of its own, the truth in turns."""
    settings.LUMA_LIMITS = None
    for number, order in enumerate(ORDERS[parity::2]):
        truth = ("completed", "failed")[number % 2]
        row = press(seat)[0]
        tasks.submit_generation(row.pk)
        Attempt.objects.update(seen_at=None)
        said = {"assets": {"video": VIDEO}, "failure_reason": "Job failed"}
        wire.say(attempt_of(row).remote_id, truth, **said)
        for state in order:
            path = path_of(row)
            request = rf.post(path, told(row, state), content_type="application/json")
            assert callbacks.luma(request, path.rpartition("/")[2]).status_code == 200
            tasks.follow_attempt(attempt_of(row).pk)
        fresh(row, State.STORING if truth == "completed" else State.FAILED)
        spent = "hold post" if truth == "completed" else "hold post refund"
        assert entries_of(attempt_of(row)) == spent
        Generation.objects.filter(pk=row.pk).update(state=State.CANCELLED)
    check_books()


@pytest.mark.parametrize("order", list(itertools.product(("dreaming", "completed"), repeat=3)))
def test_news_that_goes_back_changes_nothing(
    order: tuple[str, ...], client: Client, dreaming: Generation, wire: Wire, queue: Queue
) -> None:
    """Even when the API itself says one thing and then an older one."""
    for state in order:
        later(2)
        wire.say(attempt_of(dreaming).remote_id, state, assets={"video": VIDEO})
        call(client, path_of(dreaming), told(dreaming, state))
        tasks.follow_attempt(attempt_of(dreaming).pk)
    fresh(dreaming, State.STORING if "completed" in order else State.DREAMING)


@pytest.mark.parametrize("state", ["paused", "COMPLETED", "", None, 7])
def test_a_state_that_nobody_knows_changes_nothing(
    state: Any, client: Client, dreaming: Generation, wire: Wire, queue: Queue
) -> None:
    later(2)
    wire.said[str(attempt_of(dreaming).remote_id)] = {"state": state}
    call(client, path_of(dreaming), told(dreaming))
    run(queue)
    fresh(dreaming, State.DREAMING)


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        ("<b>No</b>", "<b>No</b>"),
        ("x" * 1_000_000, "x" * 500),
        ("\x1b[31mred", "\x1b[31mred"),
        (None, ""),
    ],
)
def test_a_failure_keeps_its_reason_cut(
    reason: str | None, kept: str, dreaming: Generation, wire: Wire, client: Client, queue: Queue
) -> None:
    later(2)
    wire.say(attempt_of(dreaming).remote_id, "failed", failure_reason=reason)
    call(client, path_of(dreaming))
    run(queue)
    assert fresh(dreaming, State.FAILED).failure_reason == kept
    event = dreaming.events.latest("pk")
    assert event.detail["advice"].endswith("Refunded.")


def test_an_orphan_is_not_made_of_a_forged_id(
    client: Client, dreaming: Generation, wire: Wire, queue: Queue
) -> None:
    call(client, path_of(dreaming), {"id": str(uuid4())})
    run(queue)
    assert not Orphan.objects.exists()


# Tokens


def test_a_token_is_found_anywhere_in_a_text(dreaming: Generation) -> None:
    token = read_token(path_of(dreaming))
    assert token is not None
    assert read_token(f"https://studio.test/hooks/luma/{token}?x=1") == token
    assert read_token(str(token).upper()) == token
    assert attempt_behind(token) == attempt_of(dreaming)


@pytest.mark.parametrize("text", ["", "null", "a.b.c.d.e", "0" * 16 + "." + "0" * 32, "\x00" * 99])
def test_no_token_is_found_where_there_is_none(text: str) -> None:
    assert read_token(text) is None
