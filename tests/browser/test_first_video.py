"""From the welcome link to a video that plays and seeks."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import (
    Studio,
    Visit,
    axe_violations,
    new_page,
    start_studio,
    stop_studio,
    welcome,
)

PLAYS = """async (video) => {
  video.muted = true;
  const first = video.currentTime;
  await video.play();
  await new Promise((done) => setTimeout(done, 700));
  const then = video.currentTime;
  video.pause();
  const seeked = new Promise((done) => video.addEventListener('seeked', done, {once: true}));
  video.currentTime = 4;
  await seeked;
  return {width: video.videoWidth, height: video.videoHeight, duration: video.duration,
          moved: then - first, at: video.currentTime};
}"""


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Studio]:
    """A studio of its own that nobody has opened yet."""
    running = start_studio(tmp_path / "var")
    yield running
    stop_studio(running.process)


def test_from_the_welcome_link_to_a_playing_video(fresh: Studio, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page, complaints = new_page(context)
    page.goto(fresh.welcome)
    assert axe_violations(page) == []
    welcome(page, fresh.welcome)
    page.get_by_role("textbox", name="Prompt").fill("A lighthouse over a stormy sea at dusk")
    generate = page.get_by_role("button", name=re.compile(r"^Generate.*\$0\.71"))
    expect(generate).to_be_visible()
    balance = page.get_by_text(re.compile(r"Balance\s+\$5,000\.00")).first
    expect(balance).to_be_visible()

    generate.click()
    card = page.get_by_role("article", name=re.compile("^A lighthouse over a stormy sea"))
    expect(card).to_be_visible()
    states = _states_until_completed(page)
    assert states[-1] == "completed"
    assert "dreaming" in states, states
    expect(page.get_by_text(re.compile(r"Balance\s+\$4,999\.29")).first).to_be_visible()

    card.get_by_role("link", name=re.compile("^Open")).click()
    video = page.locator("video")
    expect(video).to_have_count(1)
    seen = video.evaluate(PLAYS)
    assert (seen["width"], seen["height"]) == (1280, 720)
    assert seen["duration"] == pytest.approx(5, abs=0.1)
    assert seen["moved"] > 0.1
    assert seen["at"] == pytest.approx(4, abs=0.1)
    complaints.none()
    context.close()


def _states_until_completed(page: Page) -> list[str]:
    """Every state that the one card shows, in order, without a reload."""
    seen: list[str] = page.evaluate(
        """() => new Promise((done) => {
          const seen = [];
          const start = performance.now();
          const look = () => {
            const card = document.querySelector('article[data-generation]');
            const state = card && card.dataset.state;
            if (state && seen[seen.length - 1] !== state) seen.push(state);
            if (state === 'completed' || performance.now() - start > 60000) return done(seen);
            setTimeout(look, 20);
          };
          look();
        })"""
    )
    return seen


def test_a_used_welcome_link_opens_nothing(visit: Visit, browser: Browser) -> None:
    page, _ = new_page(browser.new_context())
    answer = page.goto(visit.studio.welcome)
    assert answer is not None
    assert answer.status == 404
    page.context.close()


def test_a_failing_prompt_says_why_and_that_it_was_refunded(visit: Visit) -> None:
    page = visit.open("/")
    page.get_by_role("textbox", name="Prompt").fill("fail: Frame moderation failed")
    page.get_by_role("button", name=re.compile("^Generate")).click()
    card = page.locator("article[data-state=failed]").first
    expect(card).to_be_visible(timeout=30_000)
    expect(card).to_contain_text("Refunded")
    visit.complaints.none()


def test_the_prompt_is_kept_when_it_is_refused(visit: Visit) -> None:
    page = visit.open("/")
    page.get_by_role("textbox", name="Prompt").fill("ab")
    page.get_by_role("button", name=re.compile("^Generate")).click()
    expect(page.get_by_role("alert").first).to_contain_text("At least 3 characters.")
    expect(page.get_by_role("textbox", name="Prompt")).to_have_value("ab")
    visit.complaints.none()


def test_a_double_click_makes_one_generation(visit: Visit) -> None:
    page = visit.open("/")
    before = page.locator("article[data-generation]").count()
    page.get_by_role("textbox", name="Prompt").fill("One click is one paid generation")
    page.get_by_role("button", name=re.compile("^Generate")).dblclick()
    cards = page.get_by_role("article", name=re.compile("^One click is one"))
    expect(cards.first).to_be_visible()
    page.wait_for_timeout(1500)
    page.reload()
    expect(page.get_by_role("article", name=re.compile("^One click is one"))).to_have_count(1)
    assert page.locator("article[data-generation]").count() == before + 1
    visit.complaints.none()


def test_a_picture_becomes_a_video(visit: Visit) -> None:
    page = visit.open("/")
    page.get_by_role("textbox", name="Prompt").focus()
    page.get_by_role("radio", name="Image", exact=True).check()
    page.get_by_role("textbox", name="Prompt").fill("A quiet lake between autumn hills")
    page.get_by_role("button", name=re.compile(r"^Generate.*\$0\.02")).click()
    card = page.get_by_role("article", name=re.compile("^A quiet lake.*Completed"))
    expect(card.first).to_be_visible(timeout=30_000)
    card.first.hover()
    card.first.get_by_role("button", name="Animate").click()
    expect(page.get_by_role("radio", name="Image to video")).to_be_checked()
    page.get_by_role("textbox", name="Prompt").fill("Ripples spread over the lake")
    expect(page.get_by_role("button", name=re.compile(r"^Generate.*\$0\.71"))).to_be_visible()
    page.get_by_role("combobox", name="Resolution").select_option("540p")
    page.get_by_role("button", name=re.compile(r"^Generate.*\$0\.40")).click()
    done = page.get_by_role("article", name=re.compile("^Ripples spread.*Completed"))
    expect(done.first).to_be_visible(timeout=60_000)
    visit.complaints.none()
