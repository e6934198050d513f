"""The queue, settings and notices in a real browser: read, pressed, and told while away."""

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import (
    Studio,
    axe_violations,
    new_page,
    start_studio,
    stop_studio,
    welcome,
)

QUEUE, SETTINGS = "/t/northlight/queue/", "/t/northlight/settings/"
WIDE = """[...document.querySelectorAll('body *')]
  .filter((one) => one.getBoundingClientRect().right > innerWidth)
  .map((one) => one.tagName + '.' + one.className).slice(0, 5)"""
MAKE = """
from datetime import timedelta
from uuid import uuid4
from generations.lifecycle.api_key import current_key
from generations.models import Attempt, Generation
from studio.accounts.models import User
from studio.clock import now
from studio.teams.models import Team
team, ada = Team.objects.get(slug="northlight"), User.objects.get()
def make(state, **more):
    prompt = f"A view of {state}, the queue for the eye"
    fields = dict(kind="text_to_video", media_type="video", model="ray-2", resolution="720p",
        aspect_ratio="16:9", seconds=5, fingerprint=uuid4().hex, submit_key=uuid4(),
        quote_micros=710000, prompt=prompt, recipe={"prompt": prompt, "model": "ray-2",
        "aspect_ratio": "16:9", "resolution": "720p", "duration": "5s", "loop": False})
    row = Generation.objects.create(team=team, author=ada, state=state, **{**fields, **more})
    outcome = "given_up" if state == "needs_decision" else "dropped"
    Attempt.objects.create(generation=row, outcome=outcome)
make("needs_decision")
make("awaiting_approval")
make("queued", not_before=now() + timedelta(hours=1), note="Luma is busy. Your place is kept.")
make("dreaming")
make("failed", failure_reason="Frame moderation failed")
"""


@pytest.fixture(scope="module")
def own_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio whose queue nobody else fills."""
    running = start_studio(
        tmp_path_factory.mktemp("queue") / "var", SANDBOX_OPTIONS="--pace 0 --limits off"
    )
    yield running
    stop_studio(running.process)


@pytest.fixture(scope="module")
def session(own_studio: Studio, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("session") / "state.json"
    context = browser.new_context()
    page, _ = new_page(context)
    welcome(page, own_studio.welcome)
    context.storage_state(path=state)
    context.close()
    return state


@pytest.fixture
def context(browser: Browser, session: Path) -> Iterator[BrowserContext]:
    made = browser.new_context(storage_state=str(session), viewport={"width": 1440, "height": 900})
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, own_studio: Studio) -> Iterator[Page]:
    """A page of the owner, which may complain of nothing."""
    made, complaints = new_page(context)
    yield made
    complaints.none()


def test_empty_queue_is_found_by_its_link_and_asks_nothing(page: Page, own_studio: Studio) -> None:
    page.clock.install()
    page.goto(own_studio.base + "/")
    page.get_by_role("navigation", name="Team").get_by_role("link", name="Queue").click()
    expect(page.get_by_role("heading", name="Queue", level=1)).to_be_visible()
    expect(page.get_by_text("Nothing is running. Balance $5,000.00.")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(60_000)
    assert [url for url in asked if "/changes/" in url] == []


def test_the_connection_is_checked_by_the_worker_and_told_by_itself(
    page: Page, own_studio: Studio
) -> None:
    page.goto(own_studio.base + "/")
    page.get_by_role("button", name="Team: Northlight").click()
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_text("never", exact=True)).to_be_visible()
    page.get_by_role("button", name="Check connection").click()
    told = page.get_by_text(re.compile(r"Luma answers and accepts the key. Balance \$"))
    expect(told).to_be_visible(timeout=20_000)


def test_what_was_made_elsewhere_is_imported_with_its_file(page: Page, own_studio: Studio) -> None:
    said = (own_studio.folder / "run.txt").read_text()
    found = re.search(r"Sandbox: (\S+)", said)
    assert found
    wanted = {"prompt": "Made elsewhere, a red kite", "model": "photon-1"}
    request = urllib.request.Request(
        f"{found.group(1)}/generations/image",
        data=json.dumps({"generation_type": "image", **wanted}).encode(),
        headers={"Authorization": "Bearer sandbox", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 201
    page.goto(own_studio.base + SETTINGS)
    page.get_by_role("button", name="Import from the account").click()
    expect(page.get_by_text(re.compile("^1 generation was taken over"))).to_be_visible(
        timeout=20_000
    )
    page.goto(own_studio.base + "/")
    card = page.get_by_role("article", name=re.compile("^Made elsewhere, a red kite.*Completed"))
    expect(card).to_be_visible(timeout=30_000)


def test_title_and_bell_tell_what_finished_while_the_tab_was_hidden(
    page: Page, own_studio: Studio
) -> None:
    page.add_init_script(
        "window.told = []; localStorage.setItem('notices', 'on');"
        " window.Notification = class { static permission = 'granted';"
        " constructor(title, { body }) { window.told.push(`${title}: ${body}`); } }"
    )
    page.goto(own_studio.base + "/t/northlight/create/?kind=image")
    page.evaluate("customElements.get('st-notices').every = 300")
    page.get_by_role("textbox", name="Prompt").fill("Finished while away")
    page.get_by_role("button", name=re.compile("^Generate")).click()
    page.evaluate(
        "() => { Object.defineProperty(document, 'hidden', {configurable: true, get: () => true});"
        " document.dispatchEvent(new Event('visibilitychange')); }"
    )
    expect(page).to_have_title(re.compile(r"^\(1\) "), timeout=30_000)
    (told,) = page.evaluate("window.told")
    assert "Finished while away" in told
    page.evaluate(
        "() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); }"
    )
    expect(page).to_have_title(re.compile(r"^[^(]"))
    bell = page.get_by_role("button", name=re.compile(r"^Notifications, \d+ new$"))
    expect(bell).to_be_visible()
    bell.click()
    line = page.get_by_role("link", name=re.compile("Finished while away finished"))
    expect(line).to_be_visible()
    assert axe_violations(page) == []
    line.click()
    expect(page.get_by_role("heading", name="Finished while away")).to_be_visible()
    expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()


def test_the_browser_is_asked_for_permission_on_a_click_alone(
    page: Page, own_studio: Studio
) -> None:
    page.add_init_script(
        "window.asked = 0; window.Notification = class { static permission = 'default';"
        " static async requestPermission() { window.asked += 1;"
        " this.permission = 'granted'; return 'granted'; } }"
    )
    page.goto(own_studio.base + QUEUE)
    page.get_by_role("button", name=re.compile("^Notifications")).click()
    assert page.evaluate("window.asked") == 0
    page.get_by_role("button", name="Tell me outside this tab too").click()
    expect(page.get_by_text("Told outside this tab. Stop that")).to_be_visible()
    assert page.evaluate("window.asked") == 1


@pytest.fixture(scope="module")
def filled(own_studio: Studio, session: Path) -> Studio:
    """A queue with one of each."""
    assert session.exists()
    own_studio.manage("shell", "--verbosity", "0", "-c", MAKE)
    return own_studio


@pytest.mark.parametrize("width", [390, 1440])
def test_pages_are_accessible(filled: Studio, session: Path, browser: Browser, width: int) -> None:
    context = browser.new_context(
        storage_state=str(session), viewport={"width": width, "height": 900}
    )
    page, complaints = new_page(context)
    found: dict[str, list[str]] = {}
    for path in (QUEUE, SETTINGS):
        page.goto(filled.base + path)
        problems = axe_violations(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append(f"scrolls sideways: {page.evaluate(WIDE)}")
        if problems:
            found[path] = problems
    page.get_by_role("button", name=re.compile("^Notifications")).click()
    expect(page.locator(":popover-open")).to_be_visible()
    opened = axe_violations(page)
    complaints.none()
    context.close()
    assert opened == []
    assert found == {}


def test_the_queue_shows_each_with_its_place_and_cancels_what_is_unsent(
    filled: Studio, page: Page
) -> None:
    page.goto(filled.base + QUEUE)
    waiting = page.get_by_role("list", name="Waiting")
    expect(waiting.get_by_role("listitem")).to_have_count(2)
    expect(waiting.get_by_text("1 of 1 video")).to_be_visible()
    working = page.get_by_role("list", name="In progress").get_by_role("listitem")
    expect(working).to_have_count(1)
    expect(working.get_by_role("button")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Cancel A view of queued")).click()
    expect(waiting.get_by_role("listitem")).to_have_count(1)
    decide = page.get_by_role("list", name="Needs your decision")
    decide.get_by_role("button", name="Stop waiting").focus()
    page.keyboard.press("Enter")
    expect(decide).to_have_count(0)


def test_retry_sends_what_failed_at_the_price_on_its_button(own_studio: Studio, page: Page) -> None:
    page.goto(own_studio.base + "/t/northlight/create/?kind=text_to_video")
    page.get_by_role("textbox", name="Prompt").fill("fail: Frame moderation failed")
    page.get_by_role("button", name=re.compile("^Generate")).click()
    page.goto(own_studio.base + QUEUE)
    failed = page.get_by_role("list", name="Failed lately")
    row = failed.get_by_role("listitem").filter(has_text="fail: Frame")
    expect(row).to_be_visible(timeout=30_000)
    first = page.locator(f"#{row.get_attribute('id')}")
    row.get_by_role("button", name=re.compile(r"^Retry fail: Frame.*\$0\.71")).click()
    expect(first).to_have_count(0)
