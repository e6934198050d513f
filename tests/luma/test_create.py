"""Creates: sent once, with a hook before the first byte; each fault raises what it proves."""

from __future__ import annotations

import json
import socket
import threading
import time
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
    LumaUnconfirmed,
)
from tests.luma.creating import CREATED, ID, KEY, REQUEST, Hook, LeaseLostError, create
from tests.luma.faults import (
    Behaviour,
    answers,
    closes_at_once,
    drips,
    fault_server,
    http,
    http_json,
    keeps_answering,
    only_listens,
    reads_then_closes,
    reads_then_resets,
    stays_silent,
    unused_port,
    wait_until,
)


def test_accepted_create_returns_the_generation_and_its_raw_json() -> None:
    with fault_server(answers(CREATED)) as server, LumaClient(KEY, server.address) as client:
        answer = client.create_video(REQUEST)
    assert answer.generation.id == ID
    assert answer.raw == {"id": ID, "state": "queued", "assets": None}
    assert json.loads(server.received.partition(b"\r\n\r\n")[2]) == {
        "model": "ray-2",
        "prompt": "A lake at sunset",
    }


@pytest.mark.parametrize("status", ["200 OK", "202 Accepted", "206 Partial", "299 Odd"])
def test_any_2xx_with_an_id_is_accepted(status: str) -> None:
    with fault_server(answers(http_json(status, {"id": ID}))) as server:
        assert create(server.address) == ID


IN_DOUBT: dict[str, Behaviour] = {
    "accepted and closed": closes_at_once,
    "read and closed": reads_then_closes,
    "read and reset": reads_then_resets,
    "half a status line": answers(b"HTTP/1.1 20"),
    "headers cut": answers(b"HTTP/1.1 201 Created\r\nContent-Le"),
    "body cut": answers(b"HTTP/1.1 201 Created\r\nContent-Length: 900\r\n\r\n{"),
    "garbage": answers(b"\x00\x01\x02 nonsense\r\n\r\n"),
    "500": answers(http("500 Internal Server Error")),
    "500 with detail": answers(http_json("500 Internal Server Error", {"detail": "no"})),
    "502 HTML": answers(http("502 Bad Gateway", b"<h1>Bad gateway</h1>")),
    "503": answers(http_json("503 Unavailable", {"detail": "busy"})),
    "504 empty": answers(http("504 Gateway Timeout")),
    "520": answers(http("520 Odd")),
    "529": answers(http("529 Overloaded")),
    "201 not JSON": answers(http("201 Created", b"not json")),
    "201 empty": answers(http("201 Created")),
    "201 without id": answers(http_json("201 Created", {"state": "queued"})),
    "201 with id null": answers(http_json("201 Created", {"id": None})),
    "201 with an id that is none": answers(http_json("201 Created", {"id": "17"})),
    "201 a list": answers(http_json("201 Created", [ID])),
    "201 too long": answers(http_json("201 Created", {"id": ID, "pad": "x" * (1 << 20)})),
    "201 nested too deep": answers(http("201 Created", b"[" * 200_000)),
    "201 wrong charset": answers(http("201 Created", b'{"id": "\xff\xfe"}')),
    "201 says gzip, is not": answers(
        http("201 Created", json.dumps({"id": ID}).encode(), "Content-Encoding: gzip")
    ),
    "204": answers(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "301": answers(http("301 Moved", b"", "Location: https://example.com/")),
    "307": answers(http("307 Temporary Redirect", b"", "Location: /elsewhere")),
    "308": answers(http("308 Permanent Redirect", b"", "Location: /elsewhere")),
    "408": answers(http_json("408 Request Timeout", {"detail": "slow"})),
    "409": answers(http_json("409 Conflict", {"detail": "conflict"})),
    "425": answers(http_json("425 Too Early", {"detail": "early"})),
    "499": answers(http_json("499 Closed", {"detail": "closed"})),
    "418": answers(http_json("418 Teapot", {"detail": "teapot"})),
    "400 HTML": answers(http("400 Bad Request", b"<html>nginx</html>")),
    "400 without detail": answers(http_json("400 Bad Request", {"error": "x"})),
    "400 with empty detail": answers(http_json("400 Bad Request", {"detail": ""})),
    "403 HTML": answers(http("403 Forbidden", b"<html>firewall</html>")),
    "429 HTML": answers(http("429 Too Many", b"<html>slow down</html>")),
}


@pytest.mark.parametrize("behaviour", IN_DOUBT.values(), ids=IN_DOUBT.keys())
def test_whatever_does_not_rule_acceptance_out_is_unconfirmed(behaviour: Behaviour) -> None:
    hook = Hook()
    with fault_server(behaviour) as server:
        error = create(server.address, hook)
        assert isinstance(error, LumaUnconfirmed)
        assert hook.calls == 1
        assert len(server.visits) == 1, "a create is never sent twice"


def test_unconfirmed_tells_the_status_if_there_was_one() -> None:
    with fault_server(IN_DOUBT["502 HTML"], reads_then_closes) as server:
        error, silent = create(server.address), create(server.address)
    assert isinstance(error, LumaUnconfirmed)
    assert error.status == 502
    assert isinstance(silent, LumaUnconfirmed)
    assert silent.status is None


REFUSALS: list[tuple[str, type[LumaRejected]]] = [
    ("400 Bad Request", LumaRejected),
    ("401 Unauthorized", LumaKeyRefused),
    ("402 Payment Required", LumaOutOfCredit),
    ("403 Forbidden", LumaKeyRefused),
    ("404 Not Found", LumaNotFound),
    ("405 Method Not Allowed", LumaRejected),
    ("413 Too Large", LumaRejected),
    ("415 Unsupported", LumaRejected),
    ("422 Unprocessable", LumaRejected),
]


@pytest.mark.parametrize(("status", "kind"), REFUSALS)
def test_refusal_with_the_apis_own_detail_is_a_refusal(
    status: str, kind: type[LumaRejected]
) -> None:
    hook = Hook()
    with fault_server(answers(http_json(status, {"detail": "No.\n\x1b[31m Really."}))) as server:
        error = create(server.address, hook)
    assert type(error) is kind
    assert isinstance(error, LumaRejected)
    assert error.status == int(status[:3])
    assert str(error) == error.detail == "No. [31m Really."
    assert (hook.calls, len(server.visits)) == (1, 1)


@pytest.mark.parametrize(
    "detail",
    ["Insufficient credits", "please add credits", "Not enough API credits", "Out of balance"],
)
def test_400_that_speaks_of_credit_is_out_of_credit(detail: str) -> None:
    with fault_server(answers(http_json("400 Bad", {"detail": detail}))) as server:
        assert isinstance(create(server.address), LumaOutOfCredit)


def test_400_that_speaks_of_something_else_is_not_out_of_credit() -> None:
    detail = "Prompt is too short, minimum length is 3 characters"
    with fault_server(answers(http_json("400 Bad", {"detail": detail}))) as server:
        error = create(server.address)
    assert type(error) is LumaRejected
    assert error.fields == (("prompt", detail),)


def test_schema_errors_name_their_fields() -> None:
    rows = [
        {"type": "enum", "loc": ["body", "model"], "msg": "Input should be 'ray-2'", "input": "x"},
        {"type": "url", "loc": ["body", "keyframes", "frame0", "url"], "msg": "Bad address"},
        {"type": "odd", "loc": None, "msg": "Somewhere"},
        "not a row",
    ]
    with fault_server(answers(http_json("422 No", {"detail": rows}))) as server:
        error = create(server.address)
    assert isinstance(error, LumaRejected)
    assert error.fields == (
        ("model", "Input should be 'ray-2'"),
        ("keyframes.frame0.url", "Bad address"),
        ("", "Somewhere"),
    )
    assert str(error) == (
        "model: Input should be 'ray-2'; keyframes.frame0.url: Bad address; Somewhere"
    )


def test_long_reason_is_cut() -> None:
    with fault_server(answers(http_json("400 Bad", {"detail": "x" * 100_000}))) as server:
        assert len(str(create(server.address))) == 500


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Retry-After: 5", 5.0),
        ("Retry-After: 1.5", 1.5),
        ("Retry-After: 1000000000", 600.0),
        ("Retry-After: -1", None),
        ("Retry-After: nan", None),
        ("Retry-After: soon", None),
        ("Retry-After: Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Retry-After: Wed, 21 Oct 2189 07:28:00 GMT", 600.0),
        ("X-Other: 1", None),
    ],
)
def test_429_with_detail_is_free_and_says_how_long(header: str, seconds: float | None) -> None:
    raw = http_json("429 Too Many", {"detail": "Slow down"}, header)
    with fault_server(answers(raw)) as server:
        error = create(server.address)
        assert isinstance(error, LumaRateLimited)
        assert error.retry_after == seconds
        assert len(server.visits) == 1


# Nothing sent


def test_refused_connection_is_free_and_never_announced() -> None:
    hook = Hook()
    error = create(f"http://127.0.0.1:{unused_port()}/dream-machine/v1", hook)
    assert isinstance(error, LumaUnavailable)
    assert hook.calls == 0


def test_unknown_name_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    hook = Hook()
    assert isinstance(create("http://luma.test/v1", hook), LumaUnavailable)
    assert hook.calls == 0


def test_look_up_that_hangs_is_free_and_within_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: release.wait(10) and [])
    hook, began = Hook(), time.monotonic()
    error = create("http://luma.test/v1", hook, deadline=0.3)
    release.set()
    assert isinstance(error, LumaUnavailable)
    assert time.monotonic() - began < 8
    assert hook.calls == 0


def test_proxy_of_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{unused_port()}")
    with fault_server(answers(CREATED)) as server:
        assert create(server.address) == ID


@pytest.mark.parametrize(
    "refusal",
    [LeaseLostError("lost"), httpx.ConnectError("mine"), KeyboardInterrupt(), OSError(5, "disk")],
    ids=repr,
)
def test_hook_that_raises_lets_not_one_byte_out(refusal: BaseException) -> None:
    def hook() -> None:
        raise refusal

    with fault_server(only_listens) as server, LumaClient(KEY, server.address) as client:
        with pytest.raises(type(refusal)) as raised:
            client.create_video(REQUEST, before_first_byte=hook)
        assert raised.value is refusal, "the caller's own exception, unchanged"
        assert wait_until(lambda: len(server.visits) == 1)
    assert server.received == b""


def test_httpcore_error_from_the_hook_is_not_swallowed() -> None:
    httpcore = pytest.importorskip("httpcore")

    def hook() -> None:
        raise httpcore.WriteError("mine")

    with (
        fault_server(only_listens) as server,
        LumaClient(KEY, server.address) as client,
        pytest.raises(httpcore.WriteError, match="mine"),
    ):
        client.create_video(REQUEST, before_first_byte=hook)
    assert server.received == b""


def test_hook_runs_on_an_open_connection_before_the_first_byte() -> None:
    seen: list[tuple[int, bytes]] = []

    with fault_server(answers(CREATED)) as server, LumaClient(KEY, server.address) as client:

        def hook() -> None:
            wait_until(lambda: len(server.visits) == 1)
            time.sleep(0.05)
            seen.append((len(server.visits), server.received))

        client.create_video(REQUEST, before_first_byte=hook)
        assert seen == [(1, b"")]
        assert server.received.startswith(b"POST /dream-machine/v1/generations/video HTTP/1.1\r\n")


def test_every_create_has_a_connection_of_its_own() -> None:
    server_of_keep_alive = fault_server(keeps_answering(CREATED))
    with server_of_keep_alive as server, LumaClient(KEY, server.address) as client:
        client.create_video(REQUEST)
        client.create_video(REQUEST)
        assert len(server.visits) == 2


# The total deadline


@pytest.mark.parametrize(
    "behaviour",
    [stays_silent, drips(CREATED, 0.05), drips(CREATED[:-1] + b" " * 500 + b"}", 0.02)],
    ids=["silence", "drip in the headers", "drip in the body"],
)
def test_deadline_is_total_and_leaves_it_unconfirmed(behaviour: Behaviour) -> None:
    hook, began = Hook(), time.monotonic()
    with fault_server(behaviour) as server:
        error = create(server.address, hook, deadline=0.5)
        took = time.monotonic() - began
    assert isinstance(error, LumaUnconfirmed)
    assert 0.4 < took < 6
    assert hook.calls == 1


def test_hook_that_outlasts_the_deadline_leaves_it_unconfirmed() -> None:
    with (
        fault_server(answers(CREATED)) as server,
        LumaClient(KEY, server.address) as client,
        pytest.raises(LumaUnconfirmed),
    ):
        client.create_video(REQUEST, before_first_byte=lambda: time.sleep(0.4), deadline=0.2)


# Injected transports


def test_hook_runs_before_an_injected_transport_sends() -> None:
    order: list[str] = []

    def serve(request: httpx.Request) -> httpx.Response:
        order.append("sent")
        return httpx.Response(201, json={"id": ID})

    with LumaClient(KEY, "http://luma.test/v1", transport=httpx.MockTransport(serve)) as client:
        client.create_video(REQUEST, before_first_byte=lambda: order.append("announced"))
    assert order == ["announced", "sent"]


def test_failure_of_an_injected_transport_counts_as_sent() -> None:
    def serve(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down")

    with (
        LumaClient(KEY, "http://luma.test/v1", transport=httpx.MockTransport(serve)) as client,
        pytest.raises(LumaUnconfirmed),
    ):
        client.create_video(REQUEST, before_first_byte=Hook())


def test_wsgi_application_can_stand_in_for_the_api() -> None:
    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        assert environ["PATH_INFO"] == "/v1/generations/video"
        assert json.loads(environ["wsgi.input"].read())["prompt"] == "A lake at sunset"
        start_response("201 Created", [("Content-Type", "application/json")])
        return [b'{"id": "', ID.encode(), b'"}']

    transport = httpx.WSGITransport(app=application)
    with LumaClient(KEY, "http://luma.test/v1", transport=transport) as client:
        assert client.create_video(REQUEST).generation.id == ID
