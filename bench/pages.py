"""P7, P10 and the press of the button: waiting times and bytes, measured in Chromium."""

import contextlib
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Page, Response, sync_playwright

from bench.rows import Row, Rows, at_most
from tests.chromium import CHROMIUM, QUIET
from tests.faults.studios import Studio

TIMES = 6
KIB = 1024
PRESS = """() => new Promise((done) => {
  const cards = () => document.querySelectorAll('.generation-card').length;
  const before = cards();
  const began = performance.now();
  const seen = new MutationObserver(() => {
    if (cards() === before) return;
    seen.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
  });
  seen.observe(document.body, { childList: true, subtree: true });
  document.querySelector('.composer__submit').click();
})"""
"""Presses the button and gives the milliseconds until a frame with one more card is painted."""


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium, or the one that CHROMIUM names."""
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield chromium
        finally:
            chromium.close()


def sign_in(chromium: Browser, studio: Studio, email: str) -> Page:
    """Return the library in a new browser context with an empty cache, after signing in."""
    page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(f"{studio.url}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", "correct horse battery")
    page.click("button[type=submit].button--primary")
    page.wait_for_selector("#composer")
    return page


def weight(chromium: Browser, studio: Studio, email: str) -> Rows:
    """Rows of P10: bytes over the wire for the first page of a library of 48 posters."""
    cookies = sign_in(chromium, studio, email).context.cookies()
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - needs a function
    page.goto(studio.url, wait_until="networkidle")
    first, bodies = _loaded(answers), _loaded(answers, headers=False)
    note = f"{_posters(answers)} posters near the window; " + ", ".join(
        f"{sort} {count / KIB:.0f}" for sort, count in first.most_common()
    )
    _scroll(page)
    loaded = _loaded(answers)
    cards = page.locator(".generation-card").count()
    context.close()
    yield from _gzipped(bodies, first)
    whole = sum(first.values()) / KIB
    yield at_most("P10 first load of the library on a desktop", whole, 300, "KiB", note=note)
    figure = f"{sum(loaded.values()) / KIB:.0f} KiB ({cards} cards, {_posters(answers)} posters)"
    yield Row("the same, every card scrolled into view", figure)
    yield at_most("P10 video before any interaction", loaded["video"], 0, "bytes")


def _gzipped(bodies: Counter[str], whole: Counter[str]) -> Rows:
    """Rows for scripts and style sheets: the kilobytes of their compressed bodies."""
    for name, sorts, limit in (
        ("our own scripts", ("own script",), 25),
        ("all scripts", ("own script", "foreign script"), 40),
        ("style sheets", ("style",), 20),
    ):
        size, sent = (sum(of[sort] for sort in sorts) / 1000 for of in (bodies, whole))
        note = f"{sent:.1f} with the headers of their answers"
        yield at_most(f"P10 {name}, gzip", size, limit, "kB", note=note)


def _loaded(answers: list[Response], *, headers: bool = True) -> Counter[str]:
    """Return the bytes over the wire by sort of answer."""
    loaded: Counter[str] = Counter()
    for answer in answers:
        sizes: dict[str, Any] = dict(answer.request.sizes())
        loaded[_sort(answer)] += int(sizes["responseBodySize"])
        loaded[_sort(answer)] += int(sizes["responseHeadersSize"]) if headers else 0
    return loaded


def _posters(answers: list[Response]) -> int:
    return sum(1 for answer in answers if _sort(answer) == "picture")


def _scroll(page: Page) -> None:
    """Bring every card of the page near the window, so that each lazy picture is loaded."""
    for number in range(page.locator(".generation-card").count()):
        page.locator(".generation-card").nth(number).scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)


def _sort(answer: Response) -> str:
    kind, path = answer.request.resource_type, answer.url.split("?")[0]
    if kind == "script":
        return "foreign script" if "/vendor/" in path else "own script"
    names = {"stylesheet": "style", "image": "picture", "media": "video", "document": "page"}
    return "icon" if path.endswith(".svg") else names.get(kind, kind)


def waiting(chromium: Browser, studio: Studio, email: str, *, callbacks: bool) -> Rows:
    """Rows for the press of the button and the arrival of its result (P7)."""
    page = sign_in(chromium, studio, email)
    page.focus("#composer-prompt")
    page.click("label:has(#composer-kind-image)")
    page.wait_for_selector("#composer-kind-image:checked")
    page.wait_for_timeout(500)
    shown, arrived = [], []
    for number in range(TIMES):
        page.fill("#composer-prompt", f"A red kite over green hills, {number}")
        shown.append(float(page.evaluate(PRESS)))
        arrived.append(_arrival(page, studio))
    if callbacks:
        note = f"slowest of {TIMES}: {max(shown):.0f}"
        median = statistics.median(shown)
        yield at_most("press → pending card on screen, median", median, 200, "ms", note=note)
    how, limit = ("with callbacks", 1.5) if callbacks else ("without callbacks", 4.0)
    yield at_most(
        *(f"P7 completed at the sandbox → visible, {how}", statistics.median(arrived), limit, "s"),
        note=f"slowest of {TIMES}: {max(arrived):.1f}",
    )


def _arrival(page: Page, studio: Studio) -> float:
    """Return the seconds from completion at the sandbox to the picture here, of the newest one."""
    (row,) = studio.rows("select uuid from generations_generation order by id desc limit 1")
    identity = _dashed(row["uuid"])
    card = f'#generation-{identity}[data-state="completed"] img'
    completed = None
    while True:
        if completed is None and _is_completed(studio):
            completed = time.monotonic()
        if page.query_selector(card) is not None:
            return time.monotonic() - (completed or time.monotonic())
        time.sleep(0.01)


def _is_completed(studio: Studio) -> bool:
    """Whether the sandbox has finished everything that was asked of it."""
    made = studio.truth()["generations"]
    asked = len(studio.states())
    return len(made) == asked and {row["state"] for row in made} == {"completed"}


def _dashed(text: str) -> str:
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def chromium_missing() -> str:
    """Return why there is no browser; empty if there is one."""
    return "" if CHROMIUM else "no Chromium: set CHROMIUM or install Debian's chromium"
