"""Steps that take up something kept: a prompt, settings, a preset, what stood there before."""

from dataclasses import replace

from generations import access
from generations.actions import drafts
from generations.recipes.draft import Draft
from generations.recipes.draft_json import draft_in
from generations.recipes.kinds import FRAME_KINDS
from generations.recipes.recipe import Recipe, recipe_of
from studio.forms import read_uuid
from studio.teams.access import Seat

LISTS = ("history", "presets")
"""Lists that a step opens under the composer, for browsers without JavaScript."""


def recall(seat: Seat, draft: Draft, step: str, name: str) -> Draft | None:
    """Take up what a step names; None where it is no such step."""
    if step == "new":
        return Draft(draft.kind)
    uuid = read_uuid(name)
    if step == "settings" and uuid:
        return with_settings(draft, recipe_of(access.usable_generation(seat, uuid)))
    if step == "prompt" and uuid:
        return with_prompt(draft, access.usable_prompt(seat, uuid).text)
    if step == "preset" and uuid:
        return draft_in(access.usable_preset(seat, uuid).content)
    if step == "undo":
        row = drafts.bring_back(seat)
        return draft if row is None else draft_in(row.content, row.composition)
    return None


def with_prompt(draft: Draft, prompt: str) -> Draft:
    """The draft with another prompt; everything else stays."""
    return replace(draft, settings={**draft.settings, "prompt": prompt}).as_composition()


def with_settings(draft: Draft, recipe: Recipe) -> Draft:
    """The draft with a recipe's kind and settings; its own prompt, inputs and count stay.

    Between kinds that follow from the two ends, the ends that lie there decide.
    """
    kind = draft.kind if {draft.kind, recipe.kind} <= set(FRAME_KINDS) else recipe.kind
    prompt = draft.settings.get("prompt", "")
    taken = replace(draft, kind=kind, settings={**recipe.settings, "prompt": prompt})
    return taken.as_composition()
