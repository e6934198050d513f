"""Dragging a card: a slot takes one that is usable as a source, and says why it refuses another."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from generations.models import State
from tests.browser.components.conftest import Look

SLOT = (
    '<st-slot class="slot" data-slot="start_frame" data-label="Start frame" data-accepts="image"'
    ' data-room="1"><div>Start frame</div></st-slot>'
)


def card(state: State) -> str:
    """What st-drop.js reads of a card."""
    why = state.facts.why_unusable
    unusable = f'data-unusable="{why}"' if why else ""
    return (
        f'<article data-generation="{state}" data-state="{state}" data-media="image" {unusable}>'
        f'<a href="/">{state.label}</a></article>'
    )


def opened(look: Look, state: State) -> tuple[Page, Locator]:
    page = look("drop", f'{card(state)}<div>{SLOT}</div><st-drop id="drop" hidden></st-drop>')
    slot = page.locator("st-slot")
    slot.evaluate("(slot) => { slot.fill = (given) => { slot.dataset.filled = given; }; }")
    return page, slot


@contextmanager
def dragged(page: Page, slot: Locator) -> Iterator[None]:
    """Drag the card's link over a slot and hold it there; drop it at the end."""
    page.get_by_role("link").hover()
    page.mouse.down()
    slot.hover()
    slot.hover()  # the first move begins the drag
    yield
    page.mouse.up()


@pytest.mark.parametrize("state", [state for state in State if not state.facts.usable_as_source])
def test_a_slot_says_why_it_refuses_a_card(look: Look, state: State) -> None:
    page, slot = opened(look, state)
    with dragged(page, slot):
        expect(slot).to_have_attribute("data-drop", "no")
        expect(slot).to_have_attribute("data-word", state.facts.why_unusable)
    expect(slot).not_to_have_attribute("data-drop", "no")
    assert slot.get_attribute("data-filled") is None


@pytest.mark.parametrize("state", [State.COMPLETED, State.STALLED, State.UNCONFIRMED])
def test_a_slot_takes_a_card_that_is_or_may_be_finished(look: Look, state: State) -> None:
    page, slot = opened(look, state)
    with dragged(page, slot):
        expect(slot).to_have_attribute("data-drop", "yes")
    expect(slot).to_have_attribute("data-filled", f"generation:{state}")
