"""The connection to the API: the sandbox, with the failures of a bad connection."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from generations.luma.client import LumaClient
from generations.sandbox.service import Sandbox

ORIGIN = "http://api.test"
BASE = f"{ORIGIN}/dream-machine/v1"

Json = dict[str, Any]
Spoiler = Callable[[httpx.Request], httpx.Response]


class Wire(httpx.BaseTransport):
    """A transport to a sandbox that records requests.

    `said` changes what the sandbox tells of a generation, by its id. `next_create`, `next_get`,
    `next_list`, `next_credits` and `next_concepts` answer the next such requests in its place.
    `forgotten` are ids that the API does not know any more, `unlisted` those missing from its list.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.requests: list[httpx.Request] = []
        self.said: dict[str, Json] = {}
        self.forgotten: set[str] = set()
        self.unlisted: set[str] = set()
        self.echoes = True
        self.order: Callable[[list[Json]], list[Json]] = lambda rows: rows
        self.next_create: list[Spoiler] = []
        self.next_get: list[Spoiler] = []
        self.next_list: list[Spoiler] = []
        self.next_credits: list[Spoiler] = []
        self.next_concepts: list[Spoiler] = []
        self._inner = httpx.WSGITransport(app=sandbox)

    def close(self) -> None:
        """Do nothing: every task closes its client, and the next one uses this again."""

    def client(self, read_deadline: float = 5.0) -> LumaClient:
        """Return a client that does not sleep before it repeats a request."""
        return LumaClient("sandbox", BASE, transport=self, sleep=lambda seconds: None)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        spoilers = self._spoilers(request)
        if spoilers:
            return spoilers.pop(0)(request)
        return self.deliver(request)

    def deliver(self, request: httpx.Request) -> httpx.Response:
        """Let the sandbox answer, with the changes of `said`."""
        path = request.url.path.removeprefix("/dream-machine/v1")
        if request.method == "GET" and path == "/generations":
            return self._page(request)
        if request.method == "GET" and path.rpartition("/")[2] in self.forgotten:
            return httpx.Response(404, json={"detail": "Generation not found"})
        answer = self._inner.handle_request(request)
        answer.read()
        if path.startswith("/generations") and answer.is_success and answer.content:
            body = self._over(json.loads(answer.content))
            return httpx.Response(answer.status_code, json=body)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    def creates(self) -> list[Json]:
        """Return the bodies of all creates so far."""
        return [json.loads(one.content) for one in self.requests if one.method == "POST"]

    def asked(self, path: str) -> int:
        """Return how often a path below the mount was requested by GET."""
        whole = f"/dream-machine/v1{path}"
        return sum(one.method == "GET" and one.url.path == whole for one in self.requests)

    def ids(self) -> list[str]:
        """Return the ids of all generations that the API has charged, oldest first."""
        return [row["id"] for row in self.sandbox.truth()["generations"]]

    def say(self, remote_id: str | None, state: str, **more: Any) -> None:
        """Let the API tell this of a generation from now on."""
        assert remote_id is not None
        self.said[remote_id] = {"state": state, **more}

    def complete(self, remote_id: str | None, **assets: str) -> None:
        """Let the API tell that a generation is completed, with these assets."""
        named = {"video": None, "image": None, "progress_video": None, **assets}
        self.say(remote_id, "completed", assets=named)

    def lose_answer(self) -> None:
        """Let the next create be carried out and charged, and its answer be lost."""
        self.next_create.append(self._carry_out_and_break)

    def swallow(self) -> None:
        """Let the next create be sent and not arrive."""
        self.next_create.append(_break)

    def answer(self, status: int, body: Any = None, **headers: str) -> None:
        """Answer the next create with this, and do not carry it out."""
        self.next_create.append(lambda request: reply(status, body, **headers))

    def _carry_out_and_break(self, request: httpx.Request) -> httpx.Response:
        self.deliver(request)
        return _break(request)

    def _spoilers(self, request: httpx.Request) -> list[Spoiler]:
        path = request.url.path.removeprefix("/dream-machine/v1")
        if request.method == "POST":
            return self.next_create
        if path == "/credits":
            return self.next_credits
        if path == "/generations/concepts/list":
            return self.next_concepts
        return self.next_list if path == "/generations" else self.next_get

    def _page(self, request: httpx.Request) -> httpx.Response:
        limit = int(request.url.params.get("limit", 100))
        offset = int(request.url.params.get("offset", 0))
        ask = httpx.Request("GET", f"{BASE}/generations?limit=1000", headers=request.headers)
        answer = self._inner.handle_request(ask)
        answer.read()
        known = json.loads(answer.content)["generations"]
        rows = [self._over(row) for row in known if row["id"] not in self.hidden()]
        rows = self.order(rows)
        page = rows[offset : offset + limit]
        told = {"has_more": len(rows) > offset + limit, "count": len(page), "generations": page}
        return httpx.Response(200, json=told)

    def hidden(self) -> set[str]:
        """Return the ids that the list does not show."""
        return self.forgotten | self.unlisted

    def _over(self, body: Any) -> Any:
        if not isinstance(body, dict) or "id" not in body:
            return body
        over = {**body, **self.said.get(body["id"], {})}
        if not self.echoes:
            over["request"] = {**(over.get("request") or {}), "callback_url": None}
        return over


def reply(status: int, body: Any = None, **headers: str) -> httpx.Response:
    """Return an answer; a body that is neither text nor bytes becomes JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, str | bytes):
        return httpx.Response(status, content=body, headers=named)
    return httpx.Response(status, json=body, headers=named)


def _break(request: httpx.Request) -> httpx.Response:
    raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
