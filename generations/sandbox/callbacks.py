"""Callbacks: a POST to callback_url when a generation is dreaming, completed or failed.

docs.lumalabs.ai/changelog/callbacks-and-credits-balance: the body is the Generation
object; only status 200 is success; 3 retries 100 ms apart; 5 s time-out. A thread per generation
sends its callbacks in order, and a slow receiver delays no other generation.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from contextlib import suppress
from typing import Any, Final

from .store import Store, StoreClosed

ATTEMPTS: Final = 4
PAUSE_SECONDS: Final = 0.1
TIMEOUT_SECONDS: Final = 5.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it is an answer other than 200."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Callbacks:
    """Sends callbacks in the background and writes every attempt to the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[tuple[str, dict[str, Any]]]] = {}
        self._opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
        self._closing = threading.Event()

    def send(self, url: str, generation: dict[str, Any]) -> None:
        """Queue one callback with this Generation object; returns at once."""
        generation_id = generation["id"]
        with self._lock:
            queue = self._waiting.get(generation_id)
            if queue is not None:
                queue.append((url, generation))
                return
            self._waiting[generation_id] = deque([(url, generation)])
        threading.Thread(target=self._deliver_all, args=(generation_id,), daemon=True).start()

    def close(self) -> None:
        """Start no further attempt. Undelivered callbacks are lost, as at the real service."""
        self._closing.set()

    def _deliver_all(self, generation_id: str) -> None:
        with suppress(StoreClosed):
            while not self._closing.is_set():
                with self._lock:
                    queue = self._waiting[generation_id]
                    if not queue:
                        del self._waiting[generation_id]
                        return
                    url, generation = queue.popleft()
                self._deliver(url, generation)

    def _deliver(self, url: str, generation: dict[str, Any]) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            answer = self._post(url, json.dumps(generation).encode())
            self._store.note_callback(generation["id"], generation["state"], attempt, answer)
            if answer == "200" or self._closing.is_set():
                return
            if attempt < ATTEMPTS:
                time.sleep(PAUSE_SECONDS)

    def _post(self, url: str, body: bytes) -> str:
        """Return the status of the answer, or the name of the error."""
        headers = {"Content-Type": "application/json", "User-Agent": "dailies-sandbox"}
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310  its scheme was checked on create
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return str(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return str(error.code)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return type(error).__name__
