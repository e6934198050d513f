"""A whole studio and a real Chromium for the browser tests.

The studio is `manage.py run` on free ports with a state folder of its own; nothing is shared with
the test database. What the page says about itself (policy violations, console errors) is collected
and asserted by every test.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.chromium import CHROMIUM, QUIET

ROOT = Path(__file__).resolve().parent.parent.parent
READY_WITHIN = 60.0
expect.set_options(timeout=15_000)
EMAIL, PASSWORD = "ada@example.com", "a-long-enough-password"
STATUS_LINE = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, and say why it does not run where there is no browser."""
    here = Path(__file__).parent
    for item in items:
        if here not in Path(item.path).parents:
            continue
        item.add_marker(pytest.mark.browser)
        if CHROMIUM is None and not os.environ.get("REQUIRE_BROWSER"):
            reason = "no Chromium: set CHROMIUM or install Debian's chromium"
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if CHROMIUM is None:
        pytest.fail("REQUIRE_BROWSER is set and no Chromium was found.")
    if sys.platform == "linux" and os.sched_getscheduler(0) != os.SCHED_OTHER:
        pytest.fail("This process is a real-time one: its browser would starve the studio.")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": list(QUIET)}


@dataclass
class Studio:
    """A running studio: where it is, where its state lies."""

    base: str
    welcome: str
    folder: Path
    process: subprocess.Popen[str]

    def manage(self, *arguments: str) -> str:
        """Run one of its commands and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=_environment(self.folder),
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.stdout

    def inside(self, *words: str) -> None:
        """Run one command of `tests.faults.inside` with its settings."""
        subprocess.run(
            [sys.executable, "-m", "tests.faults.inside", *words],
            cwd=ROOT,
            env=_environment(self.folder),
            check=True,
            capture_output=True,
            timeout=120,
        )


def _environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LUMAAI_", "DJANGO_SETTINGS", "PUBLIC_", "DATABASE_", "QUEUE_"))
    }
    return {**kept, "STUDIO_DATA": str(folder), "PORT": "0", "SANDBOX_PORT": "0", **more}


def start_studio(folder: Path, **more: str) -> Studio:
    """Start `manage.py run` and wait for the lines that say where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / "run.txt"
    with output.open("w") as target:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=ROOT,
            env=_environment(folder, **more),
            stdout=target,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    until = time.monotonic() + READY_WITHIN
    while "Ready in" not in output.read_text():
        if process.poll() is not None or time.monotonic() > until:
            stop_studio(process)
            pytest.fail(f"The studio did not start:\n{output.read_text()}")
        time.sleep(0.05)
    text = output.read_text()
    base = re.search(r"Studio: (\S+?)/?\s", text)
    welcome = re.search(r"First sign-in: (\S+)", text)
    assert base, text
    return Studio(base.group(1), welcome.group(1) if welcome else "", folder, process)


def stop_studio(process: subprocess.Popen[str]) -> None:
    """End it as Ctrl-C does; by force if that does not help."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One studio for the whole session, fast sandbox."""
    running = start_studio(
        tmp_path_factory.mktemp("studio") / "var", SANDBOX_OPTIONS="--pace 0.2 --limits off"
    )
    yield running
    stop_studio(running.process)


@dataclass
class Complaints:
    """What a page complained about while it was watched."""

    console: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.console.append(f"uncaught: {error}"))
        page.expose_binding("reportViolation", lambda _source, text: self.violations.append(text))
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', (event) =>"
            " window.reportViolation(event.violatedDirective + ' ' + event.blockedURI))"
        )

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not STATUS_LINE.search(message.text):
            self.console.append(message.text)

    def none(self) -> None:
        assert self.violations == []
        assert self.console == []


@dataclass
class Visit:
    """A signed-in page with its complaints."""

    page: Page
    complaints: Complaints
    studio: Studio

    def open(self, path: str) -> Page:
        self.page.goto(self.studio.base + path)
        return self.page


def new_page(context: BrowserContext) -> tuple[Page, Complaints]:
    page = context.new_page()
    page.set_default_timeout(15_000)
    complaints = Complaints()
    complaints.watch(page)
    return page, complaints


@pytest.fixture(scope="session")
def signed_in(studio: Studio, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The session of the owner, made through the welcome link in the browser. Path of its state."""
    state = tmp_path_factory.mktemp("session") / "state.json"
    context = browser.new_context()
    page, complaints = new_page(context)
    welcome(page, studio.welcome)
    complaints.none()
    context.storage_state(path=state)
    context.close()
    return state


def welcome(page: Page, address: str) -> None:
    """Fill in the welcome page as the first person does."""
    page.goto(address)
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Team name").fill("Northlight")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Open the studio").click()
    page.wait_for_url(re.compile(r"/t/northlight/$|/$"))


def start_over(context: BrowserContext, base: str) -> None:
    """Empty the composer that the test before left: drafts are kept."""
    page = context.request.get(f"{base}/t/northlight/trash/").text()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    form = {"do": "new", "csrfmiddlewaretoken": token.group(1)}
    assert context.request.post(f"{base}/t/northlight/create/", form=form).ok


@pytest.fixture
def visit(studio: Studio, browser: Browser, signed_in: Path) -> Iterator[Visit]:
    """A page of the signed-in owner at 1440 px, dark, with an empty composer."""
    context = browser.new_context(
        storage_state=str(signed_in),
        viewport={"width": 1440, "height": 900},
        color_scheme="dark",
    )
    start_over(context, studio.base)
    page, complaints = new_page(context)
    yield Visit(page, complaints, studio)
    context.close()


AXE = Axe().axe_script
ALL_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOUR_RULES = ("color-contrast", "link-in-text-block")
RUN_AXE = """async (themes) => {
  const root = document.documentElement;
  const [found, before] = [[], root.dataset.theme];
  for (const [theme, runOnly] of themes) {
    root.dataset.theme = theme;
    for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
    const { violations } = await axe.run({ runOnly, resultTypes: ['violations'] });
    for (const { id, nodes } of violations)
      found.push(`${theme}: ${id}: ${JSON.stringify(nodes.map((node) => node.target))}`);
  }
  if (before) root.dataset.theme = before;
  else delete root.dataset.theme;
  return found;
}"""


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds in both themes, best practices included, as one line each.

    A theme changes colours and nothing else: every rule is asked in the dark, and in the light
    those that colours decide.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    dark = {"type": "tag", "values": list(ALL_RULES)}
    light = {"type": "rule", "values": list(COLOUR_RULES)}
    found: list[str] = page.evaluate(RUN_AXE, [["dark", dark], ["light", light]])
    return found
