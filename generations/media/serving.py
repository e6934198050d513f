"""Files of the store as HTTP answers: ranges, validators, fixed types, and a bound on streams.

A client that stops reading holds a thread of the web server. So at most `MEDIA_STREAMS` bodies
that do not fit into a socket's buffer are under way in one process; who comes beyond gets 503
with Retry-After, and pages always find a thread. A silent client is dropped after a minute.
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
SMALL = 64 * 1024  # fits into the socket's buffers: leaves at once, whoever reads or not
SILENCE = timedelta(minutes=1)
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
    """Answer GET or HEAD with a stored file; the caller has decided that it may be seen.

    200, 206 for one range, 304, 405, 416, or 503 while too many streams are under way.
    `download_name` makes the browser save it under that name. `public` lets shared caches keep
    it. Raises NotFound when the file is lost. No query.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET, HEAD"})
    headers = _headers(stored, download_name, public=public)
    if _unchanged(request, stored):
        kept = {name: headers[name] for name in ("ETag", "Last-Modified", "Cache-Control")}
        return HttpResponseNotModified(headers=kept)
    if request.method == "HEAD":
        open_file(stored).close()
        return HttpResponse(headers={**headers, "Content-Length": str(stored.size)})
    span = _span(request, stored)
    if span is None:
        return _unsatisfiable(stored, headers)
    return _body(request, stored, headers, span)


class FilePart:
    """Bytes `start` to `stop` of an open file, read as a file; closing it gives its slot back.

    Has a file number and stands at `start`, so that a server may use sendfile with the
    Content-Length as its count.
    """

    def __init__(self, stream: BinaryIO, span: tuple[int, int], slot: "Slot | None") -> None:
        self._stream = stream
        self._left = span[1] - span[0]
        self._slot = slot
        stream.seek(span[0])

    def read(self, size: int = BLOCK) -> bytes:
        """At most `size` bytes; empty at the end of the part."""
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
        """The file's number, for sendfile."""
        return self._stream.fileno()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move within the whole file, as socket.sendfile does after itself."""
        return self._stream.seek(offset, whence)

    def close(self) -> None:
        """Close the file and free the slot; a second call does nothing."""
        self._stream.close()
        if self._slot is not None:
            self._slot.release()

    def __del__(self) -> None:
        """Middleware that fails after the view drops the response without closing it.

        Not `self.close`: Django's WSGI handler puts the response's own there, whose signal closes
        the database connection of whatever thread the garbage collector happens to run in.
        """
        FilePart.close(self)


class Slots:
    """How many streams may be under way at a time."""

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count)

    def take(self) -> "Slot | None":
        """A slot, or none when all are taken; never waits."""
        return Slot(self._free) if self._free.acquire(blocking=False) else None


class Slot:
    """One stream's place. Released once, however often it is asked to be."""

    def __init__(self, semaphore: threading.BoundedSemaphore) -> None:
        self._semaphore = semaphore
        self._held = threading.Lock()
        self._held.acquire()

    def release(self) -> None:
        """Give the place to the next."""
        with suppress(RuntimeError):
            self._held.release()
            self._semaphore.release()


class PartResponse(StreamingHttpResponse):
    """A streamed part, which a server may send with its own wsgi.file_wrapper.

    Not Django's FileResponse: that one guesses headers from the file, and refers to itself, so
    that a forgotten one keeps its slot until the garbage collector comes by.
    """

    block_size = BLOCK

    def __init__(self, part: FilePart, headers: dict[str, str]) -> None:
        self.file_to_stream = part
        super().__init__(part, headers=headers)


@cache
def slots() -> Slots:
    """The places of this process."""
    return Slots(settings.MEDIA_STREAMS)


def _body(
    request: HttpRequest, stored: StoredFile, headers: dict[str, str], span: tuple[int, int]
) -> HttpResponseBase:
    stream = open_file(stored)
    length = span[1] - span[0]
    slot = slots().take() if length > SMALL else None
    if slot is None and length > SMALL:
        stream.close()
        return _busy()
    _drop_when_silent(request)
    response = PartResponse(FilePart(stream, span, slot), headers=headers)
    response.headers["Content-Length"] = str(length)
    if length != stored.size:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{stored.size}"
    return response


def _headers(stored: StoredFile, download_name: str | None, *, public: bool) -> dict[str, str]:
    """What every answer with this file says; the type is ours and never the sender's."""
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
    """A file name that cannot leave its folder, break a header, or mislead the eye."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069/\\:]", "_", name)[
        -150:
    ]


def _etag(stored: StoredFile) -> str:
    return f'"{stored.sha256}"'


def _modified(stored: StoredFile) -> str:
    return http_date(stored.created_at.timestamp())


def _unchanged(request: HttpRequest, stored: StoredFile) -> bool:
    """If-None-Match by weak comparison, else If-Modified-Since (RFC 9110, 13.2.2)."""
    wanted = request.headers.get("If-None-Match")
    if wanted is not None:
        tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        return "*" in tags or _etag(stored) in tags
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and int(stored.created_at.timestamp()) <= since


def _span(request: HttpRequest, stored: StoredFile) -> tuple[int, int] | None:
    """First byte and the one after the last; the whole file where RFC 9110 ignores the header.

    None when nothing of the range is in the file. Several ranges at once get the whole file.
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
    """If-Range: the strong tag or the very date; anything else means another version."""
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


def _drop_when_silent(request: HttpRequest) -> None:
    """Let the kernel end a connection whose client has not read for a while (tcp(7)).

    Browsers keep the connection of a paused video open and ask again by range when it ends.
    """
    connection = request.META.get("gunicorn.socket")
    if isinstance(connection, socket.socket) and connection.family in _INTERNET:
        with suppress(OSError):
            connection.setsockopt(
                socket.IPPROTO_TCP,
                socket.TCP_USER_TIMEOUT,
                int(SILENCE.total_seconds() * 1000),
            )
