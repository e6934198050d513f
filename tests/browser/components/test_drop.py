"""What st-drop says of slots while something is dragged over the page or pasted."""

import pytest
from playwright.sync_api import Page

from tests.browser.components.conftest import Look, static_size

SLOTS = """
<st-drop class="drop" id="drop" data-frames="/frames/" hidden></st-drop>
<st-slot class="slot" data-slot="start" data-label="Start frame" data-accepts="image">A</st-slot>
<st-slot class="slot" data-slot="clip" data-label="Clip" data-accepts="clip">B</st-slot>
"""
CARD = (
    '<article data-generation="1" data-media="{media}" data-state="{state}" {more}>Card</article>'
)
DRAG = """([type, kind]) => {
  const target = document.querySelector(kind ? 'main' : 'article');
  const dataTransfer = new DataTransfer();
  if (kind) dataTransfer.items.add(new File(['x'], 'x', { type: kind }));
  for (const name of kind ? [type] : ['dragstart', type])
    target.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer }));
  const slots = [...document.querySelectorAll('st-slot')];
  return slots.map(({ dataset }) => [dataset.drop, dataset.word]);
}"""
PASTE = """(kind) => {
  const told = [];
  document.addEventListener('toast', (event) => told.push(event.detail.sentence));
  for (const slot of document.querySelectorAll('st-slot')) slot.take = () => true;
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File(['x'], 'x', { type: kind }));
  const how = { bubbles: true, cancelable: true, clipboardData };
  document.body.dispatchEvent(new ClipboardEvent('paste', how));
  return told;
}"""


def marked(page: Page, kind: str = "") -> list[list[str]]:
    """Drag the card, or a file of this kind, over the page; what each slot then says."""
    found: list[list[str]] = page.evaluate(DRAG, ["dragenter", kind])
    return found


def card(media: str = "video", state: str = "completed", more: str = "") -> str:
    return CARD.format(media=media, state=state, more=more)


def test_a_usable_card_is_taken_where_its_media_fits(look: Look) -> None:
    page = look("drop", card() + SLOTS)
    assert marked(page) == [["yes", "Start frame: its last frame"], ["yes", "Clip"]]
    page = look("drop", card("image") + SLOTS)
    assert marked(page) == [["yes", "Start frame"], ["no", "Takes a video"]]


def test_a_card_that_cannot_be_used_says_why(look: Look) -> None:
    page = look("drop", card(more='data-unusable="It was moved to the trash"') + SLOTS)
    assert marked(page) == [["no", "It was moved to the trash"]] * 2


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("image/png", [["yes", "Start frame"], ["no", "Takes a video made here only"]]),
        ("text/plain", [["no", "Takes pictures and videos only"]] * 2),
    ],
)
def test_a_file_is_taken_by_its_type(look: Look, kind: str, said: list[list[str]]) -> None:
    page = look("drop", card() + SLOTS)
    assert marked(page, kind) == said


def test_what_is_pasted_says_where_it_went(look: Look) -> None:
    page = look("drop", SLOTS)
    assert page.evaluate(PASTE, "image/png") == ["Pasted: it goes into Start frame"]
    assert page.evaluate(PASTE, "text/plain") == ["Nothing here takes it: choose another kind"]
    page = look("drop", SLOTS.replace('data-slot="start"', 'data-goes="comes at the end"'))
    assert page.evaluate(PASTE, "image/png") == ["Pasted: it comes at the end"]


def test_it_is_small() -> None:
    assert static_size("js/st-drop.js") <= 4096
    assert static_size("css/drop.css") <= 1536
