"""Polling brings news and disturbs nothing."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit

COMPLETIONS = 20


def test_a_playing_video_is_never_restarted(visit: Visit) -> None:
    page = visit.open("/")
    prompt = page.get_by_role("textbox", name="Prompt")
    generate = page.get_by_role("button", name=re.compile("^Generate"))
    prompt.fill("The clip that plays meanwhile")
    page.get_by_role("combobox", name="Resolution").select_option("540p")
    generate.click()
    card = page.get_by_role("article", name=re.compile("^The clip that plays.*Completed")).first
    expect(card).to_be_visible(timeout=60_000)
    page.mouse.move(0, 0)
    card.focus()
    page.keyboard.press("Space")
    video = card.locator("video")
    expect(video).to_have_count(1, timeout=5_000)
    video.evaluate(
        """(video) => {
          video.loop = true;
          window.watched = video;
          window.restarts = [];
          for (const name of ['emptied', 'abort', 'loadstart', 'pause']) {
            video.addEventListener(name, () => window.restarts.push(name));
          }
        }"""
    )
    already = page.locator("article[data-state=completed]").count()
    page.get_by_role("radio", name="Image", exact=True).evaluate("(one) => one.click()")
    expect(page.get_by_role("button", name=re.compile(r"^Generate.*\$0\.02"))).to_be_visible()
    for number, batch in enumerate((8, 8, 4)):
        page.get_by_role("spinbutton", name="Variations").fill(str(batch))
        prompt.fill(f"Still pictures of a harbour, {number}")
        price = re.compile(rf"^Generate.*\${batch * 0.0172229:.2f}")
        button = page.get_by_role("button", name=price)
        expect(button).to_be_visible()
        button.evaluate("(one) => one.click()")
        expect(
            page.get_by_role("article", name=re.compile(f"^Still pictures of a harbour, {number}"))
        ).not_to_have_count(0)
    expect(page.locator("article[data-state=completed]")).to_have_count(
        already + COMPLETIONS, timeout=120_000
    )
    result = page.evaluate(
        "() => ({same: document.contains(window.watched), restarts: window.restarts,"
        " paused: window.watched.paused, at: window.watched.currentTime})"
    )
    assert result["restarts"] == []
    assert result["same"]
    assert not result["paused"]
    visit.complaints.none()


def test_nothing_is_asked_when_nothing_is_in_progress(visit: Visit) -> None:
    page = visit.open("/t/northlight/")
    expect(page.locator("article[data-busy]")).to_have_count(0, timeout=60_000)
    page.clock.install()
    visit.open("/t/northlight/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(60_000)
    assert [url for url in asked if "/changes/" in url] == []
    page.locator("st-poller").evaluate("(poller) => { poller.dataset.every = 2000 }")
    page.clock.run_for(5_000)
    page.wait_for_timeout(200)
    assert [url for url in asked if "/changes/" in url] != [], "this clock drives the poller"
