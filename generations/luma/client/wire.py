"""One request on one new connection, with a hook before its first byte and a total deadline.

httpx's timeouts are per read, so a slow answer can hold a worker for minutes. Here a timer shuts
the socket down at the deadline. No connection is used twice: if the server has closed a kept
connection, nobody can tell whether it had read the request and charged for it.
"""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import queue
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import httpx

from generations.luma.errors import LumaUnavailable

CONNECT_SECONDS = 5.0


@functools.cache
def shared_ssl_context() -> ssl.SSLContext:
    """Return one TLS context for all clients of a process: each costs about 20 ms and 1 MiB.

    It trusts the bundled authorities, or those of SSL_CERT_FILE and SSL_CERT_DIR.
    """
    return httpx.create_ssl_context()


def fresh_transport() -> httpx.HTTPTransport:
    """Return a transport that opens a connection per request, without proxies or retries."""
    return httpx.HTTPTransport(
        verify=shared_ssl_context(),
        trust_env=False,
        http1=True,
        http2=False,
        retries=0,
        limits=httpx.Limits(max_connections=64, max_keepalive_connections=0),
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; body is None if it was too large or could not be decoded."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None


class HookRefused(Exception):
    """Carries the exception of `before_first_byte` past httpcore, which handles some itself."""

    def __init__(self, original: BaseException) -> None:
        super().__init__("before_first_byte raised")
        self.original = original


class Exchange:
    """Sends one request and reads its answer; `first_byte_attempted` says if sending began."""

    def __init__(
        self, deadline: float, before_first_byte: Callable[[], None] | None = None
    ) -> None:
        self.first_byte_attempted = False
        self.expired = False
        self._ends = time.monotonic() + deadline
        self._before_first_byte = before_first_byte
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def send(self, transport: httpx.BaseTransport, request: httpx.Request, *, limit: int) -> Reply:
        """Send, and read at most `limit` bytes of body. Raises httpx's errors and HookRefused."""
        with self._timer():
            if isinstance(transport, httpx.HTTPTransport):
                request.extensions = {
                    "timeout": self._timeouts(request.url),
                    "trace": self._trace,
                }
            else:
                self._call_hook()
            return _read(transport.handle_request(request), limit)

    def _timeouts(self, url: httpx.URL) -> dict[str, float]:
        """Return the seconds per step. httpcore gives each address of a name the full timeout."""
        addresses = count_addresses(url.host, min(CONNECT_SECONDS, self._left()))
        if not addresses:
            raise LumaUnavailable("Luma's address could not be looked up.")
        connect = min(CONNECT_SECONDS, self._left() / (addresses + 1))
        return {"connect": connect, "pool": connect, "read": self._left(), "write": self._left()}

    def _left(self) -> float:
        return max(0.001, self._ends - time.monotonic())

    def _trace(self, event: str, details: Mapping[str, object]) -> None:
        """Handle the events of httpcore. With TLS a second socket replaces the first."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            stream = details["return_value"]
            self._set_socket(stream.get_extra_info("socket"))  # type: ignore[attr-defined]
        elif event == "http11.send_request_headers.started":
            self._call_hook()

    def _call_hook(self) -> None:
        if self.expired:
            raise LumaUnavailable("The connection to Luma took too long.")
        try:
            if self._before_first_byte is not None:
                self._before_first_byte()
        except BaseException as raised:
            raise HookRefused(raised) from raised
        self.first_byte_attempted = True

    @contextlib.contextmanager
    def _timer(self) -> Iterator[None]:
        timer = threading.Timer(self._left(), self._expire)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _set_socket(self, opened: socket.socket) -> None:
        with self._lock:
            self._socket = opened
        if self.expired:
            self._expire()

    def _expire(self) -> None:
        """Shut the socket down from the timer's thread, so that a blocked read returns at once.

        Calls shutdown of the plain socket, also with TLS: that of SSLSocket ends the encryption
        first, and the thread that owns the socket could go on without it.
        """
        with self._lock:
            self.expired = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def count_addresses(host: str, seconds: float) -> int:
    """Return the number of addresses of a name; 0 if it has none or the lookup takes longer.

    A lookup cannot be interrupted, so it runs in a thread of its own, which may outlive the call.
    """
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(host)
        return 1
    found: queue.SimpleQueue[int] = queue.SimpleQueue()

    def resolve() -> None:
        try:
            found.put(len(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError):
            found.put(0)

    threading.Thread(target=resolve, daemon=True).start()
    try:
        return found.get(timeout=seconds)
    except queue.Empty:
        return 0


def _read(response: httpx.Response, limit: int) -> Reply:
    with contextlib.closing(response):
        body = _body(response, limit)
    return Reply(response.status_code, response.headers, body)


def _body(response: httpx.Response, limit: int) -> bytes | None:
    received = bytearray()
    stream = response.stream
    for chunk in stream if isinstance(stream, httpx.SyncByteStream) else ():
        received += chunk
        if len(received) > limit:
            return None
    return _decoded(bytes(received), response.headers.get("content-encoding", ""), limit)


def _decoded(body: bytes, encoding: str, limit: int) -> bytes | None:
    """Undo gzip or deflate, which we never ask for; None if larger than `limit` or damaged."""
    if encoding.lower() in {"", "identity"}:
        return body
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        unpacked = unpacker.decompress(body, limit + 1)
    except zlib.error:
        return None
    return unpacked if unpacker.eof and len(unpacked) <= limit else None
