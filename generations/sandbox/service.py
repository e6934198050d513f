"""The sandbox as a WSGI application: the key, the mounts, and the routes for tests.

/dream-machine/v1/...    the API; every route asks for the key
/assets/<id>/<name>      finished files; no key
/_sandbox/truth          GET, key: all generations, ledger entries and callbacks so far
/_sandbox/faults         GET, POST a list, DELETE, key: see `faults`
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from .asset_files import asset_answer
from .directories import Directories
from .exchange import Answer, Call, json_answer, refusal_answer
from .faults import Faults
from .lifecycle import Lifecycle
from .operations import Operations, no_route, route_for
from .options import Options
from .refusals import Refused, malformed, not_found, reason
from .store import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MOUNT: Final = "/dream-machine/v1"


class Sandbox:
    """The service on `options.directory`; asset addresses begin with `origin`.

    Call `start` before the first request and `close` after the last.
    """

    def __init__(self, options: Options, *, origin: str) -> None:
        options.directory.mkdir(parents=True, exist_ok=True)
        self.faults = Faults(options.faults)
        self._key = options.key.encode()
        self._store = Store(options.directory / "sandbox.sqlite3", options.credits)
        self._directories = Directories(options.directory)
        self._lifecycle = Lifecycle(
            self._store, self._directories, pace=options.pace, origin=origin
        )
        self._operations = Operations(
            self._store, self._lifecycle, origin=origin, limits=options.limits
        )

    def start(self) -> None:
        """Start the threads that work on queued generations."""
        self._lifecycle.start()

    def close(self) -> None:
        """Stop. The next start continues unfinished generations."""
        self._lifecycle.close()
        self._store.close()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        call = Call(environ)
        try:
            answer = self._answer(call)
        except Refused as refused:
            answer = refusal_answer(refused)
        headers = list(answer.headers.items())
        if answer.status != 204:
            headers.append(("Content-Length", str(answer.length())))
        start_response(answer.status_line, headers)
        return [] if call.method == "HEAD" else answer.pieces()

    def operation_of(self, method: str, path: str) -> str | None:
        """Return the operationId that serves a request, or None outside the API."""
        inside = _inside_mount(path)
        route = route_for(method, inside) if inside else None
        return route.operation if route else None

    def truth(self) -> dict[str, Any]:
        """Return all that happened, deleted generations included, for tests of faults.

        Money is in cents; a charge is negative. Times are seconds since the epoch.
        """
        return {
            "balance": self._store.balance(),
            "generations": self._store.everything(
                "select id, operation, state, failure_reason, created_at, deleted_at,"
                " json_extract(request, '$.callback_url') as callback_url"
                " from generations order by seq"
            ),
            "ledger": self._store.everything(
                "select generation_id, entry, microdollars / 10000.0 as cents, at"
                " from ledger order by seq"
            ),
            "callbacks": self._store.everything(
                "select generation_id, state, attempt, answer, at from callbacks order by seq"
            ),
        }

    def _answer(self, call: Call) -> Answer:
        if call.path.startswith("/assets/"):
            return asset_answer(call, self._directories.assets)
        self._check_key(call)
        if call.path.startswith("/_sandbox/"):
            return self._test_answer(call)
        inside = _inside_mount(call.path)
        route = route_for(call.method, inside)
        if route is None:
            raise no_route(inside)
        found = route.path.fullmatch(inside)
        return route.serve(self._operations, call, *(found.groups() if found else ()))

    def _check_key(self, call: Call) -> None:
        scheme, _, key = call.header("Authorization").partition(" ")
        known = hmac.compare_digest(key.strip().encode(), self._key)
        if scheme.lower() != "bearer" or not known:
            raise Refused(401, "Invalid API key is provided")

    def _test_answer(self, call: Call) -> Answer:
        asked = (call.method, call.path)
        if asked == ("GET", "/_sandbox/truth"):
            return json_answer(200, self.truth())
        if asked == ("POST", "/_sandbox/faults"):
            self._set_faults(call.body())
        elif asked == ("DELETE", "/_sandbox/faults"):
            self.faults.replace([])
        elif asked != ("GET", "/_sandbox/faults"):
            raise not_found("Not Found")
        return json_answer(200, self.faults.listed())

    def _set_faults(self, body: bytes) -> None:
        try:
            self.faults.replace_json(body)
        except (TypeError, ValueError) as error:
            raise malformed([reason("value_error", ("body",), str(error))]) from None


def _inside_mount(path: str) -> str:
    """Return the path after the mount, without a trailing slash; "" outside of it."""
    return path.removeprefix(MOUNT).rstrip("/") if path.startswith(f"{MOUNT}/") else ""
