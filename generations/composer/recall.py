"""Steps that replace the draft: by a saved prompt, a preset, the draft before, or a new one."""

from collections.abc import Callable
from dataclasses import replace

from generations import access
from generations.actions import drafts
from generations.recipes.draft import Draft, draft_of
from generations.recipes.draft_json import draft_from_json
from generations.recipes.kinds import FRAME_KINDS
from studio.forms import read_uuid
from studio.teams.access import Seat


def _new(seat: Seat, draft: Draft, name: str) -> Draft:
    return Draft(draft.kind)


def _settings(seat: Seat, draft: Draft, name: str) -> Draft:
    uuid = read_uuid(name)
    if uuid is None:
        return draft
    return with_settings(draft, draft_of(access.usable_generation(seat, uuid)))


def _prompt(seat: Seat, draft: Draft, name: str) -> Draft:
    uuid = read_uuid(name)
    return with_prompt(draft, access.usable_prompt(seat, uuid).text) if uuid else draft


def _preset(seat: Seat, draft: Draft, name: str) -> Draft:
    uuid = read_uuid(name)
    return draft_from_json(access.usable_preset(seat, uuid).content) if uuid else draft


def _undo(seat: Seat, draft: Draft, name: str) -> Draft:
    row = drafts.restore_draft(seat)
    return draft if row is None else draft_from_json(row.content, row.composition)


RECALLS: dict[str, Callable[[Seat, Draft, str], Draft]] = {
    "new": _new,
    "settings": _settings,
    "prompt": _prompt,
    "preset": _preset,
    "undo": _undo,
}
"""The steps by name: each returns another draft from a seat, the draft and a uuid.

They raise NotFound for an object that is gone. Text that is no uuid leaves the draft as it is.
"""


def with_prompt(draft: Draft, prompt: str) -> Draft:
    """Return the draft with another prompt; everything else stays."""
    return replace(draft, settings={**draft.settings, "prompt": prompt}).as_composition()


def with_settings(draft: Draft, recipe: Draft) -> Draft:
    """Return the draft with the kind and settings of another; prompt, inputs and count stay."""
    # Kinds that follow from start and end frame stay: there the inputs decide.
    kind = draft.kind if {draft.kind, recipe.kind} <= set(FRAME_KINDS) else recipe.kind
    prompt = draft.settings.get("prompt", "")
    taken = replace(draft, kind=kind, settings={**recipe.settings, "prompt": prompt})
    return taken.as_composition()
