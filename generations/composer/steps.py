"""Steps in the composer: another kind, another input, or another draft."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from generations import access
from generations.composer.frames import with_last_frame
from generations.composer.recall import RECALLS, with_prompt, with_settings
from generations.models import Generation, Kind
from generations.pages.starters import starter_named
from generations.recipes.check import Order, check, order_of
from generations.recipes.choice import InputChoice, read_reference
from generations.recipes.draft import Draft, draft_of
from generations.recipes.inputs import contents_of, find_inputs, require_found
from generations.recipes.kinds import FRAME_KINDS, KINDS, derive_kind
from generations.recipes.variables import escape
from studio.errors import StudioError
from studio.forms import read_count, read_uuid
from studio.teams.access import Seat

LISTS = ("history", "presets")
"""Lists that a step opens under the composer, for browsers without JavaScript."""

ONE_END = {Kind.EXTEND: "end_frame", Kind.EXTEND_BACKWARDS: "start_frame"}
"""Kinds with a clip in one of the two frame slots, and the slot that stays empty."""


@dataclass(frozen=True)
class StepResult:
    """The order of a draft after a step.

    `picking` is the slot whose picker the step opened; `opened` the list: history or presets.
    """

    order: Order
    picking: str = ""
    opened: str = ""

    @property
    def draft(self) -> Draft:
        return self.order.draft


def apply_step(seat: Seat, draft: Draft, query: QueryDict, do: str = "") -> StepResult:
    """Take one step in the composer.

    `query` names a result to start from (`from`, and `use` or `kind` and `slot`) or a starter;
    `do` is the pressed button: `name`, `name:slot` or `name:slot:reference`. Raises NotFound for
    objects that the person may not use.
    """
    starter = starter_named(query.get("starter", ""))
    if starter is not None:
        return StepResult(order_of(seat, starter.draft))
    source = read_uuid(query.get("from"))
    if source is not None:
        return _from_result(seat, draft, access.usable_generation(seat, source), query)
    name, _, rest = do.partition(":")
    slot, _, reference = rest.partition(":")
    if name in LISTS:
        return StepResult(order_of(seat, draft), opened=name)
    if name == "pick":
        return StepResult(order_of(seat, draft), picking=slot)
    if name in RECALLS:
        return StepResult(order_of(seat, RECALLS[name](seat, draft, slot)))
    if name in STEPS:
        return StepResult(order_of(seat, STEPS[name](seat, draft, slot, reference)))
    if name == "put":
        return _put(seat, draft, slot, reference)
    return StepResult(order_of(seat, draft) if name else _of_chosen_kind(seat, draft))


def _clear(seat: Seat, draft: Draft, slot: str, reference: str) -> Draft:
    return draft.clear(slot, read_count(reference))


def _swap(seat: Seat, draft: Draft, slot: str, reference: str) -> Draft:
    return draft.swapped()


def _last_frame(seat: Seat, draft: Draft, slot: str, reference: str) -> Draft:
    return with_last_frame(seat, draft, slot, read_count(reference) or 0)


STEPS: dict[str, Callable[[Seat, Draft, str, str], Draft]] = {
    "clear": _clear,
    "swap": _swap,
    "last": _last_frame,
}
"""Steps that change the inputs: from a seat, a draft, a slot and a reference to the new draft."""


def _put(seat: Seat, draft: Draft, slot: str, reference: str) -> StepResult:
    choice = read_reference(slot, reference)
    if choice is None:
        return StepResult(order_of(seat, draft))
    order = order_of(seat, kind_with(draft, slot).put(choice))
    require_found(one for one in order.inputs if one.choice == choice)
    return StepResult(order)


def kind_with(draft: Draft, slot: str) -> Draft:
    """Return the draft, as the first kind with this slot if its own has none."""
    if draft.entry.slot(slot) is not None:
        return draft
    for kind in (Kind.TEXT_TO_VIDEO, Kind.IMAGE, Kind.MODIFY_VIDEO):
        if KINDS[kind].slot(slot) is not None:
            return draft.of_kind(kind)
    return draft


def _of_chosen_kind(seat: Seat, draft: Draft) -> Order:
    """Return the order of a draft whose kind was chosen, without frames that this cannot have."""
    if draft.kind not in FRAME_KINDS:
        return order_of(seat, draft)
    inputs = find_inputs(seat, draft.entry, draft.inputs)
    for emptied in ((), ("end_frame",), ("start_frame",), ("start_frame", "end_frame")):
        left = [one for one in inputs if one.slot.name not in emptied]
        if derive_kind(draft.kind, contents_of(left)) == draft.kind:
            choices = tuple(one.choice for one in left)
            return check(replace(draft, inputs=choices), left)
    return check(draft, inputs)


def _from_result(seat: Seat, draft: Draft, source: Generation, query: QueryDict) -> StepResult:
    """Start from a result: with its prompt, its settings, its recipe, or itself as an input."""
    if query.get("use") == "prompt":
        return StepResult(order_of(seat, with_prompt(draft, escape(source.prompt))))
    slot, kind = query.get("slot", ""), query.get("kind", "")
    if slot and kind in KINDS:
        like = _like(source) if query.get("like") else {}
        filled = replace(draft.of_kind(Kind(kind)), settings={**draft.settings, **like})
        other = ONE_END.get(filled.kind)
        filled = filled.clear(other) if other else filled
        choice = InputChoice(slot, generation=source.uuid)
        return StepResult(order_of(seat, filled.put(choice)))
    if source.kind not in KINDS:
        raise StudioError("This kind cannot be made here.")
    recipe = draft_of(source)
    if query.get("use") == "settings":
        recipe = with_settings(draft, recipe)
    return StepResult(order_of(seat, recipe))


def _like(source: Generation) -> dict[str, Any]:
    """Return the settings that an extension takes over from its clip."""
    names = ("model", "aspect_ratio", "resolution")
    like = {name: getattr(source, name) for name in names if getattr(source, name)}
    return {**like, "prompt": escape(source.prompt)} if source.prompt else like
