"""The reframe canvas: a source in its target frame, by pointer, by keys, by eight numbers."""

from collections.abc import Mapping
from typing import Any

import pytest
from django import forms
from playwright.sync_api import Locator, Page, expect

from .conftest import (
    Bench,
    Look,
    fragment,
    in_form,
    problems,
    replace_root,
    static_size,
    until,
)

LABELS = {
    "grid_position_x": "Grid position x",
    "grid_position_y": "Grid position y",
    "x_start": "Left edge",
    "x_end": "Right edge",
    "y_start": "Top edge",
    "y_end": "Bottom edge",
    "resized_width": "Resized width",
    "resized_height": "Resized height",
}
TIMES = "\N{MULTIPLICATION SIGN}"
Box = tuple[int, int, int, int]
FIT: Box = (160, 0, 960, 720)  # 4:3 in 1280 by 720: left, top, width, height
NOTHING = dict.fromkeys(LABELS, "")


class PlaceForm(forms.Form):
    """The eight fields as the composer's form has them."""

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="composer-%s")
        for name, label in LABELS.items():
            self.fields[name] = forms.IntegerField(label=label, required=False)


def eight(box: Box) -> dict[str, str]:
    """The eight values of a place, as facts/1.5 reads them."""
    x, y, w, h = box
    return {
        "grid_position_x": str(x),
        "grid_position_y": str(y),
        "x_start": str(x),
        "x_end": str(x + w),
        "y_start": str(y),
        "y_end": str(y + h),
        "resized_width": str(w),
        "resized_height": str(h),
    }


def reframe(
    *,
    values: Mapping[str, Any] | None = None,
    size: tuple[int, int] = (1280, 720),
    errors: Mapping[str, str] | None = None,
    source: bool = True,
) -> str:
    form = PlaceForm(values if values is not None else {})
    for name, sentence in (errors or {}).items():
        form.add_error(name, sentence)
    picture = {"src": "/media/source.png", "width": 640, "height": 480, "name": "A still"}
    context = {
        "width": size[0],
        "height": size[1],
        "source": picture if source else None,
        "fields": list(form),
    }
    return in_form(fragment("reframe", {"reframe": context}))


def source(page: Page) -> Locator:
    return page.get_by_role("group", name="Source")


def field(page: Page, name: str) -> Locator:
    return page.get_by_label(LABELS[name], exact=True)


def numbers(page: Page) -> dict[str, str]:
    return {name: field(page, name).input_value() for name in LABELS}


def drawn(page: Page) -> Box:
    """Where the picture stands on the stage, in pixels of the target frame."""
    found = page.evaluate(
        """() => {
          const root = document.querySelector('st-reframe');
          const stage = root.querySelector('.reframe__stage').getBoundingClientRect();
          const box = root.querySelector('.reframe__source').getBoundingClientRect();
          const scale = Number(root.dataset.width) / stage.width;
          return [box.left - stage.left, box.top - stage.top, box.width, box.height]
            .map((value) => Math.round(value * scale));
        }"""
    )
    return found[0], found[1], found[2], found[3]


def stands(page: Page, box: Box) -> None:
    """Numbers and picture agree."""
    assert numbers(page) == eight(box)
    assert drawn(page) == pytest.approx(box, abs=1)


def scale(page: Page) -> float:
    """Screen pixels for a pixel of the frame, 1280 wide."""
    width: float = page.evaluate(
        "document.querySelector('.reframe__stage').getBoundingClientRect().width"
    )
    return width / 1280


def centre(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pull(page: Page, what: Locator, by: tuple[float, float], *, release: bool = True) -> None:
    """Drag with the pointer, by pixels of the frame."""
    x, y = centre(what)
    factor = scale(page)
    page.mouse.move(x, y)
    page.mouse.down()
    for part in range(1, 6):
        page.mouse.move(x + by[0] * factor * part / 5, y + by[1] * factor * part / 5)
    if release:
        page.mouse.up()


def handle(page: Page, edge: str) -> Locator:
    return page.locator(f".reframe__handle[data-edge={edge}]")


def near(page: Page, box: Box, slack: int = 3) -> None:
    """Where a pointer left it: to a few pixels, but with numbers and picture in step."""
    x, y, w, h = (
        int(field(page, name).input_value())
        for name in ("x_start", "y_start", "resized_width", "resized_height")
    )
    assert (x, y, w, h) == pytest.approx(box, abs=slack)
    stands(page, (x, y, w, h))


def test_without_values_it_shows_the_default_fit_and_sends_nothing(
    look: Look, bench: Bench
) -> None:
    page = look("reframe", reframe())
    assert drawn(page) == pytest.approx(FIT, abs=1)
    assert numbers(page) == NOTHING
    expect(page.get_by_role("status")).to_have_text(
        f"Default fit: 960 {TIMES} 720 px in the middle"
    )
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Sent").wait_for()
    assert dict(bench.posted[0]) == {**NOTHING, "sent": "yes"}


def test_values_that_came_are_shown(look: Look) -> None:
    page = look("reframe", reframe(values=eight((100, 50, 640, 480))))
    stands(page, (100, 50, 640, 480))
    text = f"640 {TIMES} 480 px, 100 px from the left, 50 px from the top"
    expect(page.get_by_role("status")).to_have_text(text)


def test_a_drag_moves_it_and_the_frame_holds_it(look: Look) -> None:
    page = look("reframe", reframe(values=eight((0, 0, 640, 480))))
    pull(page, source(page), (200, 100))
    near(page, (200, 100, 640, 480))
    expect(source(page)).to_be_focused()
    pull(page, source(page), (2000, 100))
    near(page, (640, 200, 640, 480))
    assert field(page, "x_end").input_value() == "1280"


@pytest.mark.parametrize(
    ("edge", "by", "box"),
    [
        ("se", (160, 120), (400, 200, 480, 360)),
        ("nw", (-160, -120), (240, 80, 480, 360)),
        ("ne", (80, 0), (400, 140, 400, 300)),
        ("sw", (80, 0), (480, 200, 240, 180)),
        ("se", (4000, 4000), (400, 200, 693, 520)),
        ("nw", (4000, 4000), (704, 428, 16, 12)),
    ],
)
def test_a_corner_resizes_and_keeps_the_ratio(
    look: Look, edge: str, by: tuple[int, int], box: Box
) -> None:
    page = look("reframe", reframe(values=eight((400, 200, 320, 240))))
    pull(page, handle(page, edge), by)
    near(page, box)


def test_shift_frees_the_ratio_while_it_is_held(look: Look) -> None:
    page = look("reframe", reframe(values=eight((400, 200, 320, 240))))
    page.keyboard.down("Shift")
    pull(page, handle(page, "se"), (200, 0))
    page.keyboard.up("Shift")
    near(page, (400, 200, 520, 240))
    expect(page.get_by_role("status")).to_contain_text("stretched")


def test_free_shape_offers_the_sides(look: Look) -> None:
    page = look("reframe", reframe(values=eight((400, 200, 320, 240))))
    expect(handle(page, "s")).to_be_hidden()
    free = page.get_by_role("button", name="Free shape")
    free.click()
    expect(free).to_have_attribute("aria-pressed", "true")
    pull(page, handle(page, "s"), (300, 100))
    near(page, (400, 200, 320, 340))
    pull(page, handle(page, "w"), (-100, 50))
    near(page, (300, 200, 420, 340))


def test_escape_while_dragging_puts_it_back(look: Look) -> None:
    page = look("reframe", reframe())
    pull(page, source(page), (50, 0), release=False)
    assert numbers(page) != NOTHING
    page.keyboard.press("Escape")
    page.mouse.up()
    assert numbers(page) == NOTHING
    assert drawn(page) == pytest.approx(FIT, abs=1)


def test_a_click_alone_changes_nothing(look: Look) -> None:
    page = look("reframe", reframe())
    source(page).click()
    assert numbers(page) == NOTHING


def test_keys_alone_place_it_and_send_it(look: Look, bench: Bench) -> None:
    page = look("reframe", reframe(values=eight((400, 200, 320, 240))))
    page.keyboard.press("Tab")
    expect(source(page)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    stands(page, (401, 199, 320, 240))
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    stands(page, (391, 209, 320, 240))
    page.keyboard.press("Alt+ArrowRight")
    stands(page, (391, 209, 321, 241))
    page.keyboard.press("Control+Shift+ArrowUp")
    stands(page, (391, 209, 308, 231))
    page.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Sent").wait_for()
    assert dict(bench.posted[0]) == {**eight((391, 209, 308, 231)), "sent": "yes"}


def test_keys_stop_at_the_frame(look: Look) -> None:
    page = look("reframe", reframe(values=eight((5, 478, 320, 240))))
    source(page).focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    stands(page, (0, 480, 320, 240))
    page.keyboard.press("Alt+ArrowDown")
    stands(page, (0, 480, 320, 240))


def test_keys_resize_one_side_in_free_shape(look: Look) -> None:
    page = look("reframe", reframe(values=eight((400, 200, 320, 240))))
    page.get_by_role("button", name="Free shape").click()
    source(page).focus()
    page.keyboard.press("Alt+Shift+ArrowRight")
    page.keyboard.press("Alt+ArrowUp")
    stands(page, (400, 200, 330, 239))


@pytest.mark.parametrize(
    ("name", "typed", "box"),
    [
        ("grid_position_x", "500", (500, 200, 320, 240)),
        ("grid_position_y", "0", (400, 0, 320, 240)),
        ("x_start", "360", (360, 200, 360, 270)),
        ("x_end", "800", (400, 200, 400, 300)),
        ("y_start", "140", (400, 140, 400, 300)),
        ("y_end", "500", (400, 200, 400, 300)),
        ("resized_width", "480", (400, 200, 480, 360)),
        ("resized_height", "300", (400, 200, 400, 300)),
        ("grid_position_x", "9000", (960, 200, 320, 240)),
        ("resized_width", "9000", (320, 0, 960, 720)),
        ("resized_height", "-5", (400, 200, 1, 1)),
        ("x_start", "9000", (1279, 200, 1, 1)),
    ],
)
def test_each_number_moves_the_picture_and_the_other_seven(
    look: Look, name: str, typed: str, box: Box
) -> None:
    page = look("reframe", reframe(values=eight((400, 200, 320, 240))))
    field(page, name).fill(typed)
    page.keyboard.press("Tab")
    stands(page, box)


def test_numbers_follow_while_one_is_typed_and_the_typed_one_is_left_alone(look: Look) -> None:
    page = look("reframe", reframe(values=eight((400, 200, 320, 240))))
    width = field(page, "resized_width")
    width.fill("")
    page.keyboard.type("48")
    expect(width).to_have_value("48")
    expect(field(page, "x_end")).to_have_value("448")
    page.keyboard.type("0")
    expect(width).to_have_value("480")
    expect(field(page, "x_end")).to_have_value("880")


def test_numbers_in_free_shape_stretch(look: Look) -> None:
    page = look("reframe", reframe(values=eight((400, 200, 320, 240))))
    page.get_by_role("button", name="Free shape").click()
    field(page, "x_end").fill("1000")
    field(page, "y_start").fill("100")
    page.keyboard.press("Tab")
    stands(page, (400, 100, 600, 340))


def test_a_first_number_starts_from_the_default_fit(look: Look) -> None:
    page = look("reframe", reframe())
    field(page, "grid_position_x").fill("0")
    page.keyboard.press("Tab")
    stands(page, (0, 0, 960, 720))


def test_one_number_emptied_comes_back_all_eight_emptied_is_the_default(look: Look) -> None:
    page = look("reframe", reframe(values=eight((400, 200, 320, 240))))
    field(page, "x_end").fill("")
    page.keyboard.press("Tab")
    stands(page, (400, 200, 320, 240))
    for name in LABELS:
        page.evaluate("(name) => (document.querySelector(`[name=${name}]`).value = '')", name)
    field(page, "x_end").dispatch_event("change")
    assert numbers(page) == NOTHING
    assert drawn(page) == pytest.approx(FIT, abs=1)


@pytest.mark.parametrize(
    ("preset", "box"),
    [
        ("Fit", FIT),
        ("Fill", (0, 0, 1280, 720)),
        ("Left third", (0, 200, 427, 320)),
        ("Centre third", (427, 200, 427, 320)),
        ("Right third", (853, 200, 427, 320)),
    ],
)
def test_presets_are_exact(look: Look, preset: str, box: Box) -> None:
    page = look("reframe", reframe())
    page.get_by_role("button", name=preset, exact=True).click()
    stands(page, box)


def test_thirds_of_an_upright_frame_lie_above_each_other(look: Look) -> None:
    page = look("reframe", reframe(size=(720, 1280)))
    page.get_by_role("button", name="Bottom third").click()
    stands(page, (76, 853, 569, 427))


def test_reset_empties_all_eight(look: Look) -> None:
    page = look("reframe", reframe(values=eight((400, 200, 320, 240))))
    page.get_by_role("button", name="Reset").click()
    assert numbers(page) == NOTHING
    assert drawn(page) == pytest.approx(FIT, abs=1)


def test_every_way_of_placing_tells_the_form(look: Look) -> None:
    page = look("reframe", reframe())
    page.evaluate(
        """() => {
          window.told = 0;
          document.querySelector('form').addEventListener('change', () => (window.told += 1));
        }"""
    )
    page.get_by_role("button", name="Fill").click()
    assert page.evaluate("window.told") == 1
    page.get_by_role("button", name="Left third").click()
    pull(page, source(page), (50, 50))
    assert page.evaluate("window.told") == 3
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("window.told") == 4


def test_errors_stand_at_their_fields_until_the_place_changes(look: Look) -> None:
    wrong = {**eight((400, 200, 320, 240)), "x_end": "100"}
    sentence = "The right edge must be right of the left edge."
    page = look("reframe", reframe(values=wrong, errors={"x_end": sentence}))
    end = field(page, "x_end")
    expect(end).to_have_value("100")
    expect(end).to_have_attribute("aria-invalid", "true")
    expect(end).to_have_accessible_description(sentence)
    expect(page.get_by_text(sentence)).to_be_visible()
    page.get_by_role("button", name="Fit", exact=True).click()
    expect(end).not_to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text(sentence)).to_be_hidden()


def test_without_script_the_eight_numbers_work_alone(look: Look, bench: Bench) -> None:
    page = look("reframe", reframe(values=eight((400, 200, 320, 240))), script=False)
    expect(page.locator(".reframe__stage")).to_be_hidden()
    expect(page.get_by_role("button", name="Fit", exact=True)).to_be_hidden()
    wanted = eight((0, 10, 640, 480))
    for name, value in wanted.items():
        field(page, name).fill(value)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Sent").wait_for()
    assert dict(bench.posted[0]) == {**wanted, "sent": "yes"}


def test_without_a_source_there_are_numbers_only(look: Look, bench: Bench) -> None:
    page = look("reframe", reframe(source=False))
    field(page, "x_start").fill("12")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Sent").wait_for()
    assert dict(bench.posted[0]) == {**NOTHING, "x_start": "12", "sent": "yes"}


def test_a_finger_drags_too(look: Look) -> None:
    page = look("reframe", reframe(values=eight((0, 0, 640, 480))), width=390)
    x, y = centre(source(page))
    reach = scale(page) * 300
    touch = page.context.new_cdp_session(page)
    for kind, shift in (("touchStart", 0.0), ("touchMove", reach / 2), ("touchMove", reach)):
        points = [{"x": x + shift, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    near(page, (300, 0, 640, 480), slack=6)


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing(look: Look, width: int) -> None:
    wrong = reframe(values=eight((400, 200, 320, 240)), errors={"x_end": "Too far right."})
    page = look("reframe", wrong, width=width)
    assert problems(page) == []
    page.get_by_role("button", name="Free shape").click()
    page.get_by_role("button", name="Fill").click()
    assert problems(page) == []


def test_targets_are_large_enough(look: Look) -> None:
    page = look("reframe", reframe())
    page.get_by_role("button", name="Free shape").click()
    for spot in page.locator(".reframe__handle:visible").all():
        box = spot.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24


def test_it_wakes_after_its_root_was_replaced(look: Look) -> None:
    page = look("reframe", reframe(values=eight((400, 200, 320, 240))))
    replace_root(page, "st-reframe")
    source(page).focus()
    page.keyboard.press("ArrowRight")
    stands(page, (401, 200, 320, 240))


def test_a_morph_to_another_frame_paints_it_anew(look: Look, bench: Bench) -> None:
    ask = '<button class="button" hx-get="/upright/" hx-target="#reframe" hx-swap="outerMorph">'
    bench.pages["/upright/"] = fragment(
        "reframe",
        {
            "reframe": {
                "width": 720,
                "height": 1280,
                "source": {"src": "/media/source.png", "width": 640, "height": 480, "name": ""},
                "fields": list(PlaceForm({})),
            }
        },
    )
    page = look("reframe", reframe() + f"{ask}Upright</button>")
    page.get_by_role("button", name="Upright").click()
    expect(page.get_by_role("button", name="Top third")).to_be_visible()
    until(page, f"document.querySelector('.reframe__size').textContent === '720 {TIMES} 540'")
    assert drawn(page) == pytest.approx((0, 370, 720, 540), abs=1)
    source(page).focus()
    page.keyboard.press("ArrowDown")
    stands(page, (0, 371, 720, 540))


def test_it_travels_light() -> None:
    assert static_size("js/st-reframe.js") <= 4096
    assert static_size("css/reframe.css") <= 1536
