"""The one way out to addresses that others chose: every download of an asset goes through here.

https and public addresses only, no proxy, no cookie, no credential. A name is looked up once,
every address it has is checked, and the connection goes to one of those very addresses, so that
a name that changes its mind between check and use gains nothing. httpcore is used
without httpx on top: redirects, unpacking and the deadline are decided here, step by step on the
wire (httpx unpacks without a bound, and its timeouts are a read's and not the whole's).
"""

import hashlib
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from ssl import SSLContext
from typing import Any, BinaryIO
from urllib.parse import urljoin

import httpcore
import httpx

from generations.media import addresses, store
from generations.media.addresses import NotPublic, Target, Unresolved, check_address
from generations.media.disk import full_disk_is_a_sentence
from generations.media.sniffing import HEAD_BYTES, FileType, Media, sniff

__all__ = [
    "FetchError",
    "FetchFailed",
    "FetchGone",
    "FetchRedirected",
    "FetchRefused",
    "FetchedFile",
    "Headed",
    "TooBig",
    "check_address",
    "fetch",
    "head",
]

MAX_REDIRECTS = 3
MIN_RATE = 20_000  # bytes a second, over each window
RATE_WINDOW = 10.0  # seconds; also the longest silence
CHUNK = 256 * 1024
SPACE_LOOK = 32 * 1024 * 1024
REDIRECTS = (301, 302, 303, 307, 308)
GONE = (400, 401, 403, 404, 410)
USER_AGENT = "Dailies"


class FetchError(Exception):
    """Nothing was fetched. str() is a sentence that is safe to show."""


class FetchRefused(FetchError):
    """The address is not allowed, or what lies there is of the wrong kind: final."""


class FetchRedirected(FetchRefused):
    """The address leads on to another, further than is followed: final."""


class FetchFailed(FetchError):
    """The network or the other side failed: try again later."""


class FetchGone(FetchError):
    """The address is no longer good: ask the API for a fresh one."""


class TooBig(FetchError):
    """It has more bytes than may be taken: final."""


@dataclass(frozen=True)
class FetchedFile:
    """A downloaded file on the store's disk; `store.keep(path, …)` moves it in."""

    path: Path
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Headed:
    """What the other side says of an address: its type and its size in bytes, if it says so."""

    content_type: str
    size: int | None


@contextmanager
def fetch(
    url: str,
    *,
    kind: Media,
    max_bytes: int,
    deadline: float,
    redirects: int = MAX_REDIRECTS,
) -> Iterator[FetchedFile]:
    """Download an address to a file that is gone after the block unless `store.keep` took it.

    `deadline` is in seconds for everything together. The content type is what the bytes show.
    `redirects` is how many are followed.
    Raises FetchRefused, FetchFailed, FetchGone, TooBig, and Unavailable while the disk is full.
    """
    clock = _Clock(deadline)
    with store.work_file() as path:
        with (
            full_disk_is_a_sentence(),
            _named_faults(),
            _answer("GET", url, clock, redirects) as response,
        ):
            _check_status(response.status)
            with path.open("wb") as target:
                fetched = _pour(response, target, kind, max_bytes, clock)
        yield FetchedFile(path, *fetched)


def head(url: str, *, deadline: float = 10.0) -> Headed:
    """Ask whether an address answers, without its bytes. Raises as `fetch` does."""
    with _named_faults(), _answer("HEAD", url, _Clock(deadline)) as response:
        _check_status(response.status)
        size = _header(response, b"content-length")
        kind = _header(response, b"content-type").partition(";")[0].strip().lower()
        return Headed(kind, int(size) if size.isdigit() else None)


class _Clock:
    """The time that is left of one fetch."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that the next step may take. Raises when there are none."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise FetchFailed("The download took too long.")
        return min(seconds, RATE_WINDOW)


class _Meter:
    """Ends a download that trickles."""

    def __init__(self) -> None:
        self._since, self._bytes = time.monotonic(), 0

    def count(self, size: int) -> None:
        """Note bytes that came. Raises FetchFailed when a whole window was too slow."""
        self._bytes += size
        seconds = time.monotonic() - self._since
        if seconds < RATE_WINDOW:
            return
        if self._bytes / seconds < MIN_RATE:
            raise FetchFailed("The download was too slow.")
        self._since, self._bytes = time.monotonic(), 0


class _TimedStream(httpcore.NetworkStream):
    """A connection on which no step lasts beyond the clock."""

    def __init__(self, stream: httpcore.NetworkStream, clock: _Clock) -> None:
        self._stream, self._clock = stream, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._clock.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._clock.left())
        return _TimedStream(stream, self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _PinnedBackend(httpcore.NetworkBackend):
    """Connects to the addresses that were checked and to no others."""

    def __init__(self, target: Target, clock: _Clock) -> None:
        self._target, self._clock = target, clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        fault: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in addresses.open_addresses(self._target, self._clock.left()):
            try:
                stream = _connect(address, self._target.port, self._clock.left())
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
            else:
                return _TimedStream(stream, self._clock)
        raise fault or httpcore.ConnectError("The name has no address.")


def _connect(address: str, port: int, timeout: float) -> httpcore.NetworkStream:
    """The only place from which a connection starts; `address` is in digits."""
    return httpcore.SyncBackend().connect_tcp(address, port, timeout)


@cache
def _certificates() -> SSLContext:
    return httpx.create_ssl_context(trust_env=False)


@contextmanager
def _answer(
    method: str, url: str, clock: _Clock, redirects: int = MAX_REDIRECTS
) -> Iterator[httpcore.Response]:
    """The answer behind at most so many redirects, each checked like the first address."""
    for _ in range(redirects + 1):
        with ExitStack() as stack:
            response = _ask(stack, method, _allowed(url), clock)
            location = _header(response, b"location")
            if response.status not in REDIRECTS or not location:
                yield response
                return
            url = urljoin(url, location)
    raise FetchRedirected(
        "The address redirects too often." if redirects else "The address leads on to another one."
    )


def _ask(stack: ExitStack, method: str, target: Target, clock: _Clock) -> httpcore.Response:
    pool = httpcore.ConnectionPool(
        ssl_context=_certificates(),
        max_connections=1,
        network_backend=_PinnedBackend(target, clock),
    )
    stack.enter_context(pool)
    host = f"[{target.host}]" if ":" in target.host else target.host
    plain = target.port == {"http": 80, "https": 443}[target.scheme]
    return stack.enter_context(
        pool.stream(
            method,
            httpcore.URL(
                scheme=target.scheme, host=target.host, port=target.port, target=target.path
            ),
            headers={
                "Host": host if plain else f"{host}:{target.port}",
                "User-Agent": USER_AGENT,
                "Accept": "*/*",
                "Accept-Encoding": "identity",
                "Connection": "close",
            },
        )
    )


def _allowed(url: str) -> Target:
    target = addresses.read(url)
    if isinstance(target, str):
        raise FetchRefused(target)
    return target


def _check_status(status: int) -> None:
    if status in GONE:
        raise FetchGone(f"The address answered {status}.")
    if status != 200:
        raise FetchFailed(f"The address answered {status}.")


def _pour(
    response: httpcore.Response, target: BinaryIO, kind: Media, max_bytes: int, clock: _Clock
) -> tuple[str, int, str]:
    announced = _header(response, b"content-length")
    if announced.isdigit() and int(announced) > max_bytes:
        raise TooBig(f"It is larger than {max_bytes:,} bytes.")
    digest, size, first, found = hashlib.sha256(), 0, b"", None
    for chunk in _decoded(response, clock):
        if size % SPACE_LOOK < len(chunk):
            store.disk().check_space(len(chunk))
        size += len(chunk)
        if size > max_bytes:
            raise TooBig(f"It is larger than {max_bytes:,} bytes.")
        first = (first + chunk)[:HEAD_BYTES] if found is None else first
        if found is None and len(first) == HEAD_BYTES:
            found = _judge(first, kind)
        digest.update(chunk)
        target.write(chunk)
    found = found or _judge(first, kind)
    return found.content_type, size, digest.hexdigest()


def _judge(first: bytes, kind: Media) -> FileType:
    """The type of what came. An error page in place of the file means a stale address."""
    found = sniff(first)
    if found is not None and found.media == kind:
        return found
    if not first:
        raise FetchFailed("The address answered with nothing.")
    if first.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"<", b"{"):
        raise FetchGone(f"The address answered with a page, not with {_a(kind)}.")
    raise FetchRefused(f"The address does not lead to {_a(kind)} we can read.")


def _a(kind: Media) -> str:
    return "a picture" if kind == "image" else "a video"


def _decoded(response: httpcore.Response, clock: _Clock) -> Iterator[bytes]:
    """The body in pieces of at most CHUNK bytes, unpacked if it was packed all the same."""
    coding = _header(response, b"content-encoding").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise FetchFailed("The answer is packed in a way we did not ask for.")
    packed = coding not in ("", "identity")
    inflate = zlib.decompressobj(wbits=47)
    meter = _Meter()
    for chunk in response.iter_stream():
        clock.left()
        meter.count(len(chunk))
        rest = chunk
        while rest:
            yield inflate.decompress(rest, CHUNK) if packed else rest
            rest = inflate.unconsumed_tail if packed else b""
    if packed and not inflate.eof:
        raise FetchFailed("The download was cut short.")


def _header(response: httpcore.Response, name: bytes) -> str:
    for key, value in response.headers:
        if key.lower() == name:
            return value.decode("latin-1")
    return ""


@contextmanager
def _named_faults() -> Iterator[None]:
    try:
        yield
    except NotPublic as error:
        raise FetchRefused(addresses.UNUSABLE) from error
    except Unresolved as error:
        raise FetchFailed("The name of the address does not resolve.") from error
    except httpcore.TimeoutException as error:
        raise FetchFailed("The download stood still.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, zlib.error) as error:
        raise FetchFailed("The connection broke.") from error
