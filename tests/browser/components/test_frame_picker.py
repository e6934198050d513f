"""Any frame of any video: found by slider, buttons and keys, seen exactly, sent as a time."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import (
    BITS,
    FPS,
    FRAMES,
    Bench,
    Look,
    clip,
    fragment,
    problems,
    replace_root,
    static_size,
    until,
)

TARGETS = (
    {"value": "start", "label": "Start frame", "icon": "panel-left"},
    {"value": "end", "label": "End frame", "icon": "panel-right"},
    {"value": "reference", "label": "Reference", "icon": "image"},
    {"value": "save", "label": "Save as image", "icon": "save"},
)
# The number of the frame that lies in the canvas, read off its squares.
SHOWN = """() => {
  const still = document.querySelector('.frame-picker__still');
  const {width, height} = still;
  const look = still.getContext('2d');
  let number = 0;
  for (let bit = 0; bit < BITS; bit += 1) {
    const [x, y] = [((35 + 40 * bit) / 320) * width, (80 / 180) * height];
    if (look.getImageData(x, y, 1, 1).data[0] > 128) number += 2 ** bit;
  }
  return number;
}""".replace("BITS", str(BITS))


def picker(**changes: Any) -> str:
    context = {
        "key": "clip",
        "title": "A harbour at dawn",
        "src": "/media/clip.mp4",
        "length": 5000,
        "at": 0,
        "fps": FPS,
        "action": "/posted/",
        "opener": "Choose a frame",
        "targets": TARGETS,
    }
    return fragment("frame_picker", {"picker": {**context, **changes}})


def opened(page: Page) -> Locator:
    page.get_by_role("button", name="Choose a frame").click()
    dialog = page.get_by_role("dialog", name="Choose a frame")
    expect(dialog).to_be_visible()
    return dialog


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Frame")


def shows(page: Page, number: int) -> None:
    """The picture in the canvas is that of the frame, and slider and words say the same."""
    until(page, f"({SHOWN})() === {number}")
    expect(slider(page)).to_have_value(str(number))
    expect(page.locator(".frame-picker__place")).to_contain_text(f"f{number + 1}/{FRAMES}")


def press(page: Page, key: str, number: int) -> None:
    """Press a key; the slider comes to stand at the frame."""
    page.keyboard.press(key)
    expect(slider(page)).to_have_value(str(number))


def sent(page: Page, bench: Bench) -> dict[str, str]:
    page.get_by_role("heading", name="Sent").wait_for()
    return dict(bench.posted[-1])


def test_it_opens_on_the_first_frame_as_a_modal(look: Look) -> None:
    page = look("frame-picker", picker())
    dialog = opened(page)
    assert dialog.evaluate("(one) => one.matches(':modal')")
    expect(slider(page)).to_be_focused()
    shows(page, 0)
    expect(page.locator(".frame-picker__place")).to_have_text("00:00.00 · f1/120")


def test_it_opens_where_it_is_told(look: Look) -> None:
    page = look("frame-picker", picker(at=5000))
    opened(page)
    shows(page, 119)
    expect(page.locator(".frame-picker__place")).to_have_text("00:04.96 · f120/120")


@pytest.mark.parametrize("number", [0, 1, 23, 24, 57, 118, 119])
def test_every_frame_is_the_one_that_is_shown_and_sent(
    look: Look, bench: Bench, number: int
) -> None:
    page = look("frame-picker", picker())
    opened(page)
    slider(page).fill(str(number))
    shows(page, number)
    page.get_by_role("button", name="Start frame").click()
    milliseconds = int(sent(page, bench)["milliseconds"])
    assert milliseconds * FPS // 1000 == number
    assert 0 <= milliseconds - number * 1000 / FPS < 1


def test_keys_alone_find_a_frame_and_send_it(look: Look, bench: Bench) -> None:
    page = look("frame-picker", picker())
    page.get_by_role("button", name="Choose a frame").focus()
    page.keyboard.press("Enter")
    expect(slider(page)).to_be_focused()
    shows(page, 0)
    steps = [("l", 24), ("l", 48), (".", 49), (".", 50), (",", 49), ("ArrowRight", 50)]
    for key, number in (*steps, ("ArrowRight", 51), ("ArrowLeft", 50), ("j", 26)):
        press(page, key, number)
    shows(page, 26)
    press(page, "End", 119)
    shows(page, 119)
    press(page, ".", 119)
    shows(page, 119)
    press(page, "Home", 0)
    press(page, ",", 0)
    shows(page, 0)
    press(page, ".", 1)
    page.keyboard.press("Tab")
    press(page, ".", 2)
    shows(page, 2)
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Reference")).to_be_focused()
    page.keyboard.press("Enter")
    answer = sent(page, bench)
    assert answer["target"] == "reference"
    assert answer["milliseconds"] == "84"
    assert answer["csrfmiddlewaretoken"] == "token"


def test_single_keys_can_be_switched_off(look: Look) -> None:
    page = look("frame-picker", picker())
    opened(page)
    page.evaluate("document.body.dataset.noKeys = '1'")
    page.keyboard.press(".")
    expect(slider(page)).to_have_value("0")


def test_the_pointer_scrubs_and_steps(look: Look, bench: Bench) -> None:
    page = look("frame-picker", picker())
    opened(page)
    shows(page, 0)
    box = slider(page).bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 8, middle)
    page.mouse.down()
    for part in range(1, 11):
        page.mouse.move(box["x"] + 8 + (box["width"] - 16) * part / 20, middle)
    page.mouse.up()
    here = int(slider(page).input_value())
    assert 57 <= here <= 62
    shows(page, here)
    page.get_by_role("button", name="Next frame").click()
    page.get_by_role("button", name="Next frame").click()
    page.get_by_role("button", name="Previous frame").click()
    shows(page, here + 1)
    page.get_by_role("button", name="Save as image").click()
    answer = sent(page, bench)
    assert answer["target"] == "save"
    assert int(answer["milliseconds"]) * FPS // 1000 == here + 1


def test_a_step_is_said_aloud(look: Look) -> None:
    page = look("frame-picker", picker())
    opened(page)
    page.get_by_role("button", name="Next frame").click()
    expect(page.get_by_role("status")).to_have_text("00:00.04, frame 2 of 120")
    expect(slider(page)).to_have_attribute("aria-valuetext", "00:00.04, frame 2 of 120")


def test_playing_takes_the_slider_along_and_stops_on_a_frame(look: Look) -> None:
    page = look("frame-picker", picker())
    opened(page)
    shows(page, 0)
    play = page.get_by_role("button", name="Play")
    play.click()
    expect(play).to_have_attribute("aria-pressed", "true")
    until(page, "Number(document.querySelector('.frame-picker__scrubber').value) > 8")
    page.keyboard.press("k")
    expect(play).to_have_attribute("aria-pressed", "false")
    shows(page, int(slider(page).input_value()))


def test_only_the_targets_that_are_given_are_offered(look: Look) -> None:
    page = look("frame-picker", picker(targets=TARGETS[:1]))
    dialog = opened(page)
    expect(dialog.locator("button[name=target]")).to_have_text(["Start frame"])


def test_nothing_of_the_video_travels_before_it_opens(look: Look) -> None:
    page = look("frame-picker", picker())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_timeout(300)
    assert [url for url in asked if "/media/" in url] == []
    opened(page)
    shows(page, 0)
    assert [url for url in asked if "/media/clip.mp4" in url] != []


def test_escape_and_the_cross_close_and_the_focus_returns(look: Look) -> None:
    page = look("frame-picker", picker())
    opener = page.get_by_role("button", name="Choose a frame")
    dialog = opened(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    opened(page)
    page.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    opened(page)
    page.mouse.click(5, 5)
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_file_that_is_shorter_than_said_ends_where_it_ends(look: Look) -> None:
    page = look("frame-picker", picker(length=60_000))
    opened(page)
    expect(slider(page)).to_have_attribute("max", str(FRAMES - 1))


def test_a_length_that_nobody_knows_comes_from_the_file(look: Look) -> None:
    page = look("frame-picker", picker(length=None, fps=None))
    opened(page)
    expect(slider(page)).to_have_attribute("max", str(FRAMES - 1))


def test_a_video_that_cannot_be_shown_leaves_the_time(look: Look, bench: Bench) -> None:
    bench.pages["/media/broken.mp4"] = "no video"
    page = look("frame-picker", picker(src="/media/broken.mp4"))
    dialog = opened(page)
    expect(dialog.get_by_text("Your browser cannot show this video.")).to_be_visible()
    dialog.get_by_label("Time in milliseconds").fill("2400")
    dialog.get_by_role("button", name="End frame").click()
    assert sent(page, bench)["milliseconds"] == "2400"


def test_a_video_that_comes_without_ranges_is_sought_once(look: Look) -> None:
    page = look("frame-picker", picker())
    page.route(
        "**/media/clip.mp4", lambda route: route.fulfill(body=clip(), content_type="video/mp4")
    )
    page.evaluate(
        "document.addEventListener('seeked', () =>"
        " (document.body.dataset.sought = 1 + Number(document.body.dataset.sought ?? 0)), true)"
    )
    opened(page)
    page.keyboard.press("l")
    expect(slider(page)).to_have_value("24")
    page.wait_for_timeout(500)
    assert int(page.locator("body").get_attribute("data-sought") or 0) <= 4


def test_without_script_a_time_is_typed_and_sent(look: Look, bench: Bench) -> None:
    page = look("frame-picker", picker(at=1000), script=False)
    dialog = opened(page)
    expect(slider(page)).to_be_hidden()
    field = dialog.get_by_label("Time in milliseconds")
    expect(field).to_have_value("1000")
    field.fill("2500")
    dialog.get_by_role("button", name="End frame").click()
    answer = sent(page, bench)
    assert (answer["milliseconds"], answer["target"]) == ("2500", "end")


def test_the_servers_sentence_is_shown(look: Look) -> None:
    page = look("frame-picker", picker(problem="That video has no such moment.", now=True))
    expect(page.get_by_role("alert")).to_have_text("That video has no such moment.")


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing(look: Look, width: int) -> None:
    page = look("frame-picker", picker(), width=width)
    assert problems(page) == []
    opened(page)
    shows(page, 0)
    assert problems(page) == []


def test_it_wakes_after_its_root_was_replaced(look: Look) -> None:
    page = look("frame-picker", picker())
    opened(page)
    page.keyboard.press("Escape")
    replace_root(page, "st-frame-picker")
    opened(page)
    page.keyboard.press(".")
    shows(page, 1)


def test_another_video_in_its_place_starts_where_it_says(look: Look) -> None:
    page = look("frame-picker", picker())
    opened(page)
    page.keyboard.press(".")
    shows(page, 1)
    page.keyboard.press("Escape")
    page.locator("st-frame-picker").evaluate("(one) => (one.dataset.at = '3000')")
    opened(page)
    shows(page, 72)


def test_a_fragment_that_is_swapped_in_opens_at_once(look: Look, bench: Bench) -> None:
    ask = (
        '<button class="button" hx-get="/picker/" hx-target="#place">Frames</button>'
        '<div id="place"></div>'
    )
    bench.pages["/picker/"] = picker(now=True, at=1000, opener=None)
    page = look("frame-picker", ask)
    page.get_by_role("button", name="Frames").click()
    expect(page.get_by_role("dialog", name="Choose a frame")).to_be_visible()
    shows(page, 24)


def test_an_answer_that_is_swapped_in_closes_it(look: Look, bench: Bench) -> None:
    page = look("frame-picker", f'<div id="composer">Empty</div>{picker(swap="#composer")}')
    dialog = opened(page)
    page.keyboard.press(".")
    page.get_by_role("button", name="Start frame").click()
    expect(dialog).to_be_hidden()
    assert dict(bench.posted[-1]) == {
        "csrfmiddlewaretoken": "token",
        "milliseconds": "42",
        "target": "start",
    }


def test_it_travels_light() -> None:
    assert static_size("js/st-frame-picker.js") <= 4096
    assert static_size("css/frame-picker.css") <= 1536
