"""Opening the composer: as it was left, as an address asks for, or after a step."""

from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from generations.composer.files import take_files
from generations.composer.form import ComposerForm
from generations.composer.frames import FrameSource, take_frame
from generations.composer.reading import read_draft
from generations.composer.saved import left_draft, save_composer, save_posted
from generations.composer.steps import LISTS, StepResult, apply_step, kind_with
from generations.media.address_checks import check_addresses
from generations.models import SavedDraft
from generations.models.saved import is_blank
from generations.pages.composer import ShownComposer
from generations.recipes.check import order_of
from generations.recipes.choice import InputChoice
from generations.recipes.draft import Draft
from generations.recipes.draft_json import draft_to_json
from generations.recipes.inputs import find_inputs, input_problems
from generations.spending.queries import Balance
from studio.teams.access import Seat

BESIDE = frozenset({"open", "q", "after"})
"""Parameters of an address that concern the lists beside the composer, not the composer."""

RECIPES = frozenset({"from", "starter"})
"""What an address may name to bring its recipe into the composer."""


def open_composer(seat: Seat, query: QueryDict, balance: Balance | None) -> ShownComposer:
    """Return the composer of a page: as the address asks for, else as it was left.

    Writes nothing. One query for the draft, and two at most for its inputs.
    """
    asked = set(query) - BESIDE
    left, row = left_draft(seat) if "from" in query or not asked else (read_draft(query), None)
    step = apply_step(seat, left, query) if asked else StepResult(order_of(seat, left))
    composer = _composer(seat, step, balance)
    composer.opened = next((name for name in LISTS if name == query.get("open")), "")
    composer.focus = bool(RECIPES & asked)
    composer.undo = _undoable(row, step.draft)
    return composer


def take_step(
    seat: Seat,
    data: QueryDict,
    files: MultiValueDict[str, Any],
    query: QueryDict,
    balance: Balance | None,
) -> ShownComposer:
    """Return the composer after a step that was posted from it, or from a card beside it.

    Saves the draft after the step. Raises NotFound as `apply_step` does.
    """
    posted = read_draft(data)
    # Saved before the step, which may fail, so that nothing is lost.
    save_posted(seat, data)
    draft, problems = take_files(seat, posted, files)
    step = apply_step(seat, draft, query, data.get("do", ""))
    row = save_composer(seat, step.draft)
    composer = _composer(seat, step, balance)
    composer.form.said.update(problems)
    composer.focus = step.draft.composition != posted.composition
    composer.replaced = composer.focus or bool(RECIPES & set(query))
    lost = composer.focus and draft_to_json(step.draft) != draft_to_json(posted)
    composer.undo = _undoable(row, step.draft, replaced=lost)
    return composer


def put_frame(
    seat: Seat,
    data: QueryDict,
    video: FrameSource,
    milliseconds: int,
    slot: str,
    balance: Balance | None,
) -> ShownComposer:
    """Return the composer with one frame of a video in a slot; without a slot it is only stored.

    The composer is the posted one, else as it was left. Saves it before and after.
    """
    save_posted(seat, data)
    draft = read_draft(data) if "composition" in data else left_draft(seat)[0]
    upload = take_frame(seat, video, milliseconds)
    if slot:
        draft = kind_with(draft, slot).put(InputChoice(slot, upload=upload))
    step = StepResult(order_of(seat, draft))
    save_composer(seat, step.draft)
    return _composer(seat, step, balance)


def check_posted(seat: Seat, data: QueryDict) -> ShownComposer:
    """Return the posted composer after address checks of its inputs, which use the network."""
    draft = read_draft(data)
    inputs = find_inputs(seat, draft.entry, draft.inputs)
    check_addresses(one.check for one in inputs if one.check)
    order = order_of(seat, draft)
    composer = ShownComposer(seat, order, None, ComposerForm(order.draft))
    composer.checked = True
    return composer


def _composer(seat: Seat, step: StepResult, balance: Balance | None) -> ShownComposer:
    composer = ShownComposer(seat, step.order, balance, ComposerForm(step.draft))
    composer.form.said.update(input_problems(step.order.inputs))
    composer.picking, composer.opened = step.picking, step.opened
    return composer


def _undoable(row: SavedDraft | None, draft: Draft, *, replaced: bool = False) -> bool:
    """Whether to offer the draft before: after it was replaced, or while this one is blank."""
    if row is None or row.before is None or row.composition != draft.composition:
        return False
    return replaced or is_blank(row.content)
