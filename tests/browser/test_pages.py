"""Every page of ours in both themes, narrow and wide: nothing for axe, nothing for the console."""

import re

import pytest
from playwright.sync_api import Browser, expect

from generations.recipes.kinds import KINDS
from tests.browser.conftest import Studio, Visit, axe_violations, new_page

SIGNED_OUT = (
    "/accounts/login/",
    "/accounts/inactive/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-no-such-key/",
    "/accounts/password/reset/key/done/",
    "/no-such-page/",
)
SIGNED_IN = (
    "/accounts/logout/",
    "/t/northlight/",
    "/t/northlight/create/",
    "/t/northlight/create/?kind=image_to_video",
    "/t/northlight/trash/",
    "/t/northlight/uploads/",
    "/accounts/profile/",
    "/accounts/password/change/",
    "/t/northlight/g/00000000-0000-4000-8000-000000000000/",
)


@pytest.mark.parametrize("width", [390, 1440])
def test_pages_are_accessible(
    studio: Studio, full_library: str, signed_in: object, browser: Browser, width: int
) -> None:
    found: dict[str, list[str]] = {}
    printed = studio.manage("invite", "cleo@example.com", "--team", "northlight")
    invitation = re.findall(r"/invitations/\S+", printed)[0]
    used = studio.welcome.removeprefix(studio.base)
    signed_out = (*SIGNED_OUT, invitation, used)
    for paths, state in (
        (signed_out, None),
        ((*SIGNED_IN, full_library, invitation), str(signed_in)),
    ):
        context = browser.new_context(
            storage_state=state,
            viewport={"width": width, "height": 900},
        )
        page, complaints = new_page(context)
        for path in paths:
            page.goto(studio.base + path)
            problems = axe_violations(page)
            if path == "/t/northlight/":
                page.get_by_role("textbox", name="Prompt").focus()
                problems += axe_violations(page)
            overflow = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            if overflow:
                problems.append("scrolls sideways")
            if problems:
                found[path] = problems
        complaints.none()
        context.close()
    assert found == {}


@pytest.mark.parametrize("width", [390, 1440])
def test_open_menus_and_dialogs_are_accessible(visit: Visit, full_library: str, width: int) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": 900})
    visit.open("/t/northlight/")
    found: dict[str, list[str]] = {}

    def look(what: str) -> None:
        expect(page.locator(":popover-open, dialog[open]")).not_to_have_count(0)
        found.update({what: problems} if (problems := axe_violations(page)) else {})
        page.keyboard.press("Escape")
        expect(page.locator(":popover-open, dialog[open]")).to_have_count(0)

    for name in ("Keyboard shortcuts", "Account and theme", re.compile("^Team: ")):
        page.get_by_role("button", name=name).first.click()
        look(str(name))
    card = page.locator("article[data-state=completed]").first
    card.hover()
    card.get_by_role("button", name="More").click()
    expect(page.get_by_role("link", name="Open lineage")).to_be_visible()
    look("menu of a card")
    visit.open("/t/northlight/create/?kind=image_to_video")
    start = page.get_by_role("group", name="Start frame")
    start.get_by_role("button", name="Choose from library").click()
    expect(page.get_by_role("dialog").get_by_role("button").nth(2)).to_be_visible()
    look("library to choose from")
    start.get_by_role("button", name="Paste address").click()
    look("address")
    visit.complaints.none()
    assert found == {}


def test_the_chosen_theme_stands_on_every_page(visit: Visit) -> None:
    page = visit.open("/accounts/profile/")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    assert "rgb(2" not in page.evaluate(paper)
    page.get_by_role("button", name="Account and theme").click()
    page.get_by_role("radio", name="Light").check()
    for path in ("/accounts/profile/", "/t/northlight/", "/no-such-page/"):
        visit.open(path)
        assert "rgb(2" in page.evaluate(paper), path
    visit.complaints.none()


@pytest.fixture(scope="session")
def full_library(studio: Studio, signed_in: object) -> str:
    """A library with finished work; returns the path of one generation's page."""
    assert signed_in
    printed = studio.manage("demo", "--generations", "24", "--pieces", "3")
    assert re.search(r"24 generations", printed)
    script = (
        "from generations.models import Generation;"
        "print(Generation.objects.filter(state='completed', media_type='video')"
        ".latest('id').get_absolute_url())"
    )
    return studio.manage("shell", "--verbosity", "0", "-c", script).strip()


@pytest.mark.parametrize("width", [390, 768, 1024, 1920])
def test_navigation_and_kinds_keep_to_their_places(
    studio: Studio, signed_in: object, browser: Browser, width: int
) -> None:
    """Words of the navigation stand on one line; every kind lies in the composer or scrolls."""
    context = browser.new_context(
        storage_state=str(signed_in), viewport={"width": width, "height": 1024}
    )
    page, _ = new_page(context)
    page.goto(f"{studio.base}/t/northlight/create/")
    heights = page.locator(".shell-nav__link").evaluate_all("(all) => all.map(l => l.offsetHeight)")
    assert len(heights) >= 5
    assert max(heights) <= 64
    outside = """() => {
      const box = document.querySelector('#composer-kinds');
      const edge = box.getBoundingClientRect().right;
      return box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX === 'auto'
        ? [] : [...box.querySelectorAll('label')]
          .filter((one) => one.getBoundingClientRect().right > edge + 1)
          .map((one) => one.textContent.trim());
    }"""
    assert page.locator("#composer-kinds label").count() == len(KINDS)
    assert page.evaluate(outside) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
