"""Requests to addresses that others chose: the download of every asset and pasted address.

Only https and public hosts; no proxy, no cookie, no credential. A name is resolved once, all of
its IP addresses are checked, and the connection goes to one of these, so that a name whose address
changes between check and use gains nothing. This module uses httpcore without httpx, because it
handles redirects, decompression and the deadline itself: httpx decompresses without a limit, and
its timeouts are for single reads and not for the whole download.
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

from generations.media import public_hosts, store
from generations.media.disk import disk_full_as_unavailable
from generations.media.public_hosts import NotPublic, Target, Unresolved
from generations.media.sniffing import HEAD_BYTES, FileType, Media, sniff

__all__ = [
    "FetchError",
    "FetchFailed",
    "FetchGone",
    "FetchRedirected",
    "FetchRefused",
    "FetchTooLarge",
    "FetchedFile",
    "HeadResult",
    "fetch",
    "head",
]

MAX_REDIRECTS = 3
MIN_RATE = 20_000  # bytes a second, over each window
RATE_WINDOW = 10.0  # seconds; also the longest pause
CHUNK = 256 * 1024
SPACE_CHECK_BYTES = 32 * 1024 * 1024
REDIRECTS = (301, 302, 303, 307, 308)
GONE = (400, 401, 403, 404, 410)
USER_AGENT = "Dailies"


class FetchError(Exception):
    """Nothing was fetched. str() is a sentence that is safe to show."""


class FetchRefused(FetchError):
    """The address may not be used, or it leads to a file of the wrong kind. Final."""


class FetchRedirected(FetchRefused):
    """The address has more redirects than are followed. Final."""


class FetchFailed(FetchError):
    """The network or the server failed. Try again later."""


class FetchGone(FetchError):
    """The address is no longer valid. Ask the API for a new one."""


class FetchTooLarge(FetchError):
    """The file has more bytes than allowed. Final."""


@dataclass(frozen=True)
class FetchedFile:
    """A downloaded file on the store's disk; `store.keep(path, …)` moves it into the store."""

    path: Path
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class HeadResult:
    """What a server says about an address: content type, and size in bytes or None."""

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
    """Download an address to a file, which is deleted after the block unless `store.keep` moved it.

    `deadline` is in seconds for everything together. The content type is what the bytes show.
    `redirects` is how many are followed. Raises FetchRefused, FetchFailed, FetchGone,
    FetchTooLarge, and Unavailable while the disk is full.
    """
    time_left = _TimeLeft(deadline)
    with store.work_file() as path:
        with (
            disk_full_as_unavailable(),
            _fetch_errors(),
            _response("GET", url, time_left, redirects) as response,
        ):
            _check_status(response.status)
            with path.open("wb") as target:
                fetched = _download(response, target, kind, max_bytes, time_left)
        yield FetchedFile(path, *fetched)


def head(url: str, *, deadline: float = 10.0) -> HeadResult:
    """Send a HEAD request to an address. Raises as `fetch` does."""
    with _fetch_errors(), _response("HEAD", url, _TimeLeft(deadline)) as response:
        _check_status(response.status)
        size = _header(response, b"content-length")
        kind = _header(response, b"content-type").partition(";")[0].strip().lower()
        return HeadResult(kind, int(size) if size.isdigit() else None)


class _TimeLeft:
    """The time that is left for one fetch."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def seconds(self) -> float:
        """Return the seconds that the next step may take. Raises FetchFailed if there are none."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise FetchFailed("The download took too long.")
        return min(seconds, RATE_WINDOW)


class _RateCheck:
    """Ends a download that is too slow."""

    def __init__(self) -> None:
        self._since, self._bytes = time.monotonic(), 0

    def count(self, size: int) -> None:
        """Add received bytes. Raises FetchFailed if a whole window was too slow."""
        self._bytes += size
        seconds = time.monotonic() - self._since
        if seconds < RATE_WINDOW:
            return
        if self._bytes / seconds < MIN_RATE:
            raise FetchFailed("The download was too slow.")
        self._since, self._bytes = time.monotonic(), 0


class _TimedStream(httpcore.NetworkStream):
    """A connection on which no step takes longer than the deadline allows."""

    def __init__(self, stream: httpcore.NetworkStream, time_left: _TimeLeft) -> None:
        self._stream, self._time_left = stream, time_left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._time_left.seconds())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._time_left.seconds())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._time_left.seconds())
        return _TimedStream(stream, self._time_left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _PinnedBackend(httpcore.NetworkBackend):
    """Connects only to the IP addresses that were checked."""

    def __init__(self, target: Target, time_left: _TimeLeft) -> None:
        self._target, self._time_left = target, time_left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in public_hosts.public_addresses(self._target, self._time_left.seconds()):
            try:
                stream = _connect(address, self._target.port, self._time_left.seconds())
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._time_left)
        raise failure or httpcore.ConnectError("The name has no address.")


def _connect(address: str, port: int, timeout: float) -> httpcore.NetworkStream:
    """Connect to an IP address in digits. No other function here opens a connection."""
    return httpcore.SyncBackend().connect_tcp(address, port, timeout)


@cache
def _certificates() -> SSLContext:
    return httpx.create_ssl_context(trust_env=False)


@contextmanager
def _response(
    method: str, url: str, time_left: _TimeLeft, redirects: int = MAX_REDIRECTS
) -> Iterator[httpcore.Response]:
    """Follow at most so many redirects, each checked like the first address."""
    for _ in range(redirects + 1):
        with ExitStack() as stack:
            response = _request(stack, method, _allowed(url), time_left)
            location = _header(response, b"location")
            if response.status not in REDIRECTS or not location:
                yield response
                return
            url = urljoin(url, location)
    raise FetchRedirected(
        "The address redirects too often." if redirects else "The address leads on to another one."
    )


def _request(
    stack: ExitStack, method: str, target: Target, time_left: _TimeLeft
) -> httpcore.Response:
    pool = httpcore.ConnectionPool(
        ssl_context=_certificates(),
        max_connections=1,
        network_backend=_PinnedBackend(target, time_left),
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
    target = public_hosts.parse_url(url)
    if isinstance(target, str):
        raise FetchRefused(target)
    return target


def _check_status(status: int) -> None:
    if status in GONE:
        raise FetchGone(f"The address answered {status}.")
    if status != 200:
        raise FetchFailed(f"The address answered {status}.")


def _download(
    response: httpcore.Response, target: BinaryIO, kind: Media, max_bytes: int, time_left: _TimeLeft
) -> tuple[str, int, str]:
    announced = _header(response, b"content-length")
    if announced.isdigit() and int(announced) > max_bytes:
        raise FetchTooLarge(f"It is larger than {max_bytes:,} bytes.")
    digest, size, first, found = hashlib.sha256(), 0, b"", None
    for chunk in _body(response, time_left):
        if size % SPACE_CHECK_BYTES < len(chunk):
            store.disk().check_space(len(chunk))
        size += len(chunk)
        if size > max_bytes:
            raise FetchTooLarge(f"It is larger than {max_bytes:,} bytes.")
        first = (first + chunk)[:HEAD_BYTES] if found is None else first
        if found is None and len(first) == HEAD_BYTES:
            found = _check_type(first, kind)
        digest.update(chunk)
        target.write(chunk)
    found = found or _check_type(first, kind)
    return found.content_type, size, digest.hexdigest()


def _check_type(first: bytes, kind: Media) -> FileType:
    """Return the type of the file by its first bytes. An error page means an expired address."""
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


def _body(response: httpcore.Response, time_left: _TimeLeft) -> Iterator[bytes]:
    """Yield the body in pieces, decompressed if the server compressed it unasked.

    Decompressed pieces have at most CHUNK bytes.
    """
    coding = _header(response, b"content-encoding").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise FetchFailed("The answer is packed in a way we did not ask for.")
    compressed = coding not in ("", "identity")
    inflate = zlib.decompressobj(wbits=47)
    rate_check = _RateCheck()
    for chunk in response.iter_stream():
        time_left.seconds()
        rate_check.count(len(chunk))
        rest = chunk
        while rest:
            yield inflate.decompress(rest, CHUNK) if compressed else rest
            rest = inflate.unconsumed_tail if compressed else b""
    if compressed and not inflate.eof:
        raise FetchFailed("The download was cut short.")


def _header(response: httpcore.Response, name: bytes) -> str:
    for key, value in response.headers:
        if key.lower() == name:
            return value.decode("latin-1")
    return ""


@contextmanager
def _fetch_errors() -> Iterator[None]:
    try:
        yield
    except NotPublic as error:
        raise FetchRefused(public_hosts.UNUSABLE) from error
    except Unresolved as error:
        raise FetchFailed("The name of the address does not resolve.") from error
    except httpcore.TimeoutException as error:
        raise FetchFailed("The download stood still.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, zlib.error) as error:
        raise FetchFailed("The connection broke.") from error
