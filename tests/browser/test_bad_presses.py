"""Presses that go wrong on the way: the text stays, one press stays one generation."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import Visit

SUBMIT = "**/create/submit/"


def generate(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^Generate"))


def prompt(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Prompt")


def key(page: Page) -> str:
    return page.locator("#composer-form > [name=submit_key]").input_value()


def cards(page: Page, text: str) -> Locator:
    return page.get_by_role("article", name=re.compile(f"^{text}"))


def test_a_changed_session_keeps_the_text_through_a_reload(visit: Visit) -> None:
    page = visit.open("/")
    text = "A pier that outlives its session"
    prompt(page).fill(text)
    page.context.clear_cookies(name="csrftoken")
    generate(page).click()
    said = page.get_by_role("alert").filter(has_text="Your session changed")
    expect(said).to_contain_text("your text is kept. Nothing was charged.")
    expect(prompt(page)).to_have_value(text)
    page.reload()
    expect(prompt(page)).to_have_value(text)
    expect(cards(page, text)).to_have_count(0)
    generate(page).click()
    expect(cards(page, text)).to_have_count(1)
    visit.complaints.none()


@pytest.mark.parametrize("arrives", [False, True])
def test_a_press_without_an_answer_can_be_pressed_again(visit: Visit, arrives: bool) -> None:
    page = visit.open("/")
    text = "A press whose answer was lost" if arrives else "A press that never arrived"
    prompt(page).fill(text)
    before = key(page)

    def lose(route: Route) -> None:
        if arrives:
            route.fetch()
        route.abort("connectionrefused")

    page.route(SUBMIT, lose)
    generate(page).click()
    expect(page.get_by_role("alert").filter(has_text="Not sent")).to_contain_text("Try again")
    assert key(page) == before
    expect(prompt(page)).to_have_value(text)
    page.unroute(SUBMIT)
    generate(page).click()
    expect(page.locator("#composer-form > [name=submit_key]")).not_to_have_value(before)
    page.reload()
    expect(cards(page, text)).to_have_count(1)


@pytest.fixture
def plain(visit: Visit, browser: Browser) -> Iterator[Page]:
    """The same person's page without JavaScript."""
    context = browser.new_context(
        storage_state=visit.page.context.storage_state(), java_script_enabled=False
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def test_back_and_pressed_again_is_the_same_generation(visit: Visit, plain: Page) -> None:
    text = "Back and pressed once more"
    plain.goto(f"{visit.studio.base}/t/northlight/create/")
    prompt(plain).fill(text)
    generate(plain).click()
    plain.wait_for_url(re.compile(r"/g/[0-9a-f-]{36}/$"))
    first = plain.url
    plain.go_back()
    expect(prompt(plain)).to_have_value(text)
    generate(plain).click()
    plain.wait_for_url(first)
    page = visit.open("/")
    expect(cards(page, text)).to_have_count(1)
