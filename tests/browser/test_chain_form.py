"""The form of a chain while answers are on their way, and what it takes from outside."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_composer import late


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
