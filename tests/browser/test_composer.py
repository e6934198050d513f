"""What the composer does while answers are on their way: nothing typed, chosen or held is lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit

QUOTE = "**/create/quote/"


@pytest.fixture
def page(visit: Visit) -> Iterator[Page]:
    """The composer's own page, emptied of what the test before left."""
    visit.open("/t/northlight/trash/")
    token = visit.page.locator('[name="csrfmiddlewaretoken"]').first.input_value()
    answer = visit.page.request.post(
        f"{visit.studio.base}/t/northlight/create/",
        form={"do": "new", "csrfmiddlewaretoken": token},
    )
    assert answer.ok
    yield visit.open("/t/northlight/create/")
    visit.complaints.none()


def hold(page: Page, address: str) -> list[Route]:
    """Leave what is asked of an address without an answer; what was asked."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(address, keep)
    return held


@contextmanager
def late(page: Page, address: str) -> Iterator[None]:
    """What is asked of an address inside is answered at its end; the answer is there then."""
    held = hold(page, address)
    yield
    with page.expect_response(address):
        for route in held:
            route.continue_()
    page.unroute(address)
    page.wait_for_timeout(100)


def test_a_price_that_comes_leaves_the_address_that_is_being_typed(page: Page) -> None:
    slot = page.get_by_role("group", name="Start frame")
    field = page.locator("#slot-start_frame-url")
    with late(page, QUOTE):
        with page.expect_request(QUOTE):
            page.get_by_role("combobox", name="Duration").select_option("9s")
        slot.get_by_role("button", name="Paste address").click()
        field.press_sequentially("https://example.com/ki")
    expect(field).to_have_value("https://example.com/ki")
    expect(field).to_be_focused()
    field.press_sequentially("te.png")
    page.keyboard.press("Enter")
    laid = page.locator('#slot-start_frame input[name="start_frame"]')
    expect(laid).to_have_value("url:https://example.com/kite.png")
    expect(field).to_have_value("")


def test_a_price_that_comes_leaves_the_focus_where_it_is(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Generate")).click()
    expect(page.locator("#composer-problems")).to_be_visible()
    page.get_by_text("Variables", exact=True).click()
    rows = page.get_by_role("textbox", name="Rows")
    with page.expect_response(QUOTE):
        rows.press_sequentially("product")
    page.wait_for_timeout(100)
    page.keyboard.type(", city")
    expect(rows).to_have_value("product, city")
