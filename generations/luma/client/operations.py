"""The client: one method for each of the 13 operations of the Dream Machine API.

Creates are sent once only; reads are repeated. `errors` explains what both raise, `verdicts` which
answer means what.
"""

from __future__ import annotations

import contextlib
import json
import logging
import random
import re
import ssl
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self, TypeVar

import httpx
from pydantic import SecretStr

from generations.luma.client import verdicts
from generations.luma.client.answers import CreditsAnswer, ListAnswer, RemoteGeneration
from generations.luma.client.wire import Exchange, HookRefused, Reply, fresh_transport
from generations.luma.errors import LumaNotFound, LumaRateLimited, LumaUnavailable, LumaUnconfirmed
from generations.luma.schema import (
    AudioGenerationRequest,
    GenerationRequest,
    ImageGenerationRequest,
    ModifyVideoRequest,
    ReframeImageRequest,
    ReframeVideoRequest,
    UpscaleVideoGenerationRequest,
)
from generations.luma.schema.requests import RequestSchema

logger = logging.getLogger(__name__)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Hook = Callable[[], None]

CREATE_SECONDS = 25.0
READ_SECONDS = 30.0
ATTEMPT_SECONDS = 15.0
CREATE_BYTES = 1 << 20
READ_BYTES = 16 << 20
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
ATTEMPTS = 5

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


class _Verdict(Protocol[T_co]):
    def __call__(self, reply: Reply, *, secret: SecretStr) -> T_co: ...


class LumaClient:
    """A client of one account of the API. Threads may share it; close it after use.

    `base_url` includes the path (https://api.lumalabs.ai/dream-machine/v1). The key is sent
    to that origin only: redirects are never followed. `read_deadline` is the total of a read in
    seconds, with all repetitions.

    With a `transport` that is not httpx's own the connection cannot be observed: then
    `before_first_byte` runs right before sending, and every later failure counts as sent.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str,
        *,
        transport: httpx.BaseTransport | None = None,
        read_deadline: float = READ_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._key = SecretStr(_checked_key(api_key))
        self._base = _checked_base(base_url)
        self._transport = transport or fresh_transport()
        self._read_deadline = read_deadline
        self._sleep = sleep

    def __repr__(self) -> str:
        return f"<LumaClient {self._base}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the transport."""
        self._transport.close()

    # Reads: repeated on connection errors, 408, 409, 425, 429, 499 and 5xx

    def ping(self) -> str:
        """Ask whether the API runs; return its message ("pong")."""
        return self._read("GET", "/ping", verdicts.pong)

    def credits(self) -> CreditsAnswer:
        """Return the account's balance."""
        return self._read("GET", "/credits", verdicts.balance)

    def concepts(self) -> tuple[str, ...]:
        """Return the keys of all camera concepts."""
        return self._read("GET", "/generations/concepts/list", verdicts.concept_keys)

    def list_generations(self, limit: int = 100, offset: int = 0) -> ListAnswer:
        """Return a page of the account's generations, in undocumented order."""
        query = f"?limit={limit:d}&offset={offset:d}"
        return self._read("GET", f"/generations{query}", verdicts.listed)

    def get_generation(self, id: str) -> RemoteGeneration:  # noqa: A002 - the contract's name
        """Return one generation. Raises LumaNotFound if the API does not know it.

        Raises LumaUnavailable if the answer is about another generation.
        """

        def found(reply: Reply, *, secret: SecretStr) -> RemoteGeneration:
            answer = verdicts.found(reply, secret=secret)
            told = answer.generation.id
            if told is not None and told.lower() != id.lower():
                logger.warning("luma answered about %s when asked about %s", told, id)
                raise LumaUnavailable("Luma answered about another generation.")
            return answer

        return self._read("GET", f"/generations/{_checked_id(id)}", found)

    def delete_generation(self, id: str) -> None:  # noqa: A002 - the contract's name
        """Delete a generation at Luma. One that Luma does not know counts as deleted."""
        path = f"/generations/{_checked_id(id)}"
        with contextlib.suppress(LumaNotFound):
            self._read("DELETE", path, verdicts.deleted)

    # Creates: never repeated. `deadline` is in seconds, for everything together.

    def create_video(
        self,
        request: GenerationRequest,
        *,
        before_first_byte: Hook | None = None,
        deadline: float = CREATE_SECONDS,
    ) -> RemoteGeneration:
        """Create a video, from text or between keyframes."""
        return self._create("/generations/video", request, before_first_byte, deadline)

    def create_image(
        self,
        request: ImageGenerationRequest,
        *,
        before_first_byte: Hook | None = None,
        deadline: float = CREATE_SECONDS,
    ) -> RemoteGeneration:
        """Create an image; with `sync`, give a deadline of sync_timeout + 30 seconds."""
        return self._create("/generations/image", request, before_first_byte, deadline)

    def reframe_image(
        self,
        request: ReframeImageRequest,
        *,
        before_first_byte: Hook | None = None,
        deadline: float = CREATE_SECONDS,
    ) -> RemoteGeneration:
        """Give an image another aspect ratio."""
        return self._create("/generations/image/reframe", request, before_first_byte, deadline)

    def reframe_video(
        self,
        request: ReframeVideoRequest,
        *,
        before_first_byte: Hook | None = None,
        deadline: float = CREATE_SECONDS,
    ) -> RemoteGeneration:
        """Give a video another aspect ratio."""
        return self._create("/generations/video/reframe", request, before_first_byte, deadline)

    def modify_video(
        self,
        request: ModifyVideoRequest,
        *,
        before_first_byte: Hook | None = None,
        deadline: float = CREATE_SECONDS,
    ) -> RemoteGeneration:
        """Restyle a video."""
        return self._create("/generations/video/modify", request, before_first_byte, deadline)

    def upscale(
        self,
        id: str,  # noqa: A002 - the contract's name
        request: UpscaleVideoGenerationRequest,
        *,
        before_first_byte: Hook | None = None,
        deadline: float = CREATE_SECONDS,
    ) -> RemoteGeneration:
        """Make generation `id` larger; the answer is a new generation."""
        path = f"/generations/{_checked_id(id)}/upscale"
        return self._create(path, request, before_first_byte, deadline)

    def add_audio(
        self,
        id: str,  # noqa: A002 - the contract's name
        request: AudioGenerationRequest,
        *,
        before_first_byte: Hook | None = None,
        deadline: float = CREATE_SECONDS,
    ) -> RemoteGeneration:
        """Give generation `id` a sound track; the answer is a new generation."""
        path = f"/generations/{_checked_id(id)}/audio"
        return self._create(path, request, before_first_byte, deadline)

    # How both are sent

    def _create(
        self, path: str, request: RequestSchema, hook: Hook | None, deadline: float
    ) -> RemoteGeneration:
        body = json.dumps(request.wire(), allow_nan=False).encode()
        exchange = Exchange(deadline, hook)
        try:
            reply = self._send(exchange, "POST", path, body=body, limit=CREATE_BYTES)
        except HookRefused as refused:
            raise refused.original from refused.original.__cause__
        except httpx.HTTPError as failure:
            if not exchange.first_byte_attempted:
                raise _unreachable(failure) from None
            raise LumaUnconfirmed(
                "The connection to Luma broke before it said whether it accepted this."
            ) from None
        return verdicts.created(reply, secret=self._key)

    def _read(self, method: str, path: str, verdict: _Verdict[T]) -> T:
        """Repeat a read until it is answered or ATTEMPTS or the deadline are used up."""
        ends = time.monotonic() + self._read_deadline
        attempt = 1
        while True:
            try:
                return self._attempt(method, path, verdict, ends - time.monotonic())
            except (LumaUnavailable, LumaRateLimited) as failure:
                pause = max(_pause_after(attempt), failure.retry_after or 0.0)
                if attempt == ATTEMPTS or time.monotonic() + pause >= ends:
                    raise
            self._sleep(pause)
            attempt += 1

    def _attempt(self, method: str, path: str, verdict: _Verdict[T], left: float) -> T:
        exchange = Exchange(min(left, ATTEMPT_SECONDS))
        try:
            reply = self._send(exchange, method, path, limit=READ_BYTES)
        except httpx.HTTPError as failure:
            raise _unreachable(failure) from None
        return verdict(reply, secret=self._key)

    def _send(
        self, exchange: Exchange, method: str, path: str, *, limit: int, body: bytes | None = None
    ) -> Reply:
        began = time.monotonic()
        request = httpx.Request(
            method, f"{self._base}{path}", headers=self._headers(body), content=body
        )
        reply = exchange.send(self._transport, request, limit=limit)
        spent = (time.monotonic() - began) * 1000
        logger.info("luma %s %s answered %d in %.0f ms", method, path, reply.status, spent)
        return reply

    def _headers(self, body: bytes | None) -> httpx.Headers:
        """Return the headers as an httpx.Headers, because its repr hides the key."""
        headers = httpx.Headers(
            {
                "Authorization": f"Bearer {self._key.get_secret_value()}",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "Connection": "close",
                "User-Agent": "Dailies",
            }
        )
        if body is not None:
            headers["Content-Type"] = "application/json"
        return headers


def _pause_after(attempt: int) -> float:
    """Return the seconds to wait after so many failures: 0.5, 1, 2 … 8, less up to a quarter."""
    longest: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1))
    return longest * random.uniform(0.75, 1.0)  # noqa: S311 - spreads load, guards nothing


def _unreachable(failure: httpx.HTTPError) -> LumaUnavailable:
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return LumaUnavailable("No safe connection to Luma.")
        cause = cause.__cause__ or cause.__context__
    return LumaUnavailable("Luma cannot be reached.")


def _checked_key(api_key: str) -> str:
    """Return the key stripped. ValueError (without the key) if a header cannot hold it."""
    key = api_key.strip()
    if not re.fullmatch(r"[\x21-\x7e]+", key):
        raise ValueError("The API key must be printable ASCII without spaces.")
    return key


def _checked_base(base_url: str) -> str:
    """Return the address without trailing slash. ValueError if it has credentials or a query.

    Credentials in the address would replace our Authorization header.
    """
    url = httpx.URL(base_url.strip())
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
        raise ValueError("The base address must be http(s)://host[:port]/path.")
    if url.query or url.fragment:
        raise ValueError("The base address must have no query and no fragment.")
    return str(url).rstrip("/")


def _checked_id(id: str) -> str:  # noqa: A002 - the contract's name
    """Return the id if it is safe in a path. ValueError otherwise: a mistake of the caller."""
    if not _ID.fullmatch(id):
        raise ValueError("This is no id of a generation.")
    return id
