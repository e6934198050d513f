"""A prompt that stands for several: counted and priced while it is typed, asked about, and made."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, axe_violations

DOZEN = "A postcard of {Oslo|Lisbon|Kyoto|Quito} at {dawn|noon|dusk}"


def generate(page: Page, words: str) -> None:
    expect(page.get_by_role("button", name=re.compile(f"^Generate {words}"))).to_be_visible()


def test_a_dozen_is_counted_asked_about_and_made_by_keyboard(visit: Visit) -> None:
    page = visit.open("/t/northlight/create/?kind=image")
    prompt = page.get_by_role("textbox", name="Prompt")
    prompt.fill("")
    prompt.press_sequentially(DOZEN)
    expect(page.get_by_text("4 × 3 = 12 generations")).to_be_visible()  # noqa: RUF001
    shown = page.get_by_role("list", name="Prompts").get_by_role("listitem")
    expect(shown).to_have_count(5)
    expect(shown.nth(3)).to_have_text("A postcard of Lisbon at dawn")
    generate(page, r"12 ≈ \$0\.21")
    prompt.press("Control+Enter")
    question = page.get_by_role("group", name=re.compile(r"^Make 12 images for ≈ \$0\.21"))
    expect(question).to_be_focused()
    page.keyboard.press("Tab")
    expect(question.get_by_role("button", name="Generate 12")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    question.focus()
    page.keyboard.press("Enter")
    assert axe_violations(page) == []
    assert page.locator("article").count() == 0, "nothing is sent before it is agreed to"
    page.keyboard.press("Tab")
    expect(question.get_by_role("button", name="Generate 12")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("article")).to_have_count(12)
    expect(page.locator("#announcer")).to_contain_text("Sent to queue: 12 images, about $0.21.")
    expect(page.get_by_role("article", name=re.compile("^A postcard of Quito at"))).to_have_count(3)
    expect(prompt).to_have_value(DOZEN)
    expect(question).to_have_count(0)
    visit.complaints.none()


def test_a_file_of_rows_on_a_phone(visit: Visit, tmp_path: Path) -> None:
    table = tmp_path / "shots.csv"
    table.write_bytes("\ufeffproduct;city\r\nred kettle;Oslo\r\nlamp\r\n".encode())
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    page = visit.open("/t/northlight/create/?kind=image")
    page.get_by_role("textbox", name="Prompt").fill("A {{product}} in {{city}}")
    expect(page.get_by_text("{{product}} is sent as it stands: there are no rows.")).to_be_visible()
    page.get_by_text("Variables", exact=True).click()
    page.get_by_label("or a CSV file").set_input_files(table)
    rows = page.get_by_role("textbox", name="Rows")
    expect(rows).to_have_value("product;city\nred kettle;Oslo\nlamp\n")
    expect(page.get_by_text("Line 3 has 1 value; the first line names 2.")).to_be_visible()
    generate(page, "price unknown")
    rows.fill("product;city\nred kettle;Oslo\nlamp;Rome")
    expect(page.get_by_text("2 generations")).to_be_visible()
    generate(page, r"2 ≈ \$0\.03")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert axe_violations(page) == []
    visit.complaints.none()


def test_a_double_click_does_not_agree(visit: Visit) -> None:
    page = visit.open("/t/northlight/create/?kind=image")
    page.get_by_role("textbox", name="Prompt").fill(DOZEN)
    generate(page, "12")
    page.locator(".composer__submit").dblclick()
    expect(page.locator("#composer-question")).to_be_visible()
    page.locator(".question__buttons").evaluate(
        """(buttons) => {
          const [wait] = buttons.getAnimations();
          wait.pause();
          wait.currentTime = 300;
        }"""
    )
    page.get_by_role("button", name="Generate 12").click(force=True)
    page.wait_for_timeout(200)
    expect(page.locator("#composer-question")).to_be_visible()
    page.locator(".question__buttons").evaluate("(buttons) => buttons.getAnimations()[0].finish()")
    page.get_by_role("button", name="Not now").click()
    generate(page, "12")
    assert page.locator("article").count() == 0
    visit.complaints.none()
