"""What the composer does while answers are on their way: nothing typed, chosen or held is lost."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.outside import address, drag, hold, late
from tests.generations.making import picture

QUOTE = "**/create/quote/"


@pytest.fixture
def page(visit: Visit) -> Iterator[Page]:
    """The composer's own page."""
    yield visit.open("/t/northlight/create/")
    visit.complaints.none()


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


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "kite.png"
    path.write_bytes(picture((320, 200)))
    return path


def choose(page: Page, file: Path) -> None:
    page.locator('#slot-start_frame input[type="file"]').set_input_files(file)


def cards(page: Page, text: str) -> Locator:
    return page.get_by_role("article", name=re.compile(f"^{text}"))


def test_generate_waits_for_an_upload(page: Page, photo: Path) -> None:
    prompt = page.get_by_role("textbox", name="Prompt")
    prompt.fill("A kite over the dunes")
    with late(page, "**/create/upload/"):
        with page.expect_request("**/create/upload/"):
            choose(page, photo)
        expect(page.locator("#slot-start_frame progress")).to_be_visible()
        prompt.press("Control+Enter")
        page.get_by_role("button", name=re.compile("^Generate")).click()
        page.wait_for_timeout(200)
        expect(page.locator("article")).to_have_count(0)
    expect(cards(page, "A kite over the dunes, Image to video, ")).to_have_count(1)
    page.wait_for_timeout(300)
    expect(page.locator("article")).to_have_count(1)


@pytest.mark.parametrize("refused", ["**/create/upload/", "**/t/northlight/create/"])
def test_generate_stays_away_when_what_it_waits_for_is_refused(
    page: Page, photo: Path, refused: str
) -> None:
    prompt = page.get_by_role("textbox", name="Prompt")
    prompt.fill("A kite without its picture")
    held = hold(page, refused)
    with page.expect_request(refused):
        choose(page, photo)
    prompt.press("Control+Enter")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    for route in held:
        route.fulfill(status=413, body="")
    page.wait_for_timeout(500)
    assert not [url for url in sent if url.endswith("/submit/")]
    page.unroute(refused)
    prompt.press("Control+Enter")
    expect(cards(page, "A kite without its picture, Text to video, ")).to_have_count(1)


def test_generate_follows_a_step_whose_button_is_gone_afterwards(page: Page, photo: Path) -> None:
    page.get_by_role("radio", name="Image", exact=True).check()
    page.get_by_role("textbox", name="Prompt").fill("Two kites")
    for count in (1, 2):
        page.locator('#slot-image_ref input[type="file"]').set_input_files(photo)
        expect(page.locator('#slot-image_ref input[name="image_ref"]')).to_have_count(count)
    clear = page.locator("#slot-image_ref").get_by_role("button", name="Clear kite.png")
    clear.last.click()
    expect(page.locator('#slot-image_ref input[name="image_ref"]')).to_have_count(1)
    page.get_by_role("button", name=re.compile("^Generate")).click()
    expect(cards(page, "Two kites, Image, ")).to_have_count(1)


def test_a_table_is_pasted_into_the_prompt_as_its_text(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(
        """async () => {
          const still = Object.assign(document.createElement('canvas'), {width: 320, height: 200});
          const image = await new Promise((done) => still.toBlob(done, 'image/png'));
          const text = new Blob(['product\\tcity'], {type: 'text/plain'});
          const both = {'image/png': image, 'text/plain': text};
          await navigator.clipboard.write([new ClipboardItem(both)]);
        }"""
    )
    prompt = page.get_by_role("textbox", name="Prompt")
    prompt.focus()
    page.keyboard.press("Control+v")
    expect(prompt).to_have_value("product\tcity")
    page.wait_for_timeout(300)
    expect(page.get_by_text("Pasted: it goes into")).to_have_count(0)
    expect(page.locator('input[name="start_frame"], input[name="end_frame"]')).to_have_count(0)


def test_an_address_dropped_into_the_prompt_ends_the_drag(page: Page) -> None:
    steps = drag(page, page.get_by_role("heading", level=1), **address("https://example.com/"))
    next(steps)
    expect(page.locator("#drop")).to_be_visible()
    prompt = page.get_by_role("textbox", name="Prompt")
    steps = drag(page, prompt, **address("https://example.com/"))
    next(steps), next(steps)
    expect(page.locator("#drop")).to_be_hidden()
    expect(page.locator("#slot-end_frame")).not_to_have_attribute("data-drop", "yes")


def test_text_that_was_not_kept_yet_stays_away_after_start_over(page: Page) -> None:
    page.route("**/create/draft/", lambda route: route.fulfill(status=403, body=""))
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    prompt.fill("Gone with a press")
    with page.expect_response("**/t/northlight/create/"):
        page.get_by_role("button", name="Start over").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(prompt).to_have_value("")
    page.reload()
    expect(prompt).to_have_value("")
    page.get_by_role("button", name="Undo").click()
    expect(prompt).to_have_value("Gone with a press")


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_in_the_library_it_is_one_line_until_it_is_used(visit: Visit, width: int) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": 900})
    visit.open("/t/northlight/")
    dock, prompt = page.locator(".dock .composer"), page.get_by_role("textbox", name="Prompt")
    kinds = page.get_by_role("radio", name="Image", exact=True)

    def line() -> None:
        expect(kinds).to_be_hidden()
        box = dock.bounding_box()
        assert box is not None
        assert box["height"] <= 80
        expect(page.get_by_role("button", name=re.compile(r"^Generate .*\$"))).to_be_visible()

    line()
    prompt.click()
    expect(kinds).to_be_visible()
    prompt.fill("A heron in the reeds")
    page.get_by_role("heading", name="Library").click()
    line()
    expect(prompt).to_have_value("A heron in the reeds")
    prompt.focus()
    expect(kinds).to_be_visible()
    page.keyboard.press("Escape")
    line()
    count = page.locator("article").count()
    page.get_by_role("button", name=re.compile("^Generate")).click()
    expect(page.locator("article")).to_have_count(count + 1)
    line()
    visit.complaints.none()


def test_the_button_stays_in_sight_however_high_the_composer_is(visit: Visit) -> None:
    page = visit.open("/t/northlight/")
    page.set_viewport_size({"width": 1280, "height": 520})
    page.get_by_role("textbox", name="Prompt").click()
    page.get_by_role("radio", name="Reframe image").check()
    composer, generate = page.locator("#composer"), page.locator(".composer__submit")
    expect(page.locator("st-reframe")).to_be_visible()
    page.get_by_role("textbox", name="Prompt").fill("A long shot.\n" * 30)
    page.get_by_text("Variables", exact=True).click()
    bounds = "({scrollHeight, clientHeight}) => scrollHeight > clientHeight + 40"
    higher = f"() => ({bounds})(document.getElementById('composer'))"
    page.wait_for_function(higher)
    for top in (0, 40, 10_000):
        composer.evaluate("(it, top) => it.scrollTo(0, top)", top)
        expect(generate).to_be_in_viewport(ratio=1)
    visit.complaints.none()


def test_settings_stand_beside_each_other_on_a_phone(visit: Visit) -> None:
    page = visit.open("/t/northlight/")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("textbox", name="Prompt").click()
    page.get_by_role("button", name=re.compile("^Camera")).click()
    expect(page.get_by_role("checkbox", name="Push in")).to_be_visible()
    page.keyboard.press("Escape")
    chips = page.locator("#composer-settings > :visible")
    boxes = [box for chip in chips.all() if (box := chip.bounding_box())]
    assert len(boxes) > 5
    for one, following in pairwise(boxes):
        assert one["width"] >= 44
        assert one["height"] <= 48
        assert following["x"] >= one["x"] + one["width"]
    visit.complaints.none()
