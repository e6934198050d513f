"""Every kind in the composer with real input events: few actions, nothing for axe to find."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from generations.kinds import KINDS
from tests.browser.conftest import (
    Complaints,
    Studio,
    axe_violations,
    new_page,
    start_studio,
    stop_studio,
    welcome,
)

WIDTHS = (1440, 390)
THEMES = ("dark", "light")
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
        "other": make(page, own_studio, "image", "A harbour at dawn"),
        "video": make(page, own_studio, "text_to_video", "Waves under a cliff"),
    }
    (folder / "made.json").write_text(json.dumps(made))
    context.storage_state(path=folder / "state.json")
    context.close()
    return folder


def make(page: Page, studio: Studio, kind: str, prompt: str) -> str:
    page.goto(f"{studio.base}/t/northlight/create/?kind={kind}")
    page.get_by_role("textbox", name="Prompt").fill(prompt)
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
    page.goto("/t/northlight/")
    yield page, complaints
    complaints.none()
    context.close()


def card(page: Page, uuid: str) -> Locator:
    return page.locator(f'article[data-generation="{uuid}"]')


def newest_after(page: Page, count: int) -> str:
    """What the newest card is called once there is one more."""
    page.locator("article").nth(count).wait_for()
    return str(page.locator("article").first.get_attribute("aria-label"))


def lies_in(page: Page, slot: str) -> Locator:
    return page.locator(f'#slot-{slot} input[name="{slot}"]')


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_kind_fits_and_has_no_axe_finding(
    opened: tuple[Page, Complaints], made: dict[str, str], width: int, theme: str
) -> None:
    page, _ = opened
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
    named = {name: f"generation:{uuid}" for name, uuid in made.items()}
    wrong = []
    for kind, entry in KINDS.items():
        page.goto(f"/t/northlight/create/?kind={kind}&{SLOTS.get(kind, '').format(**named)}")
        expect(page.get_by_role("radio", name=entry.label, exact=True)).to_be_checked()
        expect(page.get_by_role("button", name=re.compile("^Generate .*[$]"))).to_be_enabled()
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        wrong += [f"{kind} at {width} {theme}: {said}" for said in axe_violations(page)]
        wrong += [f"{kind} at {width}: {wide} px too wide"] if wide > 0 else []
    assert wrong == []


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
    picture = card(page, made["image"]).locator(".generation-card__open")
    picture.drag_to(page.locator("#slot-end_frame"))
    expect(lies_in(page, "end_frame")).to_have_value(f"generation:{made['image']}")
    page.get_by_role("button", name="Swap start and end").click()
    expect(lies_in(page, "start_frame")).to_have_value(f"generation:{made['image']}")
    expect(lies_in(page, "end_frame")).to_have_count(0)


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
    said = page.locator("#slot-start_frame .slot__verdict")
    expect(said).to_contain_text("The address answered with a page, not with a picture.")
    assert axe_violations(page) == []
    assert page.locator("#composer-look > *").count() == 0
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
