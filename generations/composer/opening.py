"""Opening the composer: as its person left it, as an address asks for, or after a step in it."""

from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from generations.composer.form import ComposerForm
from generations.composer.frames import FrameSource, take_frame
from generations.composer.press import take_files
from generations.composer.reading import read_draft
from generations.composer.recall import LISTS
from generations.composer.saved import keep, keep_posted, opened
from generations.composer.steps import StepResult, apply_step, as_left, kind_with, settle
from generations.models import SavedDraft
from generations.models.saved import is_blank
from generations.pages.composer import ShownComposer
from generations.pages.slots import slot_problems
from generations.recipes.draft import Draft
from generations.recipes.draft_json import content_of
from generations.recipes.recipe import InputChoice
from generations.spending.queries import Balance
from studio.teams.access import Seat

BESIDE = frozenset({"open", "q", "after"})
"""What an address may say of the lists beside the composer."""


def open_composer(seat: Seat, query: QueryDict, balance: Balance | None) -> ShownComposer:
    """The composer of a page: what the address asks for, else as it was left. Writes nothing.

    One query for the draft, and one for each input.
    """
    asked = set(query) - BESIDE
    left, row = opened(seat) if "from" in query or not asked else (read_draft(query), None)
    step = apply_step(seat, left, query) if asked else as_left(seat, left)
    step.opened = next((name for name in LISTS if name == query.get("open")), "")
    composer = _composer(seat, step, balance)
    composer.focus = bool({"from", "starter"} & asked)
    composer.undo = _undoable(row, step.draft)
    return composer


def take_step(
    seat: Seat,
    data: QueryDict,
    files: MultiValueDict[str, Any],
    query: QueryDict,
    balance: Balance | None,
) -> ShownComposer:
    """The composer after a step that was posted from it, or from a card beside it.

    What stood in it is kept first, so that a step which fails loses nothing; then what came of it.
    """
    posted = read_draft(data)
    keep_posted(seat, data)
    draft, wrong = take_files(seat, posted, files)
    step = apply_step(seat, draft, query, data.get("do", ""))
    row = keep(seat, step.draft)
    composer = _composer(seat, step, balance)
    composer.form.said.update(wrong)
    composer.focus = step.draft.composition != posted.composition
    replaced = composer.focus and content_of(step.draft) != content_of(posted)
    composer.undo = _undoable(row, step.draft, replaced=replaced)
    return composer


def put_frame(
    seat: Seat,
    data: QueryDict,
    footage: FrameSource,
    milliseconds: int,
    slot: str,
    balance: Balance | None,
) -> ShownComposer:
    """The composer with one frame of a video in a slot; without a slot it is only an upload.

    The composer is the one that was posted, kept before anything can fail, else as it was left.
    """
    keep_posted(seat, data)
    draft = read_draft(data) if "composition" in data else opened(seat)[0]
    upload = take_frame(seat, footage, milliseconds)
    if slot:
        draft = kind_with(draft, slot).put(InputChoice(slot, upload=upload))
    step = settle(seat, draft)
    keep(seat, step.draft)
    return _composer(seat, step, balance)


def _composer(seat: Seat, step: StepResult, balance: Balance | None) -> ShownComposer:
    composer = ShownComposer(seat, step.draft, balance, ComposerForm(step.draft))
    composer.found = step.found
    composer.form.said.update(slot_problems(step.found))
    composer.picking, composer.opened = step.picking, step.opened
    return composer


def _undoable(row: SavedDraft | None, draft: Draft, *, replaced: bool = False) -> bool:
    """Whether to offer what stood there before: right after it went, and while nothing does."""
    if row is None or row.before is None or row.composition != draft.composition:
        return False
    return replaced or is_blank(row.content)
