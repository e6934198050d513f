"""The pictures in README and docs, taken of the real product: `make screenshot`.

A studio of its own is started, filled, and used in Chromium.
"""

import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import Studio, start_studio, stop_studio, welcome
from tests.chromium import CHROMIUM, QUIET

TARGET = Path(__file__).resolve().parent.parent / "docs" / "pictures"
SHOTS = (
    "A paper boat drifting down a flooded city street at night, neon reflections",
    "The boat reaches the open sea at dawn, gulls overhead, slow push in",
)


def main() -> int:
    """Take every picture; return the exit status."""
    if CHROMIUM is None:
        print("No Chromium found: set CHROMIUM or install Debian's chromium.")
        return 1
    folder = Path(tempfile.mkdtemp(prefix="dailies-pictures-"))
    studio = start_studio(folder / "var", SANDBOX_OPTIONS="--pace 1")
    try:
        _take(studio)
    finally:
        stop_studio(studio.process)
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _take(studio: Studio) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_context(
            viewport={"width": 1440, "height": 900}, color_scheme="dark"
        ).new_page()
        welcome(page, studio.welcome)
        studio.manage("demo", "--generations", "14")
        page.goto(studio.base)
        for prompt in SHOTS:
            _generate(page, prompt)
        expect(page.locator("article[data-state=completed]").first).to_be_visible()
        page.get_by_role("article", name=re.compile("^A paper boat.*Completed")).wait_for(
            timeout=60_000
        )
        page.get_by_role("textbox", name="Prompt").fill(
            "The tide takes it out, lights of the town grow small behind"
        )
        page.wait_for_timeout(700)
        page.screenshot(path=TARGET / "library.png")
        browser.close()


def _generate(page: Page, prompt: str) -> None:
    page.get_by_role("textbox", name="Prompt").fill(prompt)
    page.get_by_role("button", name=re.compile("^Generate")).click()
    page.get_by_role("article", name=re.compile("^" + re.escape(prompt[:20]))).first.wait_for()


if __name__ == "__main__":
    sys.exit(main())
