"""The form of a chain while answers are on their way, and what it takes from outside."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.outside import drag, hold, late
from tests.generations.making import picture


@pytest.fixture
def page(visit: Visit) -> Iterator[Page]:
    """An empty form."""
    yield visit.open("/t/northlight/chains/new/")
    visit.complaints.none()


def test_a_price_that_comes_leaves_the_address_that_is_being_typed(page: Page) -> None:
    field = page.get_by_role("textbox", name="Address of the picture")
    with late(page, "**/chains/quote/"):
        with page.expect_request("**/chains/quote/"):
            page.get_by_label("Duration").select_option("9s")
        page.get_by_role("button", name="Paste address").click()
        field.press_sequentially("https://example.com/ki")
    expect(field).to_have_value("https://example.com/ki")
    field.press_sequentially("te.png")
    page.keyboard.press("Enter")
    expect(page.locator(".chain-items__item")).to_have_count(1)
    expect(page.locator("#chain-url")).to_have_value("")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two pictures and between them a file that is none."""
    folder = tmp_path_factory.mktemp("photos")
    found = [folder / name for name in ("kite.png", "notes.png", "dune.png")]
    for path, content in zip(
        found, (picture((320, 200)), b"no picture", picture((200, 320))), strict=True
    ):
        path.write_bytes(content)
    return found


def names(page: Page) -> Locator:
    return page.locator(".chain-item__name")


def test_of_several_files_one_that_is_refused_leaves_the_others(
    page: Page, photos: list[Path]
) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.locator("#chain-file").set_input_files(photos)
    expect(names(page)).to_have_text(["kite.png", "dune.png"])
    refused = page.get_by_role("alert").filter(has_text="notes.png: ")
    expect(refused).to_contain_text("Nothing was charged.")
    assert len([url for url in sent if url.endswith("/create/upload/")]) == 3
    expect(page.locator("#chain-slot progress")).to_be_hidden()


def test_generate_waits_for_an_upload(page: Page, photos: list[Path]) -> None:
    page.locator("#chain-file").set_input_files(photos[0])
    expect(names(page)).to_have_count(1)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    held = hold(page, "**/create/upload/")
    with page.expect_request("**/create/upload/"):
        page.locator("#chain-file").set_input_files(photos[2])
    expect(page.get_by_role("progressbar", name="Uploading")).to_be_visible()
    page.get_by_label("Prompt for every link").fill("no")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name=re.compile("^Generate")).click()
    page.wait_for_timeout(300)
    assert not [url for url in sent if "/chains/submit/" in url]
    with page.expect_request("**/chains/submit/"):
        held[0].continue_()
    expect(names(page)).to_have_text(["kite.png", "dune.png"])
    expect(page.get_by_text("Nothing was sent and nothing was charged.")).to_be_visible()


def test_a_video_is_not_taken_from_outside(page: Page, photos: list[Path], tmp_path: Path) -> None:
    film = tmp_path / "waves.mp4"
    film.write_bytes(b"a film")
    words = "Pictures only; videos from the library"
    steps = drag(page, page.get_by_role("heading", level=1), files=[str(film)])
    next(steps)
    expect(page.locator("#drop")).to_have_text(words)
    next(steps)
    expect(page.locator("#drop")).to_be_hidden()
    page.locator("#chain-file").set_input_files([film, photos[0]])
    expect(page.get_by_text(f"waves.mp4: {words}")).to_be_visible()
    expect(names(page)).to_have_text(["kite.png"])
