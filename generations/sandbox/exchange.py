"""HTTP requests and answers, made from and turned into WSGI."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .refusals import Refused

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MAX_BODY_BYTES = 1024 * 1024
_PIECE = 64 * 1024


@dataclass(frozen=True)
class Call:
    """One request. `path` has no trailing slash."""

    environ: WSGIEnvironment

    @property
    def method(self) -> str:
        return str(self.environ["REQUEST_METHOD"])

    @property
    def path(self) -> str:
        return str(self.environ.get("PATH_INFO", "")).rstrip("/") or "/"

    @property
    def query(self) -> str:
        return str(self.environ.get("QUERY_STRING", ""))

    def header(self, name: str) -> str:
        """Return a request header, or ""."""
        return str(self.environ.get(f"HTTP_{name.upper().replace('-', '_')}", ""))

    def body(self) -> bytes:
        """Return the whole body. Raises Refused (413) over MAX_BODY_BYTES."""
        length = int(self.environ.get("CONTENT_LENGTH") or 0)
        if length > MAX_BODY_BYTES:
            raise Refused(413, "Request body is too large")
        body: bytes = self.environ["wsgi.input"].read(length)
        return body


@dataclass
class Answer:
    """A status, headers, and as a body either bytes or a range (`span`) of a file."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    file: Path | None = None
    span: tuple[int, int] = (0, 0)

    @property
    def status_line(self) -> str:
        """For example `201 Created`; a status that HTTP does not know has no phrase."""
        try:
            return f"{self.status} {HTTPStatus(self.status).phrase}"
        except ValueError:
            return f"{self.status} Unknown"

    def pieces(self) -> Iterable[bytes]:
        """Return the body in pieces, so that no file is held in memory."""
        return [self.body] if self.file is None else self._file_pieces(self.file)

    def length(self) -> int:
        """Return the bytes of the body."""
        return len(self.body) if self.file is None else self.span[1] - self.span[0]

    def _file_pieces(self, file: Path) -> Iterator[bytes]:
        start, end = self.span
        with file.open("rb") as source:
            source.seek(start)
            while start < end and (piece := source.read(min(_PIECE, end - start))):
                start += len(piece)
                yield piece


def json_answer(status: int, value: Any) -> Answer:
    """Return an answer with `value` as JSON."""
    body = json.dumps(value).encode()
    return Answer(status, body, {"Content-Type": "application/json"})


def refusal_answer(refused: Refused) -> Answer:
    """Return `{"detail": …}` with the status and headers of the refusal."""
    answer = json_answer(refused.status, {"detail": refused.detail})
    answer.headers.update(refused.headers)
    return answer
