"""Reads: repeated with pauses, within a deadline, and tolerant of odd answers."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from generations.luma.client import LumaClient
from generations.luma.errors import (
    LumaKeyRefused,
    LumaNotFound,
    LumaOutOfCredit,
    LumaRateLimited,
    LumaRejected,
    LumaUnavailable,
)
from tests.luma.creating import ID, KEY
from tests.luma.faults import (
    Behaviour,
    answers,
    closes_at_once,
    drips,
    fault_server,
    http,
    http_json,
    reads_then_resets,
    unused_port,
)

FOUND = http_json("200 OK", {"id": ID, "state": "dreaming"})


class Pauses:
    """Takes the place of sleeping and records the seconds."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def client_for(address: str, pauses: Pauses, read_deadline: float = 30.0) -> LumaClient:
    return LumaClient(KEY, address, sleep=pauses, read_deadline=read_deadline)


def client_told(payload: Any, status: int = 200, pauses: Pauses | None = None) -> LumaClient:
    """A client whose every request is answered with this payload."""
    return client_answered(lambda request: httpx.Response(status, json=payload), pauses)


def client_answered(
    serve: Callable[[httpx.Request], httpx.Response], pauses: Pauses | None = None
) -> LumaClient:
    transport = httpx.MockTransport(serve)
    return LumaClient(KEY, "http://luma.test/v1", transport=transport, sleep=pauses or Pauses())


PASSING: dict[str, Behaviour] = {
    "closed": closes_at_once,
    "reset": reads_then_resets,
    "408": answers(http("408 Request Timeout")),
    "409": answers(http("409 Conflict")),
    "425": answers(http("425 Too Early")),
    "429": answers(http("429 Too Many Requests")),
    "500": answers(http("500 Oops")),
    "502 HTML": answers(http("502 Bad Gateway", b"<h1>502</h1>")),
    "504": answers(http("504 Gateway Timeout")),
    "200 not JSON": answers(http("200 OK", b"<html>")),
    "200 a list": answers(http_json("200 OK", [])),
    "200 about another": answers(
        http_json("200 OK", {"id": "00000000-e89b-12d3-a456-426614174000"})
    ),
    "307": answers(http("307 Redirect", b"", "Location: /elsewhere")),
}


@pytest.mark.parametrize("behaviour", PASSING.values(), ids=PASSING.keys())
def test_passing_fault_is_repeated_until_it_passes(behaviour: Behaviour) -> None:
    pauses = Pauses()
    with fault_server(behaviour, behaviour, answers(FOUND)) as server:
        with client_for(server.address, pauses) as client:
            assert client.get_generation(ID).generation.state == "dreaming"
        assert len(server.visits) == 3
    first, second = pauses.seconds
    assert 0.375 <= first <= 0.5
    assert 0.75 <= second <= 1.0


def test_fault_that_does_not_pass_is_unavailable_after_five_attempts() -> None:
    pauses = Pauses()
    with fault_server(PASSING["500"]) as server:
        with client_for(server.address, pauses) as client, pytest.raises(LumaUnavailable):
            client.get_generation(ID)
        assert len(server.visits) == 5
    assert len(pauses.seconds) == 4


def test_nobody_there_is_unavailable() -> None:
    pauses = Pauses()
    address = f"http://127.0.0.1:{unused_port()}/v1"
    with client_for(address, pauses) as client, pytest.raises(LumaUnavailable):
        client.ping()
    assert len(pauses.seconds) == 4


@pytest.mark.parametrize("status", ["429 Too Many", "503 Unavailable"])
def test_retry_after_is_honoured(status: str) -> None:
    pauses = Pauses()
    with (
        fault_server(answers(http(status, b"", "Retry-After: 7")), answers(FOUND)) as server,
        client_for(server.address, pauses) as client,
    ):
        client.get_generation(ID)
    assert pauses.seconds == [7.0]


def test_retry_after_beyond_the_deadline_is_handed_to_the_caller() -> None:
    pauses = Pauses()
    with (
        fault_server(answers(http("429 Too Many", b"", "Retry-After: 90"))) as server,
        client_for(server.address, pauses) as client,
    ):
        with pytest.raises(LumaRateLimited) as raised:
            client.get_generation(ID)
        assert len(server.visits) == 1
    assert raised.value.retry_after == 90
    assert pauses.seconds == []


def test_deadline_of_a_read_is_total() -> None:
    began = time.monotonic()
    with fault_server(drips(FOUND, 0.05)) as server:
        client = LumaClient(KEY, server.address, read_deadline=0.5)
        with client, pytest.raises(LumaUnavailable):
            client.get_generation(ID)
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, LumaRejected),
        (401, LumaKeyRefused),
        (402, LumaOutOfCredit),
        (403, LumaKeyRefused),
        (404, LumaNotFound),
        (422, LumaRejected),
    ],
)
def test_refused_read_is_not_repeated(status: int, kind: type[LumaRejected]) -> None:
    pauses = Pauses()
    client = client_told({"detail": "No."}, status, pauses)
    with client, pytest.raises(LumaRejected) as raised:
        client.get_generation(ID)
    assert type(raised.value) is kind
    assert (raised.value.status, str(raised.value)) == (status, "No.")
    assert pauses.seconds == []


def test_refused_read_without_a_reason_has_a_sentence() -> None:
    def serve(request: httpx.Request) -> httpx.Response:
        return httpx.Response(403, html="<h1>403</h1>")

    with client_answered(serve) as client, pytest.raises(LumaKeyRefused) as raised:
        client.credits()
    assert str(raised.value) == "Luma refused (HTTP 403)."


def test_deleting_what_luma_does_not_know_is_done() -> None:
    with client_told({"detail": "Generation not found"}, 404) as client:
        client.delete_generation(ID)


def test_deleting_later_when_there_is_a_conflict() -> None:
    with client_told({"detail": "Busy"}, 409) as client, pytest.raises(LumaUnavailable):
        client.delete_generation(ID)


def test_refused_delete_is_told() -> None:
    with client_told({"detail": "No."}, 403) as client, pytest.raises(LumaKeyRefused):
        client.delete_generation(ID)


# Tolerance


def test_nulls_unknown_values_and_odd_types_are_tolerated_and_kept_raw() -> None:
    told = {
        "id": ID,
        "generation_type": "hologram",
        "state": "paused",
        "failure_reason": 17,
        "created_at": "2026-01-07T10:00:00.123456789",
        "assets": {"video": None, "image": 3, "progress_video": "not an address"},
        "model": None,
        "request": {"generation_type": "new_thing", "prompt": None},
        "version": "v1.6",
    }
    with client_told(told) as client:
        answer = client.get_generation(ID)
    assert answer.raw == told
    generation = answer.generation
    assert (generation.state, generation.generation_type) == ("paused", "hologram")
    assert generation.failure_reason == "17"
    assert generation.created_at is not None
    assert generation.created_at.isoformat() == "2026-01-07T10:00:00.123456+00:00"
    assert generation.assets is not None
    assert generation.assets.model_dump() == {"video": None, "image": None, "progress_video": None}
    assert generation.files() == {}
    assert generation.request == {"generation_type": "new_thing", "prompt": None}
    assert generation.parsed_request() is None


def test_everything_null_is_a_generation() -> None:
    told = dict.fromkeys(("generation_type", "state", "assets", "request", "created_at"))
    with client_told(told) as client:
        generation = client.get_generation(ID).generation
    assert generation.id is None
    assert generation.files() == {}


def test_files_are_those_that_have_an_address() -> None:
    files = {"video": "https://cdn.example.org/a.mp4", "image": "https://cdn.example.org/a.jpg"}
    with client_told({"id": ID, "assets": {**files, "progress_video": None}}) as client:
        assert client.get_generation(ID).generation.files() == files


def test_what_no_database_takes_is_replaced() -> None:
    body = rb'{"id": null, "a": "x\u0000y", "b": "\ud800", "c": 1e309, "d": NaN, "\u0000": [1.5]}'
    with client_answered(lambda request: httpx.Response(200, content=body)) as client:
        raw = client.get_generation(ID).raw
    assert raw == {"id": None, "a": "x\ufffdy", "b": "?", "c": "1e309", "d": None, "\ufffd": [1.5]}


def test_ids_differing_in_case_alone_are_the_same() -> None:
    with client_told({"id": ID.upper()}) as client:
        assert client.get_generation(ID).generation.id == ID.upper()


def test_list_keeps_its_raw_rows() -> None:
    rows = [{"id": ID, "state": "completed", "extra": 1}]
    with client_told({"has_more": False, "generations": rows}) as client:
        page = client.list_generations()
    assert [row.raw for row in page.rows] == rows
    assert page.rows[0].generation.state == "completed"
    assert (page.whole, page.has_more) == (True, False)


@pytest.mark.parametrize(
    ("generations", "readable"),
    [
        (None, 0),
        ("none", 0),
        ({}, 0),
        ([{"id": ID}, None], 1),
        ([{"id": ID}, {"state": "queued"}], 2),
        ([{"id": ID}, {"id": "17"}], 2),
    ],
)
def test_list_that_cannot_be_read_entirely_is_not_whole(generations: Any, readable: int) -> None:
    with client_told({"has_more": "yes", "generations": generations}) as client:
        page = client.list_generations()
    assert not page.whole
    assert page.has_more is None
    assert len(page.rows) == readable


def test_list_without_generations_is_not_whole() -> None:
    with client_told({"count": 0}) as client:
        assert not client.list_generations().whole


def test_empty_list_is_whole() -> None:
    with client_told({"generations": []}) as client:
        assert client.list_generations().whole


def test_list_of_ten_thousand_is_read() -> None:
    rows = [{"id": ID, "request": {"prompt": "x" * 200}} for _ in range(10_000)]
    with client_told({"generations": rows, "has_more": True}) as client:
        page = client.list_generations()
    assert (len(page.rows), page.whole, page.has_more) == (10_000, True, True)


@pytest.mark.parametrize(
    ("balance", "micros"),
    [
        (4929, 49_290_000),
        (0, 0),
        (12.5, 125_000),
        ("12.5", 125_000),
        (0.1, 1_000),
        (-1, None),
        (None, None),
        ("much", None),
        ([], None),
    ],
)
def test_balance_is_in_micro_dollars_or_unknown(balance: Any, micros: int | None) -> None:
    with client_told({"credit_balance": balance}) as client:
        assert client.credits().balance_micros == micros


@pytest.mark.parametrize("body", [b"{}", b'{"credit_balance": 1e309}'])
def test_balance_that_is_absent_or_endless_is_unknown(body: bytes) -> None:
    with client_answered(lambda request: httpx.Response(200, content=body)) as client:
        assert client.credits().balance_micros is None


def test_concepts_are_keys() -> None:
    with client_told(["static", "dolly_zoom"]) as client:
        assert client.concepts() == ("static", "dolly_zoom")


@pytest.mark.parametrize("told", [{"concepts": []}, [{"key": "static"}], "static", None])
def test_anything_but_a_list_of_keys_is_no_answer(told: Any) -> None:
    with client_told(told) as client, pytest.raises(LumaUnavailable):
        client.concepts()


def test_ping_tells_the_message() -> None:
    with client_told({"message": "pong"}) as client:
        assert client.ping() == "pong"
    with client_told({}) as client:
        assert client.ping() == ""


# Size


def test_gzip_is_understood_though_never_asked_for() -> None:
    packed = gzip.compress(json.dumps({"message": "pong"}).encode())
    raw = http("200 OK", packed, "Content-Encoding: gzip")
    with fault_server(answers(raw)) as server, LumaClient(KEY, server.address) as client:
        assert client.ping() == "pong"
        assert b"accept-encoding: identity" in server.received.lower()


def test_gzip_bomb_does_not_unfold() -> None:
    bomb = gzip.compress(b" " * (64 << 20), compresslevel=9)
    raw = http("200 OK", bomb, "Content-Encoding: gzip")
    with fault_server(answers(raw)) as server, client_for(server.address, Pauses()) as client:
        tracemalloc.start()
        with pytest.raises(LumaUnavailable):
            client.ping()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 40 << 20, "16 MiB are allowed, the bomb has 64"


def test_endless_body_is_cut_off() -> None:
    def endless(visit: Any) -> None:
        visit.read_request()
        visit.answer(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(40):
            visit.answer(b" " * (1 << 20))

    with (
        fault_server(endless) as server,
        client_for(server.address, Pauses()) as client,
        pytest.raises(LumaUnavailable),
    ):
        client.ping()
