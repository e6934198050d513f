"""Every kind in the composer with real input events: few actions, nothing for axe to find."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from generations.recipes.kinds import KINDS
from tests.browser.conftest import (
    Complaints,
    Studio,
    axe_violations,
    new_page,
    start_over,
    start_studio,
    stop_studio,
    welcome,
)
from tests.browser.outside import address, drag
from tests.generations.making import picture

WIDTHS = (1440, 390)
SLOTS = {
    "image_to_video": "start_frame={image}",
    "keyframes": "start_frame={image}&end_frame={other}",
    "extend": "start_frame={video}",
    "extend_backwards": "end_frame={video}",
    "bridge": "start_frame={video}&end_frame={image}",
    "modify_video": "source={video}",
    "reframe_video": "source={video}&aspect_ratio=9:16",
    "upscale": "source={video}",
    "add_audio": "source={video}",
    "image": "image_ref={image}&image_ref={other}&style_ref={image}&character_ref={other}",
    "reframe_image": "source={image}&aspect_ratio=1:1",
}


@pytest.fixture(scope="module")
def own_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    running = start_studio(
        tmp_path_factory.mktemp("kinds") / "var", SANDBOX_OPTIONS="--pace 0 --limits off"
    )
    yield running
    stop_studio(running.process)


@pytest.fixture(scope="module")
def state(own_studio: Studio, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Signed in, with two images and a video in the library. Path of the session's state."""
    folder = tmp_path_factory.mktemp("kinds-session")
    context = browser.new_context()
    page, _ = new_page(context)
    welcome(page, own_studio.welcome)
    made = {
        "image": make(page, own_studio, "image", "A lighthouse at dusk"),
        "other": make(page, own_studio, "image", "A harbour at dawn", wait=True),
        "video": make(page, own_studio, "text_to_video", "Waves under a cliff"),
    }
    (folder / "made.json").write_text(json.dumps(made))
    context.storage_state(path=folder / "state.json")
    context.close()
    return folder


def make(page: Page, studio: Studio, kind: str, prompt: str, *, wait: bool = False) -> str:
    soon = "&model=ray-flash-2&resolution=540p" if kind == "text_to_video" else ""
    page.goto(f"{studio.base}/t/northlight/create/?kind={kind}{soon}")
    page.get_by_role("textbox", name="Prompt").fill(prompt)
    if wait:
        page.get_by_role("checkbox", name="Wait for the picture").check()
    page.get_by_role("button", name="Generate").click()
    page.locator('article[data-state="completed"]').first.wait_for(timeout=60_000)
    return str(page.locator("article").first.get_attribute("data-generation"))


@pytest.fixture
def made(state: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((state / "made.json").read_text())
    return found


@pytest.fixture
def opened(own_studio: Studio, browser: Browser, state: Path) -> Iterator[tuple[Page, Complaints]]:
    context = browser.new_context(
        storage_state=str(state / "state.json"),
        viewport={"width": 1440, "height": 900},
        base_url=own_studio.base,
    )
    page, complaints = new_page(context)
    start_over(context, own_studio.base)
    page.goto("/t/northlight/")
    yield page, complaints
    complaints.none()
    context.close()


def card(page: Page, uuid: str) -> Locator:
    return page.locator(f'article[data-generation="{uuid}"]')


def drag_card(page: Page, uuid: str, slot: str) -> None:
    """Drag a card onto a slot, which may be there only once something is dragged."""
    card(page, uuid).locator(".generation-card__open").hover()
    page.mouse.down()
    place = page.locator(f"#slot-{slot}")
    for x in range(700, 760, 4):  # a hand is never still: each step is another chance to be heard
        page.mouse.move(x, 120)
        if place.is_visible():
            break
    place.hover()
    page.mouse.up()


def newest_after(page: Page, count: int) -> str:
    """What the newest card is called once there is one more."""
    page.locator("article").nth(count).wait_for()
    return str(page.locator("article").first.get_attribute("aria-label"))


def lies_in(page: Page, slot: str) -> Locator:
    return page.locator(f'#slot-{slot} input[name="{slot}"]')


@pytest.mark.parametrize("width", WIDTHS)
def test_every_kind_fits_and_has_no_axe_finding(
    opened: tuple[Page, Complaints], made: dict[str, str], width: int
) -> None:
    page, _ = opened
    page.set_viewport_size({"width": width, "height": 900})
    named = {name: f"generation:{uuid}" for name, uuid in made.items()}
    wrong = []
    for kind, entry in KINDS.items():
        page.goto(f"/t/northlight/create/?kind={kind}&{SLOTS.get(kind, '').format(**named)}")
        expect(page.get_by_role("radio", name=entry.label, exact=True)).to_be_checked()
        expect(page.get_by_role("button", name=re.compile("^Generate .*[$]"))).to_be_enabled()
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        wrong += [f"{kind} at {width}: {said}" for said in axe_violations(page)]
        wrong += [f"{kind} at {width}: {wide} px too wide"] if wide > 0 else []
    assert wrong == []


def test_a_picture_that_was_waited_for_has_its_file_on_its_page(
    opened: tuple[Page, Complaints], made: dict[str, str]
) -> None:
    page, _ = opened
    page.goto(f"/t/northlight/g/{made['other']}/")
    page.wait_for_function("document.querySelector('.generation__image').naturalWidth > 0")
    recipe = page.locator(".facts__row").filter(has_text="Wait for the picture")
    expect(recipe).to_contain_text("Yes")
    page.get_by_text("Attempt 1 ·").click()
    expect(page.get_by_label("Request of attempt 1")).to_contain_text('"sync": true')


def test_card_to_extension_in_two_clicks(
    opened: tuple[Page, Complaints], made: dict[str, str]
) -> None:
    page, _ = opened
    before = page.locator("article").count()
    card(page, made["video"]).hover()
    card(page, made["video"]).get_by_role("button", name="Extend", exact=True).click()
    expect(page.get_by_role("radio", name="Extend", exact=True)).to_be_checked()
    page.get_by_role("button", name="Generate").click()
    assert ", Extend, " in newest_after(page, before)


def test_card_to_extension_in_two_keys(
    opened: tuple[Page, Complaints], made: dict[str, str]
) -> None:
    page, _ = opened
    before = page.locator("article").count()
    card(page, made["video"]).focus()
    page.keyboard.press("e")
    page.keyboard.press("Control+Enter")
    assert ", Extend, " in newest_after(page, before)


def test_two_images_to_keyframes_in_three_keys(
    opened: tuple[Page, Complaints], made: dict[str, str]
) -> None:
    page, _ = opened
    before = page.locator("article").count()
    card(page, made["image"]).focus()
    page.keyboard.press("[")
    card(page, made["other"]).focus()
    page.keyboard.press("]")
    page.keyboard.press("Control+Enter")
    assert ", Keyframes, " in newest_after(page, before)


def test_a_step_on_its_way_is_not_overtaken(
    opened: tuple[Page, Complaints], made: dict[str, str]
) -> None:
    page, _ = opened

    def late(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/create/", late)
    before = page.locator("article").count()
    card(page, made["image"]).focus()
    page.keyboard.press("[")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    assert ", Image to video, " in newest_after(page, before)
    page.wait_for_timeout(1000)
    assert page.locator("article").count() == before + 1


def test_card_is_dragged_onto_a_slot_and_the_ends_change_places(
    opened: tuple[Page, Complaints], made: dict[str, str]
) -> None:
    page, _ = opened
    drag_card(page, made["image"], "end_frame")
    expect(lies_in(page, "end_frame")).to_have_value(f"generation:{made['image']}")
    page.get_by_role("button", name="Swap start and end").click()
    expect(lies_in(page, "start_frame")).to_have_value(f"generation:{made['image']}")
    expect(lies_in(page, "end_frame")).to_have_count(0)


def test_a_selection_is_dragged_as_one_and_each_finds_a_place(
    opened: tuple[Page, Complaints], made: dict[str, str]
) -> None:
    page, _ = opened
    for name in ("image", "other", "video"):
        card(page, made[name]).hover()
        card(page, made[name]).get_by_role("checkbox").check()
    badge = page.locator(".drop-badge")
    page.evaluate(
        "() => new MutationObserver(() => { window.badge ??= document.querySelector"
        "('.drop-badge')?.textContent }).observe(document.body, { childList: true })"
    )
    drag_card(page, made["other"], "start_frame")
    expect(lies_in(page, "start_frame")).to_have_value(f"generation:{made['image']}")
    expect(lies_in(page, "end_frame")).to_have_value(f"generation:{made['other']}")
    expect(page.get_by_text("2 of 3 have a place here.")).to_be_visible()
    assert page.evaluate("window.badge") == "3 selected"
    expect(badge).to_have_count(0)
    page.get_by_role("radio", name="Image", exact=True).check()
    expect(page.locator("#slot-image_ref")).to_be_visible()
    expect(lies_in(page, "image_ref")).to_have_count(0)
    drag_card(page, made["image"], "image_ref")
    expect(lies_in(page, "image_ref")).to_have_count(2)


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "kite.png"
    path.write_bytes(picture((320, 200)))
    return path


def test_a_dragged_card_sees_where_it_may_go_and_why_not_elsewhere(
    opened: tuple[Page, Complaints], made: dict[str, str]
) -> None:
    page, _ = opened
    page.goto("/t/northlight/")
    page.get_by_role("textbox", name="Prompt").focus()
    page.get_by_role("radio", name="Image", exact=True).check()
    expect(page.locator("#slot-style_ref")).to_be_visible()
    card(page, made["video"]).locator(".generation-card__open").hover()
    page.mouse.down()
    page.locator("#slot-style_ref").hover()
    page.locator("#slot-style_ref").hover(position={"x": 20, "y": 20})
    marked = page.locator("#slot-style_ref")
    expect(marked).to_have_attribute("data-word", "Style reference: its last frame")
    expect(marked).to_have_attribute("data-over", "")
    page.mouse.up()
    dialog = page.get_by_role("dialog", name="Choose a frame")
    expect(dialog.locator(".frame-picker__place")).to_have_text(re.compile(r"f(\d+)/\1$"))
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="Modify video", exact=True).check()
    source = page.locator("#slot-source")
    card(page, made["image"]).locator(".generation-card__open").hover()
    page.mouse.down()
    source.hover()
    source.hover(position={"x": 20, "y": 20})
    expect(source).to_have_attribute("data-word", "Takes a video")
    expect(source).to_have_attribute("data-drop", "no")
    page.mouse.up()
    expect(source).not_to_have_attribute("data-drop", "no")
    expect(lies_in(page, "source")).to_have_count(0)


def test_a_file_is_dropped_on_a_slot_and_its_twin_is_uploaded(
    opened: tuple[Page, Complaints], photo: Path
) -> None:
    page, _ = opened
    slot = page.locator("#slot-end_frame")
    steps = drag(page, slot, files=[str(photo)])
    next(steps)
    expect(slot).to_have_attribute("data-word", "End frame")
    next(steps)
    expect(lies_in(page, "end_frame")).to_have_value(re.compile("^upload:"))
    page.locator('#slot-start_frame input[type="file"]').set_input_files(photo)
    expect(lies_in(page, "start_frame")).to_have_value(re.compile("^upload:"))


def test_an_address_is_dropped_on_a_slot_and_its_twin_is_typed(
    opened: tuple[Page, Complaints],
) -> None:
    page, _ = opened
    url = "https://example.com/kite.png"
    steps = drag(page, page.locator("#slot-start_frame"), **address(url))
    next(steps), next(steps)
    expect(lies_in(page, "start_frame")).to_have_value(f"url:{url}")
    slot = page.get_by_role("group", name="End frame")
    slot.get_by_role("button", name="Paste address").press("Enter")
    page.locator("#slot-end_frame-url").fill(url)
    page.keyboard.press("Enter")
    expect(lies_in(page, "end_frame")).to_have_value(f"url:{url}")


def test_a_picture_is_pasted_into_a_slot_and_anywhere(
    opened: tuple[Page, Complaints],
) -> None:
    page, _ = opened
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(
        """async () => {
          const still = Object.assign(document.createElement('canvas'), {width: 320, height: 200});
          const blob = await new Promise((done) => still.toBlob(done, 'image/png'));
          await navigator.clipboard.write([new ClipboardItem({'image/png': blob})]);
        }"""
    )
    page.get_by_role("textbox", name="Prompt").focus()
    page.locator("#slot-end_frame").get_by_role("button", name="Choose from library").focus()
    page.keyboard.press("Control+v")
    expect(lies_in(page, "end_frame")).to_have_value(re.compile("^upload:"))
    page.get_by_role("textbox", name="Prompt").focus()
    page.keyboard.press("Control+v")
    expect(page.get_by_text("Pasted: it goes into Start frame")).to_be_visible()
    expect(lies_in(page, "start_frame")).to_have_value(re.compile("^upload:"))


def test_what_is_dropped_beside_the_slots_goes_somewhere_in_a_word_and_the_page_stays(
    opened: tuple[Page, Complaints], photo: Path, tmp_path: Path
) -> None:
    page, _ = opened
    notes = tmp_path / "notes.txt"
    notes.write_text("words")
    places = {"/t/northlight/": "Start frame", "/t/northlight/create/": "End frame"}
    for path, label in places.items():
        page.goto(path)
        steps = drag(page, page.get_by_role("heading", level=1), files=[str(photo)])
        next(steps)
        expect(page.locator("#drop")).to_have_text(f"Drop it anywhere: it goes into {label}")
        next(steps)
        slot = label.lower().replace(" ", "_")
        expect(lies_in(page, slot)).to_have_value(re.compile("^upload:"))
        steps = drag(page, page.get_by_role("heading", level=1), files=[str(notes)])
        next(steps)
        words = "Nothing here takes it: Takes pictures and videos only"
        expect(page.locator("#drop")).to_have_text(words)
        next(steps)
        assert page.url.endswith(path)
        expect(page.locator("#drop")).to_be_hidden()


def test_files_dropped_on_the_form_of_a_chain_come_at_its_end(
    opened: tuple[Page, Complaints], photo: Path
) -> None:
    page, _ = opened
    page.goto("/t/northlight/chains/new/")
    steps = drag(page, page.get_by_role("heading", level=1), files=[str(photo), str(photo)])
    next(steps)
    expect(page.locator("#drop")).to_have_text("Drop it anywhere: it comes at the end of the chain")
    next(steps)
    expect(page.locator(".chain-items__item")).to_have_count(2)
    page.locator("#chain-file").set_input_files(photo)
    expect(page.locator(".chain-items__item")).to_have_count(3)


def test_two_images_to_keyframes_in_two_drags_and_a_press(
    opened: tuple[Page, Complaints], made: dict[str, str]
) -> None:
    page, _ = opened
    before = page.locator("article").count()
    for name, slot in (("image", "start_frame"), ("other", "end_frame")):
        drag_card(page, made[name], slot)
    page.get_by_role("button", name="Generate").click()
    assert ", Keyframes, " in newest_after(page, before)


def test_any_frame_of_a_video_becomes_an_end(
    opened: tuple[Page, Complaints], made: dict[str, str]
) -> None:
    page, _ = opened
    card(page, made["video"]).hover()
    card(page, made["video"]).get_by_role("button", name="More").click()
    card(page, made["video"]).get_by_role("button", name="Use a frame…").click()
    dialog = page.get_by_role("dialog", name="Choose a frame")
    expect(dialog).to_be_visible()
    assert axe_violations(page) == []
    dialog.get_by_role("button", name="Next frame").click()
    dialog.get_by_role("button", name="End frame").click()
    expect(lies_in(page, "end_frame")).to_have_value(re.compile("^upload:"), timeout=20_000)
    expect(page.get_by_role("radio", name="Image to video", exact=True)).to_be_checked()
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize(("theme", "width"), [("dark", 1440), ("light", 390)])
def test_the_frame_on_show_on_a_page_becomes_a_start_by_keyboard(
    opened: tuple[Page, Complaints], made: dict[str, str], theme: str, width: int
) -> None:
    page, _ = opened
    page.set_viewport_size({"width": width, "height": 844})
    page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
    page.goto(f"/t/northlight/g/{made['video']}/")
    page.wait_for_function("document.querySelector('st-player video').readyState > 1")
    for _ in range(5):
        page.keyboard.press(".")
    button = page.get_by_role("button", name="Use this frame…")
    button.press("Enter")
    dialog = page.get_by_role("dialog", name="Choose a frame")
    expect(dialog.locator(".frame-picker__place")).to_have_text(re.compile(r"f6/120$"))
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    button.press("Enter")
    dialog.get_by_role("button", name="Start frame").press("Enter")
    expect(lies_in(page, "start_frame")).to_have_value(re.compile("^upload:"), timeout=20_000)
    assert page.url.endswith("/create/") or "/create/?" in page.url
    expect(page.get_by_role("radio", name="Image to video", exact=True)).to_be_checked()


def test_uploaded_video_offers_its_last_frame(
    opened: tuple[Page, Complaints], own_studio: Studio
) -> None:
    page, _ = opened
    files = (one for one in own_studio.folder.rglob("*.mp4") if one.stat().st_size > 20_000)
    page.locator('#slot-start_frame input[type="file"]').set_input_files(next(files))
    page.get_by_role("button", name="Use its last frame").click(timeout=30_000)
    expect(page.locator("#slot-start_frame .field__error")).to_have_count(0, timeout=20_000)
    expect(page.get_by_role("radio", name="Image to video", exact=True)).to_be_checked()


def test_reframe_follows_its_ratio_and_is_sent(
    opened: tuple[Page, Complaints], made: dict[str, str]
) -> None:
    page, _ = opened
    page.goto(f"/t/northlight/create/?kind=reframe_video&source=generation:{made['video']}")
    page.get_by_role("combobox", name="Aspect ratio").select_option("9:16")
    expect(page.locator("#reframe")).to_have_attribute("data-width", "720")
    page.get_by_role("button", name="Top third").click()
    expect(page.get_by_label("Y start")).not_to_have_value("")
    page.get_by_role("button", name="Generate").click()
    assert ", Reframe video, " in newest_after(page, 0)


def test_every_setting_works_by_keyboard_alone(
    opened: tuple[Page, Complaints], made: dict[str, str]
) -> None:
    page, _ = opened
    page.get_by_role("textbox", name="Prompt").focus()
    page.get_by_role("radio", name="Text to video", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Image to video", exact=True)).to_be_checked()
    slot = page.get_by_role("group", name="Start frame")
    slot.get_by_role("button", name="Choose from library").press("Enter")
    page.locator(f'.picker__item[value$="{made["other"]}"]').press("Enter")
    expect(lies_in(page, "start_frame")).to_have_value(f"generation:{made['other']}")
    slot.get_by_role("button", name="Clear").press("Enter")
    expect(lies_in(page, "start_frame")).to_have_count(0)


def test_pasted_address_gets_its_verdict_and_the_price_follows(
    opened: tuple[Page, Complaints], own_studio: Studio, made: dict[str, str]
) -> None:
    page, _ = opened
    page.goto("/t/northlight/create/?kind=image_to_video")
    slot = page.get_by_role("group", name="Start frame")
    paste(slot, f"{here(own_studio)}/healthz")
    said = page.locator("#slot-start_frame .slot__check")
    expect(said).to_contain_text("The address answered with a page, not with a picture.")
    assert axe_violations(page) == []
    assert page.locator("#composer-checks > *").count() == 0
    slot.get_by_role("button", name="Clear").click()
    expect(said).to_have_count(0)
    with page.expect_response("**/create/quote/**"):
        paste(slot, public(own_studio, made["image"]))
        expect(said).to_contain_text("Luma can open it: JPEG,")
    assert axe_violations(page) == []


def paste(slot: Locator, address: str) -> None:
    slot.get_by_role("button", name="Paste address").click()
    slot.get_by_role("textbox", name="Address of the picture").fill(address)
    slot.get_by_role("button", name="Use this address").click()


def public(studio: Studio, uuid: str) -> str:
    """The address that Luma is given for a result, for a day."""
    code = (
        "from datetime import timedelta; from generations.media import store;"
        "from generations.models import Generation;"
        f"row = Generation.objects.get(uuid='{uuid}');"
        f"print(store.signed_address(row.original, '{here(studio)}', timedelta(days=1)))"
    )
    return studio.manage("shell", "--verbosity", "0", "-c", code).strip().splitlines()[-1]


def here(studio: Studio) -> str:
    """The studio's own origin as the sandbox reaches it."""
    return studio.base.replace("localhost", "127.0.0.1")
