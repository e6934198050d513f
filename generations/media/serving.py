"""Sends files of the store over HTTP: ranges, validators, fixed types, and a limit of streams.

A client that stops reading occupies a thread of the web server. So a process sends at most
`MEDIA_STREAMS` bodies at once that do not fit into a socket's buffer, and answers 503 with
Retry-After to further requests; then pages always find a thread. The connection of a client that
has not read for a minute is closed.
"""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from functools import cache
from http import HTTPStatus
from typing import BinaryIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.http.response import HttpResponseNotModified
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe

from generations.media.models import StoredFile
from generations.media.store import file_name, open_file

BLOCK = 64 * 1024
SMALL = 64 * 1024  # fits into the socket's buffers, so that no thread waits for the client
IDLE_TIMEOUT = timedelta(minutes=1)
YEAR = 31_536_000

_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*\Z", re.IGNORECASE | re.ASCII)
_INTERNET = (socket.AF_INET, socket.AF_INET6)


def file_response(
    request: HttpRequest,
    stored: StoredFile,
    *,
    download_name: str | None = None,
    public: bool = False,
) -> HttpResponseBase:
    """Answer GET or HEAD with a stored file. The caller has checked that it may be seen.

    200, 206 for one range, 304, 405, 416, or 503 while too many streams are open.
    `download_name` makes the browser save it under that name. `public` lets shared caches store
    it. Raises NotFound when the file is missing. No query.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET, HEAD"})
    headers = _headers(stored, download_name, public=public)
    if _unchanged(request, stored):
        validators = {name: headers[name] for name in ("ETag", "Last-Modified", "Cache-Control")}
        return HttpResponseNotModified(headers=validators)
    if request.method == "HEAD":
        open_file(stored).close()
        return HttpResponse(headers={**headers, "Content-Length": str(stored.size)})
    span = _span(request, stored)
    if span is None:
        return _unsatisfiable(stored, headers)
    return _body(request, stored, headers, span)


class FilePart:
    """A range of bytes of an open file, to be read like a file. Closing it releases its permit.

    It has a file number and is positioned at the start of the range, so that a server may use
    sendfile with the Content-Length as its count.
    """

    def __init__(
        self, stream: BinaryIO, span: tuple[int, int], permit: "StreamPermit | None"
    ) -> None:
        self._stream = stream
        self._left = span[1] - span[0]
        self._permit = permit
        stream.seek(span[0])

    def read(self, size: int = BLOCK) -> bytes:
        """Return at most `size` bytes; empty at the end of the range."""
        chunk = self._stream.read(min(size, self._left)) if self._left else b""
        self._left -= len(chunk)
        return chunk

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if chunk := self.read():
            return chunk
        raise StopIteration

    def fileno(self) -> int:
        """Return the file's number, for sendfile."""
        return self._stream.fileno()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move within the whole file; socket.sendfile does this at its end."""
        return self._stream.seek(offset, whence)

    def close(self) -> None:
        """Close the file and release the permit. A second call does nothing."""
        self._stream.close()
        if self._permit is not None:
            self._permit.release()

    def __del__(self) -> None:
        """Close, because middleware that fails after the view never closes the response.

        Not with `self.close`: Django's WSGI handler replaces it by the response's own, whose signal
        closes the database connection of the thread in which the garbage collector happens to run.
        """
        FilePart.close(self)


class StreamLimit:
    """Limits how many streams are open at once."""

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count)

    def acquire(self) -> "StreamPermit | None":
        """Return a permit, or None if all are in use. Never waits."""
        return StreamPermit(self._free) if self._free.acquire(blocking=False) else None


class StreamPermit:
    """The permit of one stream. Only the first `release` has an effect."""

    def __init__(self, semaphore: threading.BoundedSemaphore) -> None:
        self._semaphore = semaphore
        self._held = threading.Lock()
        self._held.acquire()

    def release(self) -> None:
        """Let another stream start."""
        with suppress(RuntimeError):
            self._held.release()
            self._semaphore.release()


class PartResponse(StreamingHttpResponse):
    """A response with a FilePart, which a server may send with its own wsgi.file_wrapper.

    Django's FileResponse guesses headers from the file. It also refers to itself, so that one that
    is never closed holds its permit until the garbage collector runs.
    """

    block_size = BLOCK

    def __init__(self, part: FilePart, headers: dict[str, str]) -> None:
        self.file_to_stream = part
        super().__init__(part, headers=headers)


@cache
def stream_limit() -> StreamLimit:
    """Return the limit of this process."""
    return StreamLimit(settings.MEDIA_STREAMS)


def _body(
    request: HttpRequest, stored: StoredFile, headers: dict[str, str], span: tuple[int, int]
) -> HttpResponseBase:
    stream = open_file(stored)
    length = span[1] - span[0]
    permit = stream_limit().acquire() if length > SMALL else None
    if permit is None and length > SMALL:
        stream.close()
        return _busy()
    _close_when_idle(request)
    response = PartResponse(FilePart(stream, span, permit), headers=headers)
    response.headers["Content-Length"] = str(length)
    if length != stored.size:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{stored.size}"
    return response


def _headers(stored: StoredFile, download_name: str | None, *, public: bool) -> dict[str, str]:
    """Return the headers of a stored file. The type is the sniffed one, never the uploader's."""
    name = _plain_name(download_name) if download_name else file_name(stored)
    disposition = content_disposition_header(download_name is not None, name)
    return {
        "Content-Type": stored.content_type,
        "Content-Disposition": disposition or "inline",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "ETag": _etag(stored),
        "Last-Modified": _modified(stored),
        "Cache-Control": f"{'public' if public else 'private'}, max-age={YEAR}, immutable",
    }


def _plain_name(name: str) -> str:
    """Return the name without slashes, control characters and marks of reading direction."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069/\\:]", "_", name)[
        -150:
    ]


def _etag(stored: StoredFile) -> str:
    return f'"{stored.sha256}"'


def _modified(stored: StoredFile) -> str:
    return http_date(stored.created_at.timestamp())


def _unchanged(request: HttpRequest, stored: StoredFile) -> bool:
    """Whether If-None-Match (weak comparison), else If-Modified-Since, holds (RFC 9110, 13.2.2)."""
    wanted = request.headers.get("If-None-Match")
    if wanted is not None:
        tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        return "*" in tags or _etag(stored) in tags
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and int(stored.created_at.timestamp()) <= since


def _span(request: HttpRequest, stored: StoredFile) -> tuple[int, int] | None:
    """Return the first byte and the one after the last; the whole file for an invalid header.

    None if nothing of the range is in the file. Several ranges at once get the whole file.
    """
    whole = (0, stored.size)
    match = _RANGE.match(request.headers.get("Range", ""))
    if match is None or not _same_version(request, stored):
        return whole
    first, last = match.groups()
    if not first and not last:
        return whole
    if not first:
        return (max(0, stored.size - int(last)), stored.size) if int(last) else None
    start, stop = int(first), min(int(last) + 1 if last else stored.size, stored.size)
    if last and int(last) < start:
        return whole
    return (start, stop) if start < stored.size else None


def _same_version(request: HttpRequest, stored: StoredFile) -> bool:
    """Whether If-Range is missing, the strong tag or the exact date."""
    wanted = request.headers.get("If-Range")
    return wanted is None or wanted.strip() in (_etag(stored), _modified(stored))


def _unsatisfiable(stored: StoredFile, headers: dict[str, str]) -> HttpResponse:
    return HttpResponse(
        status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
        content_type="text/plain",
        headers={
            "Content-Range": f"bytes */{stored.size}",
            "Accept-Ranges": "bytes",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": headers["Content-Security-Policy"],
            "Cache-Control": "no-store",
        },
    )


def _busy() -> HttpResponse:
    return HttpResponse(
        "Too many downloads at the moment.",
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        content_type="text/plain",
        headers={"Retry-After": "2", "Cache-Control": "no-store"},
    )


def _close_when_idle(request: HttpRequest) -> None:
    """Let the kernel close a connection whose client has not read for IDLE_TIMEOUT (tcp(7)).

    A browser keeps the connection of a paused video open. It requests the rest as a range when the
    connection was closed.
    """
    connection = request.META.get("gunicorn.socket")
    if isinstance(connection, socket.socket) and connection.family in _INTERNET:
        with suppress(OSError):
            connection.setsockopt(
                socket.IPPROTO_TCP,
                socket.TCP_USER_TIMEOUT,
                int(IDLE_TIMEOUT.total_seconds() * 1000),
            )
