"""Steps in the composer: another kind, something put into a slot or taken out of it."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from generations import access
from generations.composer.frames import with_last_frame
from generations.composer.recall import LISTS, recall, with_prompt, with_settings
from generations.models import Generation, Kind
from generations.pages.slots import Found, contents_in, look_up, require
from generations.pages.starters import starter_named
from generations.recipes.draft import Draft, draft_of
from generations.recipes.kinds import FRAME_KINDS, KINDS, derive_kind
from generations.recipes.recipe import InputChoice, read_reference, recipe_of
from generations.recipes.variables import escape
from studio.errors import StudioError
from studio.forms import read_count, read_uuid
from studio.teams.access import Seat

ONE_END = {Kind.EXTEND: "end_frame", Kind.EXTEND_BACKWARDS: "start_frame"}
"""Kinds with a clip at one end, and the end that is empty."""


@dataclass
class StepResult:
    """A composition after a step in it, with what was found in its slots.

    `opened` names the list that the step opened: history or presets.
    """

    draft: Draft
    found: list[Found]
    picking: str = ""
    opened: str = ""


def apply_step(seat: Seat, draft: Draft, query: QueryDict, do: str = "") -> StepResult:
    """Take one step in the composer: another kind, something put into or out of a slot.

    `query` names a result to start from (`from`, and `use` or `kind` and `slot`) or a starter;
    `do` is the button that was pressed. Raises NotFound for results that are not theirs.
    """
    starter = starter_named(query.get("starter", ""))
    if starter is not None:
        return as_left(seat, starter.draft)
    source = read_uuid(query.get("from"))
    if source is not None:
        return _from_result(seat, draft, access.usable_generation(seat, source), query)
    step, _, rest = do.partition(":")
    name, _, reference = rest.partition(":")
    if step in LISTS:
        return replace(as_left(seat, draft), opened=step)
    recalled = recall(seat, draft, step, name)
    if recalled is not None:
        return as_left(seat, recalled)
    if step == "clear":
        return settle(seat, draft.clear(name, read_count(reference)))
    if step == "swap":
        return settle(seat, draft.swapped())
    if step == "last":
        return settle(seat, with_last_frame(seat, draft, name, read_count(reference) or 0))
    if step == "pick":
        return replace(as_left(seat, draft), picking=name)
    choice = read_reference(name, reference) if step == "put" else None
    if choice is None and not step:
        return _as_chosen(seat, draft)
    if choice is not None:
        draft = kind_with(draft, name).put(choice)
    settled = settle(seat, draft)
    require(one for one in settled.found if one.choice is choice)
    return settled


def as_left(seat: Seat, draft: Draft) -> StepResult:
    """A composition as it is; nothing is rearranged."""
    return StepResult(draft, look_up(seat, draft))


def kind_with(draft: Draft, slot: str) -> Draft:
    """The draft, as another kind where its own has no such slot."""
    if draft.entry.slot(slot) is not None:
        return draft
    for kind in (Kind.TEXT_TO_VIDEO, Kind.IMAGE, Kind.MODIFY_VIDEO):
        if KINDS[kind].slot(slot) is not None:
            return draft.of_kind(kind)
    return draft


def settle(seat: Seat, draft: Draft) -> StepResult:
    """The kind follows what lies in the slots."""
    found = look_up(seat, draft)
    return StepResult(draft.fitting(contents_in(found)), found)


def _as_chosen(seat: Seat, draft: Draft) -> StepResult:
    """The slots follow the kind that was chosen: an end that it cannot have is emptied."""
    if draft.kind not in FRAME_KINDS:
        return as_left(seat, draft)
    for emptied in ((), ("end_frame",), ("start_frame",), ("start_frame", "end_frame")):
        kept = draft
        for name in emptied:
            kept = kept.clear(name)
        found = look_up(seat, kept)
        if derive_kind(kept.kind, contents_in(found)) == kept.kind:
            return StepResult(kept, found)
    return as_left(seat, draft)


def _from_result(seat: Seat, draft: Draft, source: Generation, query: QueryDict) -> StepResult:
    if query.get("use") == "prompt":
        return as_left(seat, with_prompt(draft, escape(source.prompt)))
    slot = query.get("slot", "")
    kind = query.get("kind", "")
    if slot and kind in KINDS:
        like = _like(source) if query.get("like") else {}
        settings = {**draft.settings, **like}
        filled = replace(draft.of_kind(Kind(kind)), settings=settings)
        other = ONE_END.get(filled.kind)
        filled = filled.clear(other) if other else filled
        return settle(seat, filled.put(InputChoice(slot, generation=source.uuid)))
    recipe = recipe_of(source)
    if recipe.kind not in KINDS:
        raise StudioError("This kind cannot be made here.")
    if query.get("use") == "settings":
        return as_left(seat, with_settings(draft, recipe))
    return as_left(seat, draft_of(recipe))


def _like(source: Generation) -> dict[str, Any]:
    """The settings that an extension takes over from its clip."""
    names = ("model", "aspect_ratio", "resolution")
    like = {name: getattr(source, name) for name in names if getattr(source, name)}
    return {**like, "prompt": escape(source.prompt)} if source.prompt else like
