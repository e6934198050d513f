"""A raw-socket server that fails on purpose and records every byte that it received."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

Behaviour = Callable[["Visit"], None]


class Visit:
    """One connection: the bytes received, and ways to fail."""

    def __init__(self, peer: socket.socket, stopping: threading.Event) -> None:
        self.peer = peer
        self.received = b""
        self.stopping = stopping

    def read_request(self) -> None:
        """Read one whole request, head and body."""
        while b"\r\n\r\n" not in self.received and self._more():
            pass
        head, _, body = self.received.partition(b"\r\n\r\n")
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length:")
            ),
            0,
        )
        while len(body) < length and self._more():
            body = self.received.partition(b"\r\n\r\n")[2]

    def read_whatever_comes(self) -> None:
        """Read until the other side closes, so that not one byte is missed."""
        while self._more():
            pass

    def _more(self) -> bool:
        chunk = self.peer.recv(65536)
        self.received += chunk
        return bool(chunk)

    def answer(self, raw: bytes) -> None:
        self.peer.sendall(raw)

    def drip(self, raw: bytes, seconds: float) -> None:
        for byte in raw:
            if self.stopping.wait(seconds):
                return
            self.peer.sendall(bytes([byte]))

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.peer.close()

    @property
    def path(self) -> str:
        return self.received.split(b" ", 2)[1].decode()

    @property
    def authorization(self) -> str:
        for line in self.received.split(b"\r\n"):
            if line.lower().startswith(b"authorization:"):
                return line.partition(b":")[2].strip().decode()
        return ""


class FaultServer:
    """Listens on a free loopback port. The n-th connection has the n-th behaviour, or the last."""

    def __init__(self, *behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self.visits: list[Visit] = []
        self._behaviours = behaviours
        self._tls = tls
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    @property
    def address(self) -> str:
        scheme, host = ("https", "localhost") if self._tls else ("http", "127.0.0.1")
        return f"{scheme}://{host}:{self.port}/dream-machine/v1"

    @property
    def received(self) -> bytes:
        return b"".join(visit.received for visit in self.visits)

    def stop(self) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            visit = Visit(peer, self._stopping)
            self.visits.append(visit)
            behaviour = self._behaviours[min(len(self.visits), len(self._behaviours)) - 1]
            thread = threading.Thread(target=self._behave, args=(behaviour, visit), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _behave(self, behaviour: Behaviour, visit: Visit) -> None:
        visit.peer.settimeout(10)
        with contextlib.suppress(OSError):
            if self._tls is not None:
                visit.peer = self._tls.wrap_socket(visit.peer, server_side=True)
            behaviour(visit)
        visit.peer.close()


@contextlib.contextmanager
def fault_server(
    *behaviours: Behaviour, tls: ssl.SSLContext | None = None
) -> Iterator[FaultServer]:
    server = FaultServer(*behaviours, tls=tls)
    try:
        yield server
    finally:
        server.stop()


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    """A well-formed HTTP/1.1 answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def http_json(status: str, payload: Any, *headers: str) -> bytes:
    return http(status, json.dumps(payload).encode(), "Content-Type: application/json", *headers)


# Behaviours


def answers(raw: bytes) -> Behaviour:
    def behave(visit: Visit) -> None:
        visit.read_request()
        visit.answer(raw)

    return behave


def keeps_answering(raw: bytes) -> Behaviour:
    """Answer every request on the same connection."""

    def behave(visit: Visit) -> None:
        while not visit.stopping.is_set():
            before, visit.received = visit.received, b""
            visit.read_request()
            if not visit.received:
                visit.received = before
                return
            visit.answer(raw)

    return behave


def closes_at_once(visit: Visit) -> None:
    """Accept and close before reading anything."""


def reads_then_closes(visit: Visit) -> None:
    visit.read_request()


def reads_then_resets(visit: Visit) -> None:
    visit.read_request()
    visit.reset()


def stays_silent(visit: Visit) -> None:
    visit.read_request()
    visit.stopping.wait(10)


def only_listens(visit: Visit) -> None:
    visit.read_whatever_comes()


def drips(raw: bytes, seconds: float) -> Behaviour:
    def behave(visit: Visit) -> None:
        visit.read_request()
        visit.drip(raw, seconds)

    return behave


def unused_port() -> int:
    """A port where nobody listens: it was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.005)
    return True
