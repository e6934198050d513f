"""The camera moves in the composer: what is chosen, found, shown and sent."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from generations.luma.concepts import CAMERA_MOVES, CameraMove, moves_by_group

from .conftest import Bench, Look, fragment, in_form, problems, replace_root, static_size, until

CHOSEN = ("push_in", "tilt_up")


def camera(*chosen: str, problems: tuple[str, ...] = ()) -> str:
    return in_form(
        fragment("camera", {"groups": moves_by_group(), "chosen": chosen, "problems": problems})
    )


def chip(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^Camera"))


def opened(page: Page) -> Locator:
    chip(page).click()
    panel = page.get_by_role("group", name="Camera moves")
    expect(panel).to_be_visible()
    return panel


def seen(panel: Locator) -> list[str]:
    return panel.locator(".camera__move:visible .camera__label").all_text_contents()


def test_all_moves_are_offered_in_their_groups(look: Look) -> None:
    panel = opened(look("camera", camera()))
    expect(panel.get_by_role("checkbox")).to_have_count(34)
    assert seen(panel) == [move.label for move in CAMERA_MOVES]
    for heading in ("Travel", "Turn", "Lens", "Viewpoint", "Style"):
        expect(panel.get_by_role("group", name=heading, exact=True)).to_be_visible()


def test_only_what_luma_offers_is_listed(look: Look) -> None:
    offered = {
        heading: [move for move in moves if move.key in CHOSEN]
        for heading, moves in moves_by_group().items()
    }
    offered = {heading: moves for heading, moves in offered.items() if moves}
    page = look("camera", in_form(fragment("camera", {"groups": offered, "chosen": ()})))
    assert seen(opened(page)) == ["Push in", "Tilt up"]


def test_a_new_move_without_a_drawing_has_the_plain_one(look: Look) -> None:
    new = CameraMove("whip_pan", "Whip pan", CAMERA_MOVES[0].group, "")
    page = look("camera", in_form(fragment("camera", {"groups": {"New": [new]}, "chosen": ()})))
    move = opened(page).get_by_role("checkbox", name="Whip pan")
    expect(move).to_be_visible()
    source = page.locator(".camera__diagram").get_attribute("src")
    assert source is not None
    assert source.endswith("/other.svg")
    move.check()
    expect(chip(page)).to_have_accessible_name("Camera Whip pan")


def test_the_chip_names_what_was_chosen_before(look: Look) -> None:
    page = look("camera", camera(*CHOSEN))
    expect(chip(page)).to_have_accessible_name(re.compile(r"^Camera Push in \+\s?Tilt up$"))
    expect(opened(page).get_by_role("checkbox", checked=True)).to_have_count(2)


def test_the_chip_follows_the_pointer(look: Look, bench: Bench) -> None:
    page = look("camera", camera())
    panel = opened(page)
    panel.get_by_text("Orbit left", exact=True).click()
    panel.locator(".camera__move", has_text="Handheld").locator("img").click()
    expect(chip(page)).to_have_accessible_name(re.compile(r"^Camera Orbit left \+\s?Handheld$"))
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Sent").wait_for()
    assert bench.posted == [[("concepts", "orbit_left"), ("concepts", "handheld"), ("sent", "yes")]]


def test_keys_alone_find_choose_and_send(look: Look, bench: Bench) -> None:
    page = look("camera", camera())
    chip(page).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox", name="Find a move")).to_be_focused()
    page.keyboard.type("zoom")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("checkbox", name="Zoom in")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox", name="Zoom out")).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Camera moves")).to_be_hidden()
    expect(chip(page)).to_be_focused()
    expect(chip(page)).to_have_accessible_name("Camera Zoom out")
    page.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Sent").wait_for()
    assert bench.posted == [[("concepts", "zoom_out"), ("sent", "yes")]]


def test_arrows_move_over_the_grid_of_tiles(look: Look) -> None:
    page = look("camera", camera())
    panel = opened(page)
    panel.get_by_role("checkbox", name="Push in").focus()
    page.keyboard.press("ArrowDown")
    place = "document.activeElement.parentElement.getBoundingClientRect()"
    first = panel.locator(".camera__move").first.bounding_box()
    assert first is not None
    assert page.evaluate(f"{place}.left") == pytest.approx(first["x"], abs=1)
    assert page.evaluate(f"{place}.top") > first["y"] + 40
    page.keyboard.press("ArrowUp")
    expect(panel.get_by_role("checkbox", name="Push in")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_the_filter_finds_by_label_group_key_and_description(look: Look) -> None:
    page = look("camera", camera())
    panel = opened(page)
    find = page.get_by_role("searchbox", name="Find a move")
    for text, expected in (
        ("pan l", ["Pan left"]),
        ("lens", ["Zoom in", "Zoom out", "Dolly zoom"]),
        ("aerial_drone", ["Drone"]),
        ("arm's length", ["Selfie"]),
    ):
        find.fill(text)
        assert seen(panel) == expected
    find.fill("unicorn")
    expect(panel.get_by_role("status")).to_have_text("No move is called “unicorn”.")
    find.fill("")
    assert len(seen(panel)) == 34
    expect(panel.get_by_role("status")).to_have_text("")


def test_enter_in_the_filter_takes_the_first_and_sends_nothing(look: Look, bench: Bench) -> None:
    page = look("camera", camera())
    opened(page)
    page.get_by_role("searchbox").fill("crane up")
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="Crane up")).to_be_checked()
    page.get_by_role("searchbox").fill("")
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(1)
    assert bench.posted == []


def test_what_is_typed_in_the_filter_is_nobody_elses_business(look: Look) -> None:
    page = look("camera", camera())
    page.evaluate(
        """() => {
          window.heard = [];
          for (const name of ['input', 'change'])
            document.querySelector('form').addEventListener(name, () => window.heard.push(name));
        }"""
    )
    panel = opened(page)
    page.keyboard.type("pov")
    page.keyboard.press("Tab")
    assert page.evaluate("window.heard") == []
    panel.get_by_role("checkbox", name="Point of view").check()
    assert set(page.evaluate("window.heard")) == {"input", "change"}


def test_clear_takes_everything_away_and_says_so(look: Look) -> None:
    page = look("camera", camera(*CHOSEN))
    page.evaluate(
        "document.querySelector('form').addEventListener('change', () => (window.changed = true))"
    )
    panel = opened(page)
    panel.get_by_role("button", name="Clear").click()
    expect(panel.get_by_role("checkbox", checked=True)).to_have_count(0)
    expect(chip(page)).to_have_accessible_name("Camera")
    assert page.evaluate("window.changed")


def test_a_move_is_described_to_everyone(look: Look) -> None:
    page = look("camera", camera())
    panel = opened(page)
    move = panel.get_by_role("checkbox", name="Dolly zoom")
    expect(move).to_have_accessible_description("Moves one way and zooms the other")
    panel.get_by_text("Dolly zoom", exact=True).hover()
    expect(panel.locator(".camera__hint")).to_have_text("Moves one way and zooms the other")


def test_diagrams_stand_still_when_asked_and_next_time_too(look: Look) -> None:
    page = look("camera", camera())
    panel = opened(page)
    image = panel.locator(".camera__diagram").first
    until(page, "document.querySelector('.camera__diagram').currentSrc !== ''")
    current = "(one) => new URL(one.currentSrc).pathname"
    assert image.evaluate(current) == "/static/img/camera/push_in.svg"
    stop = panel.get_by_role("button", name="Stop the diagrams")
    stop.click()
    expect(stop).to_have_attribute("aria-pressed", "true")
    until(page, "document.querySelector('.camera__diagram').currentSrc.includes('/still/')")
    page.reload()
    panel = opened(page)
    until(page, "document.querySelector('.camera__diagram').currentSrc.includes('/still/')")
    panel.get_by_role("button", name="Stop the diagrams").click()
    until(page, "!document.querySelector('.camera__diagram').currentSrc.includes('/still/')")


def test_diagrams_stand_still_for_who_wants_less_motion(look: Look) -> None:
    page = look("camera", camera())
    page.emulate_media(reduced_motion="reduce")
    panel = opened(page)
    until(page, "document.querySelector('.camera__diagram').currentSrc.includes('/still/')")
    expect(panel.get_by_role("button", name="Stop the diagrams")).to_have_count(0)


def test_no_diagram_is_fetched_before_the_panel_opens(look: Look, browser: Browser) -> None:
    page = look("camera", camera())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_timeout(300)
    assert [url for url in asked if "/camera/" in url] == []
    opened(page)
    until(page, "document.querySelector('.camera__diagram').complete")
    assert [url for url in asked if "/camera/push_in.svg" in url] != []


def test_without_script_it_opens_chooses_and_sends(look: Look, bench: Bench) -> None:
    page = look("camera", camera("static"), script=False)
    panel = opened(page)
    expect(page.get_by_role("searchbox")).to_be_hidden()
    panel.get_by_role("checkbox", name="Push in").check()
    panel.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Sent").wait_for()
    assert bench.posted == [[("concepts", "push_in"), ("concepts", "static"), ("sent", "yes")]]


def test_a_problem_stands_at_the_chip(look: Look) -> None:
    page = look("camera", camera("push_in", problems=("No longer offered by Luma.",)))
    expect(chip(page)).to_have_accessible_description("No longer offered by Luma.")


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing(look: Look, width: int) -> None:
    page = look("camera", camera("push_in"), width=width)
    assert problems(page) == []
    panel = opened(page)
    panel.get_by_role("checkbox", name="Pull out").focus()
    box = panel.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert 0 <= box["y"] <= box["y"] + box["height"] <= 900
    assert problems(page) == []


def test_it_wakes_after_its_root_was_replaced(look: Look) -> None:
    page = look("camera", camera("push_in"))
    replace_root(page, "st-camera")
    panel = opened(page)
    expect(page.get_by_role("searchbox")).to_be_focused()
    panel.get_by_role("checkbox", name="Point of view").check()
    expect(chip(page)).to_have_accessible_name(re.compile(r"^Camera Push in \+\s?Point of view$"))


def test_a_morph_brings_another_choice_and_it_goes_on_working(look: Look, bench: Bench) -> None:
    bench.pages["/other/"] = fragment(
        "camera", {"groups": moves_by_group(), "chosen": ("pov",), "problems": ()}
    )
    ask = '<button class="button" hx-get="/other/" hx-target="#camera" hx-swap="outerMorph">'
    page = look("camera", f"{camera('push_in')}{ask}Other</button>")
    panel = opened(page)
    page.get_by_role("searchbox").fill("zoom")
    panel.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Other").click()
    expect(chip(page)).to_have_accessible_name("Camera Point of view")
    opened(page)
    assert len(seen(panel)) == 34
    page.get_by_role("searchbox").fill("static")
    page.keyboard.press("Enter")
    expect(chip(page)).to_have_accessible_name(re.compile(r"Point of view \+\s?Static$"))


def test_it_travels_light() -> None:
    assert static_size("js/st-camera.js") <= 4096
    assert static_size("css/camera.css") <= 1536
