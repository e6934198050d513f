"""One component on a page of its own: a small loopback server, the studio's own templates, static
files and content policy, and nothing else of the studio."""

import gzip
import re
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from mimetypes import guess_type
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl

import av
import numpy as np
import pytest
from django.conf import settings
from django.template.loader import render_to_string
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import ROOT, Complaints, axe_violations, new_page

POLICY = "; ".join(
    f"{name} {' '.join(sources)}"
    for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
)
HTMX = (
    '{"history": false, "includeIndicatorCSS": false, "prefix": "", '
    '"morphIgnore": ["data-htmx-powered", "open", "data-open", "data-restored"]}'
)
FRAMES, FPS, BITS = 120, 24, 7


@cache
def clip() -> bytes:
    """Five seconds whose every frame carries its number: seven squares, white for a one."""
    target = BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in range(FRAMES):
            picture = np.full((180, 320, 3), 60, np.uint8)
            for bit in range(BITS):
                left = 20 + 40 * bit
                picture[60:100, left : left + 30] = 255 if number >> bit & 1 else 0
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode())
    return target.getvalue()


@cache
def picture() -> bytes:
    """A still of 640 by 480."""
    target = BytesIO()
    Image.linear_gradient("L").resize((640, 480)).save(target, "PNG")
    return target.getvalue()


@dataclass
class Bench:
    """A server on loopback: pages by path, and the forms that were posted to it."""

    base: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    posted: list[list[tuple[str, str]]] = field(default_factory=list)

    def answer(self, path: str) -> tuple[bytes, str] | None:
        """A page, a static file, or the two media files."""
        if path in self.pages:
            return self.pages[path].encode(), "text/html; charset=utf-8"
        if path == "/media/clip.mp4":
            return clip(), "video/mp4"
        if path == "/media/source.png":
            return picture(), "image/png"
        file = ROOT / path.lstrip("/")
        if path.startswith("/static/") and file.is_file():
            return file.read_bytes(), guess_type(file.name)[0] or "application/octet-stream"
        return None


def _handler(bench: Bench) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = bench.answer(self.path.partition("?")[0])
            if found is None:
                return self.reply(404, b"", "text/plain")
            body, kind = found
            wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            if wanted is None:
                return self.reply(200, body, kind)
            first, last = int(wanted[1]), int(wanted[2] or len(body) - 1)
            extra = {"Content-Range": f"bytes {first}-{last}/{len(body)}"}
            return self.reply(206, body[first : last + 1], kind, extra)

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            bench.posted.append(parse_qsl(text, keep_blank_values=True))
            self.reply(200, b"<!doctype html><title>Sent</title><h1>Sent</h1>", "text/html")

        def reply(
            self, status: int, body: bytes, kind: str, extra: dict[str, str] | None = None
        ) -> None:
            self.send_response(status)
            headers = {"Content-Type": kind, "Accept-Ranges": "bytes", **(extra or {})}
            headers |= {"Content-Length": str(len(body)), "Content-Security-Policy": POLICY}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Says nothing."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that stops reading a video half-way is no error; all else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """The server, for one test."""
    found = Bench()
    server = _Server(("127.0.0.1", 0), _handler(found))
    found.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def linked_styles(*templates: str) -> list[str]:
    """The names of the stylesheets that these templates link to, in their order."""
    text = "".join((ROOT / "templates" / name).read_text() for name in templates)
    return re.findall(r'css/([\w-]+)\.css"', text)


def whole_page(name: str, body: str) -> str:
    """The component's page: the studio's styles and scripts, and its fragment."""
    styles = dict.fromkeys((*linked_styles("studio/_head.html", "generations/_styles.html"), name))
    links = "".join(f'<link rel="stylesheet" href="/static/css/{one}.css">' for one in styles)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<meta name='htmx-config' content='{HTMX}'>"
        f'<link rel="icon" href="/static/icon.svg">{links}'
        '<script src="/static/vendor/htmx-4.0.1.min.js" defer></script>'
        '<script src="/static/js/dialogs.js" defer></script>'
        f'<script src="/static/js/st-{name}.js" defer></script></head>'
        f'<body><main id="main"><h1>One component</h1>{body}</main></body></html>'
    )


def in_form(fragment: str) -> str:
    """As in the composer: a form around it."""
    return (
        f'<form method="post" action="/posted/" novalidate>{fragment}'
        '<button class="button" name="sent" value="yes">Send</button></form>'
    )


class Look(Protocol):
    """Opens the page of a component; see `look`."""

    def __call__(
        self, component: str, body: str, *, width: int = ..., script: bool = ...
    ) -> Page: ...


@dataclass
class Looks:
    """The pages that a test opened; every one of them has to have nothing to complain about."""

    browser: Browser
    bench: Bench
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[Complaints] = field(default_factory=list)

    def __call__(
        self,
        component: str,
        body: str,
        *,
        width: int = 1440,
        script: bool = True,
    ) -> Page:
        """Open the page of a component, with or without script."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
        )
        self.contexts.append(context)
        page, complaints = new_page(context)
        self.complaints.append(complaints)
        self.bench.pages["/"] = whole_page(component, body)
        page.goto(self.bench.base + "/")
        return page


@pytest.fixture
def look(browser: Browser, bench: Bench) -> Iterator[Look]:
    """Opens pages; at the end no policy was violated and no console complained."""
    looks = Looks(browser, bench)
    yield looks
    for complaints in looks.complaints:
        complaints.none()
    for context in looks.contexts:
        context.close()


def problems(page: Page) -> list[str]:
    """What axe finds, and whether the page scrolls sideways."""
    found = axe_violations(page)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    return found


def until(page: Page, expression: str, *, within: float = 20.0) -> None:
    """Wait until an expression is true; the policy forbids the page to evaluate text itself."""
    end = time.monotonic() + within
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never: {expression}"
        page.wait_for_timeout(30)


def replace_root(page: Page, selector: str) -> None:
    """What a swap does: the root goes, the same markup comes, without what scripts had painted."""
    page.evaluate(
        """(selector) => {
          const old = document.querySelector(selector);
          const fresh = old.cloneNode(true);
          for (const one of fresh.querySelectorAll('[style]')) one.removeAttribute('style');
          old.replaceWith(fresh);
        }""",
        selector,
    )


def fragment(name: str, context: dict[str, Any]) -> str:
    """One of the studio's fragments."""
    return render_to_string(f"generations/_{name}.html", {"csrf_token": "token", **context})


def static_size(path: str) -> int:
    """Bytes of a static file as it travels."""
    return len(gzip.compress((Path(ROOT) / "static" / path).read_bytes(), 9, mtime=0))
