"""Chains with a real browser: select, chain, play as one; every way without a mouse too."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import (
    Studio,
    Visit,
    axe_violations,
    new_page,
    start_studio,
    stop_studio,
    welcome,
)

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio of its own, so that its library holds what the tests count."""
    folder = tmp_path_factory.mktemp("chains") / "var"
    studio = start_studio(folder, SANDBOX_OPTIONS="--pace 0 --limits off")
    yield studio
    stop_studio(studio.process)


@pytest.fixture(scope="module")
def state(gallery: Studio, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The owner's session; the library holds a chain of one link and, newer, eight pictures."""
    kept = tmp_path_factory.mktemp("session") / "state.json"
    context = browser.new_context()
    page, _ = new_page(context)
    welcome(page, gallery.welcome)
    context.storage_state(path=kept)
    context.close()
    gallery.inside("gallery")
    return kept


@pytest.fixture
def seen(gallery: Studio, browser: Browser, state: Path) -> Iterator[Visit]:
    """The library at 1440 px, dark."""
    context = browser.new_context(
        storage_state=str(state), viewport={"width": 1440, "height": 900}, color_scheme="dark"
    )
    page, complaints = new_page(context)
    visit = Visit(page, complaints, gallery)
    visit.open("/t/northlight/")
    yield visit
    context.close()


def boxes(page: Page) -> list[str]:
    """The names of the selected cards, in the order of the page."""
    picks = page.locator(".generation-card__pick:checked")
    return [str(one.get_attribute("aria-label")) for one in picks.all()]


def bar(page: Page) -> str:
    return page.locator("#selection").inner_text().replace("\n", " ")


def pictures(page: Page) -> int:
    return page.locator('article[aria-label*="Picture"]').count()


def test_the_bar_is_there_only_with_a_selection(seen: Visit) -> None:
    page = seen.page
    expect(page.locator("#select-form")).to_be_hidden()
    page.get_by_role("article").first.hover()
    page.get_by_role("checkbox", name="Select Picture 7").check()
    expect(page.locator("#select-form")).to_be_visible()
    assert bar(page) == "1 selected Extend Clear"
    page.keyboard.press("Escape")
    expect(page.locator("#select-form")).to_be_hidden()
    assert boxes(page) == []
    seen.complaints.none()


def test_x_and_shift_select_by_key(seen: Visit) -> None:
    page = seen.page
    page.get_by_role("article", name=re.compile("^Picture 7")).focus()
    page.keyboard.press("x")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+X")
    assert boxes(page) == [f"Select Picture {n}" for n in (7, 6, 5, 4)]
    page.keyboard.press("x")
    assert "3 selected" in bar(page)
    page.keyboard.press("Control+a")
    assert f"{page.get_by_role('article').count()} selected" in bar(page)
    page.locator("#selection").get_by_role("button", name="Clear").click()
    assert boxes(page) == []


def test_a_click_with_shift_selects_a_range_in_its_direction(seen: Visit) -> None:
    page = seen.page
    page.get_by_role("checkbox", name="Select Picture 2").click()
    page.get_by_role("checkbox", name="Select Picture 5").click(modifiers=["Shift"])
    assert len(boxes(page)) == 4
    page.get_by_role("button", name="Chain · 3 links").click()
    names = page.locator(".chain-item__name")
    expect(names).to_have_text([f"Picture {n}" for n in (2, 3, 4, 5)])


def test_eight_images_become_a_chain_of_seven_in_two_actions_and_play_as_one(seen: Visit) -> None:
    page = seen.page
    page.get_by_role("checkbox", name="Select Picture 0").click()
    page.get_by_role("checkbox", name="Select Picture 7").click(modifiers=["Shift"])
    assert len(boxes(page)) == 8
    page.get_by_role("button", name="Chain · 7 links").click()
    page.get_by_role("button", name="Generate 7 ≈ $4.95").click()
    page.wait_for_url(re.compile(r"/chains/[0-9a-f-]{36}/$"))
    expect(page.locator("[data-link]")).to_have_count(7)
    expect(page.locator("[data-film]")).to_have_count(7, timeout=60_000)
    expect(page.locator("st-poller[data-every]")).to_have_count(0)
    expect(page.locator("#chain-video[src]")).to_have_count(1)
    page.get_by_role("button", name="Play all").click()
    expect(page.get_by_text("Link 1 of 7")).to_be_visible()
    video = page.locator("#chain-video")
    video.evaluate("video => { video.muted = true; video.playbackRate = 16 }")
    expect(page.get_by_text("Link 2 of 7")).to_be_visible()
    page.get_by_role("button", name="Next link").click()
    expect(page.locator("#chain-link-3[data-playing]")).to_be_visible()
    seen.complaints.none()


def test_a_long_press_selects_and_opens_nothing(
    gallery: Studio, browser: Browser, state: Path
) -> None:
    context = browser.new_context(
        storage_state=str(state), viewport={"width": 390, "height": 844}, has_touch=True
    )
    page, complaints = new_page(context)
    page.goto(f"{gallery.base}/t/northlight/")
    box = page.locator(".generation-card__stage").first.bounding_box()
    assert box is not None
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    wire = context.new_cdp_session(page)
    wire.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(page.locator(".generation-card__pick:checked")).to_have_count(1)
    wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("#select-form")).to_be_visible()
    assert page.url.endswith("/t/northlight/")
    complaints.none()
    context.close()


def test_the_price_follows_the_settings_and_items_move(seen: Visit) -> None:
    page = seen.page
    page.get_by_role("checkbox", name="Select Picture 1").click()
    page.get_by_role("checkbox", name="Select Picture 2").click()
    page.get_by_role("button", name="Chain · 1 link").click()
    expect(page.get_by_role("button", name="Generate 1 ≈ $0.71")).to_be_visible()
    page.get_by_label("Duration").select_option("9s")
    expect(page.get_by_role("button", name="Generate 1 ≈ $1.27")).to_be_visible()
    page.get_by_label("Prompt for every link").fill("slowly, in fog")
    page.get_by_role("button", name="Move 1 later").click()
    names = page.locator(".chain-item__name")
    expect(names.first).to_have_text("Picture 2")
    expect(page.get_by_label("Prompt for every link")).to_have_value("slowly, in fog")
    expect(page.get_by_role("button", name="Generate 1 ≈ $1.27")).to_be_visible()
    seen.complaints.none()


def test_a_chain_is_put_together_in_the_form_by_keyboard_alone(seen: Visit) -> None:
    page = seen.open("/t/northlight/chains/new/")
    expect(page.get_by_text("Choose 2 to 25 pictures or videos.").first).to_be_visible()
    add = page.get_by_role("button", name="Choose from library")
    for count, name in enumerate(("Picture 1", "Picture 2", "Picture 3"), 1):
        with page.expect_response(re.compile("/chains/pick/")):
            add.press("Enter")
        page.get_by_role("dialog").get_by_role("button", name=name).press("Enter")
        expect(page.locator(".chain-items__item")).to_have_count(count)
        expect(add).to_be_focused()
    page.get_by_label("Link 1").fill("no")
    expect(page.get_by_role("link", name="Link 1: At least 3 characters.")).to_be_visible()
    expect(page.locator("#link-1-problem")).to_have_text("At least 3 characters.")
    expect(page.get_by_label("Link 1")).to_be_focused()
    page.get_by_label("Link 1").press("End")
    page.keyboard.type("w it rains")
    expect(page.locator("#link-1-problem")).to_be_empty()
    page.keyboard.press("Alt+ArrowDown")
    names = page.locator(".chain-item__name")
    expect(names).to_have_text(["Picture 2", "Picture 1", "Picture 3"])
    expect(page.get_by_label("Link 2")).to_have_value("now it rains")
    expect(page.get_by_label("Link 2")).to_be_focused()
    page.get_by_role("button", name="Move 2 later").press("Enter")
    expect(names).to_have_text(["Picture 2", "Picture 3", "Picture 1"])
    expect(page.get_by_role("button", name="Move 3 earlier")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Link 2")).to_have_value("now it rains")
    page.get_by_label("Link 2").press("Control+Enter")
    page.wait_for_url(re.compile(r"/chains/[0-9a-f-]{36}/$"))
    expect(page.locator("[data-link]")).to_have_count(2)
    seen.complaints.none()


def test_without_javascript_ticks_and_the_form_do_it(
    gallery: Studio, browser: Browser, state: Path
) -> None:
    context = browser.new_context(storage_state=str(state), java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{gallery.base}/t/northlight/")
    for name in ("Select Picture 3", "Select Picture 4"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Chain", exact=True).click()
    page.get_by_role("button", name="Reverse the order").click()
    page.get_by_role("button", name="Choose from library").click()
    page.get_by_role("button", name="Picture 5").click()
    page.get_by_label("Link 1").fill("first in the rain")
    page.get_by_role("button", name="Move 1 later").click()
    expect(page.get_by_label("Link 2")).to_have_value("first in the rain")
    page.get_by_role("button", name=re.compile("Generate 2")).click()
    expect(page.locator("[data-link]")).to_have_count(2)
    context.close()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_new_pages_are_accessible(
    gallery: Studio, browser: Browser, state: Path, width: int
) -> None:
    context = browser.new_context(
        storage_state=str(state), viewport={"width": width, "height": 844}
    )
    page, complaints = new_page(context)
    page.goto(f"{gallery.base}/t/northlight/")
    page.get_by_role("article").first.focus()
    page.keyboard.press("Control+a")
    assert axe_violations(page) == []
    page.get_by_role("button", name=re.compile("Chain · ")).click()
    page.wait_for_url(re.compile("/chains/new/"))
    found = axe_violations(page)
    page.get_by_role("button", name="Choose from library").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Picture 1")).to_be_visible()
    found += axe_violations(page)
    page.goto(f"{gallery.base}/t/northlight/chains/")
    found += axe_violations(page)
    page.locator(".media-row__title").last.click()
    expect(page.locator("[data-link]").first).to_be_visible()
    found += axe_violations(page)
    wide = [page.evaluate(OVERFLOW)]
    page.locator("[data-link] a").first.click()
    page.get_by_role("link", name="Lineage as a graph").click()
    expect(page.locator(".lineage__edge")).to_have_count(2)
    found += axe_violations(page)
    assert found == []
    assert [*wide, page.evaluate(OVERFLOW)] == [0, 0]
    complaints.none()
    context.close()
