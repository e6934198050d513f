"""What is kept of recipes, by key and by mouse: the draft, the history of prompts, and presets."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, axe_violations


def prompt_of(page: Page) -> str:
    return page.get_by_role("textbox", name="Prompt", exact=True).input_value()


def test_what_stands_in_the_composer_outlives_reloads_and_start_over(visit: Visit) -> None:
    page = visit.open("/t/northlight/create/?kind=image")
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    prompt.fill("A heron in the reeds")
    page.get_by_role("combobox", name="Aspect ratio").select_option("3:4")
    with page.expect_response("**/create/draft/") as saved:
        prompt.press("End")
    assert saved.value.status == 204
    prompt.press_sequentially(" at dawn")
    visit.open("/t/northlight/")
    expect(prompt).to_have_value("A heron in the reeds at dawn")
    prompt.focus()
    expect(page.get_by_role("radio", name="Image", exact=True)).to_be_checked()
    expect(page.get_by_role("combobox", name="Aspect ratio")).to_have_value("3:4")

    page.get_by_role("button", name="Start over").click()
    expect(prompt).to_have_value("")
    expect(prompt).to_be_focused()
    page.reload()
    prompt.focus()
    page.get_by_role("button", name="Undo").click()
    expect(prompt).to_have_value("A heron in the reeds at dawn")
    visit.complaints.none()


def test_history_by_keys_and_in_its_dialog(visit: Visit) -> None:
    page = visit.open("/t/northlight/create/?kind=image")
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    sent = ("Pines in morning fog", "Waves in a winter storm")
    for text in sent:
        prompt.fill(text)
        prompt.press("Control+Enter")
        expect(page.get_by_role("article", name=re.compile(f"^{text}"))).to_be_visible()
    prompt.fill("half a thought")
    announcer = page.locator("#announcer")
    prompt.press("Alt+ArrowUp")
    expect(prompt).to_have_value(sent[1])
    expect(announcer).to_contain_text("Prompt 1 of ")
    prompt.press("Alt+ArrowUp")
    expect(prompt).to_have_value(sent[0])
    prompt.press("Alt+ArrowDown")
    prompt.press("Alt+ArrowDown")
    expect(prompt).to_have_value("half a thought")
    expect(announcer).to_have_text("What you were typing")

    page.get_by_role("button", name="History").press("Enter")
    dialog = page.get_by_role("dialog", name="Your prompts")
    dialog.get_by_role("searchbox").fill("FOG")
    rows = dialog.get_by_role("listitem")
    expect(rows).to_have_count(1)
    star = rows.get_by_role("button", name="Star")
    star.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    rows.get_by_role("button", name="Remove").press("Enter")
    undo = rows.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.press("Enter")
    assert axe_violations(page) == []
    rows.get_by_role("button", name=re.compile("^Use")).press("Enter")
    expect(dialog).to_be_hidden()
    expect(prompt).to_have_value(sent[0])
    expect(prompt).to_be_focused()
    visit.complaints.none()


def test_preset_is_saved_applied_and_deleted_with_undo_on_a_phone(visit: Visit) -> None:
    page = visit.open("/t/northlight/create/?kind=image&prompt=Ink+wash&format=png")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Presets").click()
    dialog = page.get_by_role("dialog", name="Presets")
    name = dialog.get_by_label("Save what stands in the composer as")
    name.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("Give it a name.")
    name.fill("Portraits")
    dialog.get_by_label("Share with Northlight").check()
    name.press("Enter")
    expect(dialog.get_by_role("status").first).to_have_text("Saved “Portraits” for the team.")
    assert axe_violations(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    dialog.get_by_role("button", name="Close").click()

    visit.open("/t/northlight/create/?kind=text_to_video&prompt=Something+else")
    page.get_by_role("button", name="Presets").click()
    dialog.get_by_role(
        "button", name=re.compile("^Apply: Portraits.*≈ \\$|^Apply: Portraits.*<")
    ).click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("radio", name="Image", exact=True)).to_be_checked()
    assert prompt_of(page) == "Ink wash"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("textbox", name="Prompt", exact=True)).to_have_value("Something else")

    page.get_by_role("button", name="Presets").click()
    row = dialog.get_by_role("listitem").filter(has_text="Portraits")
    row.get_by_text("Edit").click()
    row.get_by_role("button", name="Delete").click()
    expect(row).to_contain_text("Deleted: Portraits")
    row.get_by_role("button", name="Undo").click()
    expect(row.get_by_role("button", name=re.compile("^Apply"))).to_be_visible()
    visit.complaints.none()
