"""Sandboxes for tests: idle and working ones in this process, a live one in another."""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from lumaai import LumaAI

from generations.sandbox.options import Options
from generations.sandbox.service import Sandbox

ROOT = Path(__file__).resolve().parents[2]
KEY = "sandbox"
ORIGIN = "http://sandbox.test"

Json = dict[str, Any]


class Api(httpx.Client):
    """A client with the key, and the few calls that every test makes."""

    def video(self, **fields: Any) -> httpx.Response:
        """Create a video from defaults and `fields`."""
        body = {"model": "ray-2", "prompt": "a calm lake at dawn", "resolution": "540p"} | fields
        return self.post("/generations/video", json=body)

    def image(self, **fields: Any) -> httpx.Response:
        """Create an image from defaults and `fields`."""
        body = {"model": "photon-1", "prompt": "a calm lake at dawn"} | fields
        return self.post("/generations/image", json=body)

    def balance(self) -> float:
        """The balance in cents."""
        return float(self.get("/credits").json()["credit_balance"])

    def truth(self) -> Json:
        """All that happened, as the sandbox stored it."""
        truth: Json = self.get(f"{self.base_url.join('/_sandbox/truth')}").json()
        return truth

    def finished(self, answer: httpx.Response, seconds: float = 30) -> Json:
        """The generation that `answer` created, once it is completed or failed."""
        assert answer.is_success, answer.text
        generation_id = answer.json()["id"]
        found: Json = until(lambda: done(self.get(f"/generations/{generation_id}").json()), seconds)
        return found


def done(generation: Json) -> Json | None:
    return generation if generation["state"] in ("completed", "failed") else None


def until(read: Callable[[], Any], seconds: float = 10) -> Any:
    """Return the first true result of `read`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := read()):
        assert time.monotonic() < deadline, "nothing happened in time"
        time.sleep(0.02)
    return found


def _api(sandbox: Sandbox, key: str = KEY) -> Api:
    return Api(
        transport=httpx.WSGITransport(app=sandbox),
        base_url=f"{ORIGIN}/dream-machine/v1",
        headers={"Authorization": f"Bearer {key}"},
    )


@contextmanager
def sandbox_in(directory: Path, *, working: bool, **options: Any) -> Iterator[Api]:
    """A sandbox in this process; an idle one leaves everything queued."""
    settings: Json = {"pace": 0, "limits": False} | options
    sandbox = Sandbox(Options(directory=directory, **settings), origin=ORIGIN)
    if working:
        sandbox.start()
    try:
        with _api(sandbox) as api:
            yield api
    finally:
        sandbox.close()


@pytest.fixture
def idle(tmp_path: Path) -> Iterator[Api]:
    with sandbox_in(tmp_path, working=False) as api:
        yield api


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Api]:
    """Idle, with the tier's limits."""
    with sandbox_in(tmp_path, working=False, limits=True) as api:
        yield api


@pytest.fixture
def working(tmp_path: Path) -> Iterator[Api]:
    with sandbox_in(tmp_path, working=True) as api:
        yield api


@dataclass
class Live:
    """A sandbox process."""

    child: subprocess.Popen[str]
    url: str
    directory: Path

    def api(self) -> Api:
        return Api(base_url=self.url, headers={"Authorization": f"Bearer {KEY}"}, timeout=30)

    def official(self, key: str = KEY) -> LumaAI:
        return LumaAI(auth_token=key, base_url=self.url, max_retries=0)

    def kill(self) -> None:
        self.child.kill()
        self.child.wait()


def launch(directory: Path, *flags: str, command: tuple[str, ...] = ()) -> Live:
    """Start a sandbox process and wait until it says that it is ready."""
    begin = command or ("-m", "generations.sandbox")
    child = subprocess.Popen(
        [sys.executable, *begin, "--port", "0", "--data", str(directory), "--pace", "0", *flags],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    line = child.stdout.readline()
    assert line.startswith("Sandbox: "), line
    return Live(child, line.removeprefix("Sandbox: ").strip(), directory)


@contextmanager
def launched(directory: Path, *flags: str, command: tuple[str, ...] = ()) -> Iterator[Live]:
    live = launch(directory, *flags, command=command)
    try:
        yield live
    finally:
        live.kill()
        if live.child.stdout is not None:
            live.child.stdout.close()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One process for all tests that only need a socket."""
    with launched(tmp_path_factory.mktemp("sandbox"), "--limits", "off") as running:
        yield running


@dataclass
class Listener:
    """A web server in place of the studio: serves files and receives callbacks."""

    origin: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    received: list[Json] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    slow: threading.Event = field(default_factory=threading.Event)
    """While it is set, callbacks wait for their answer."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()

    class Connection(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/moved.jpg":
                self.send_response(302)
                self.send_header("Location", "/picture.jpg")
                self.end_headers()
                return
            body = listening.files.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listening.times.append(time.monotonic())
            listening.received.append(json.loads(body))
            while listening.slow.is_set():
                time.sleep(0.02)
            self.send_response(listening.statuses.pop(0) if listening.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Connection)
    listening.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield listening
    server.shutdown()
    thread.join()
    server.server_close()
