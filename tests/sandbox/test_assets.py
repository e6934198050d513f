"""Finished files over HTTP, and the connection that carries them."""

from __future__ import annotations

import socket

import httpx
import pytest

from .conftest import Live


def test_an_asset_is_served_in_ranges(live: Live) -> None:
    with live.api() as api:
        url = api.finished(api.image(aspect_ratio="1:1"))["assets"]["image"]
    whole = httpx.get(url)
    size = len(whole.content)
    assert whole.headers["content-type"] == "image/jpeg"
    assert whole.headers["accept-ranges"] == "bytes"
    cases: list[tuple[str, bytes, str]] = [
        ("bytes=0-1", whole.content[:2], f"bytes 0-1/{size}"),
        ("bytes=100-", whole.content[100:], f"bytes 100-{size - 1}/{size}"),
        ("bytes=-7", whole.content[-7:], f"bytes {size - 7}-{size - 1}/{size}"),
        (f"bytes=5-{size * 2}", whole.content[5:], f"bytes 5-{size - 1}/{size}"),
    ]
    for asked, body, told in cases:
        part = httpx.get(url, headers={"Range": asked})
        assert (part.status_code, part.content) == (206, body)
        assert part.headers["content-range"] == told
    head = httpx.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(size)
    beyond = httpx.get(url, headers={"Range": f"bytes={size}-"})
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{size}"
    assert httpx.get(url, headers={"Range": "lines=1-2"}).status_code == 200


@pytest.mark.parametrize("path", ["x", "../sandbox.sqlite3", "%2e%2e/sandbox.sqlite3", "a/b/c"])
def test_nothing_but_assets_is_served(live: Live, path: str) -> None:
    origin = live.url.removesuffix("/dream-machine/v1")
    with socket.create_connection(_address(origin)) as connection:
        connection.sendall(f"GET /assets/{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert connection.recv(200).startswith(b"HTTP/1.1 404")


def test_a_huge_body_is_refused_in_words(live: Live) -> None:
    with live.api() as api:
        answer = api.video(prompt="a" * 3_000_000)
        assert (answer.status_code, answer.json()) == (
            413,
            {"detail": "Request body is too large"},
        )


def test_a_connection_is_kept_for_the_next_request(live: Live) -> None:
    origin = live.url.removesuffix("/dream-machine/v1")
    wanted = b"GET /dream-machine/v1/ping HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sandbox\r\n"
    with socket.create_connection(_address(origin)) as connection:
        for _ in range(3):
            connection.sendall(wanted + b"\r\n")
            assert b"pong" in connection.recv(1000)


def _address(origin: str) -> tuple[str, int]:
    host, port = origin.removeprefix("http://").split(":")
    return host, int(port)
