"""Drafts as JSON of bounded size, and back: another release may have saved them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from generations.models import Kind
from generations.recipes.choice import read_reference
from generations.recipes.draft import Draft
from generations.recipes.inputs import LONGEST_ADDRESS
from generations.recipes.kinds import KINDS, SETTINGS, without_controls
from generations.recipes.variables import LARGEST_ROWS

LONGEST_SAVED_TEXT = 20_000
"""Characters of a prompt or a text setting that are saved: four times the longest prompt."""

LONGEST_VALUE = 100
MOST_VALUES = 50
MOST_INPUTS = 20
LONGEST_REFERENCE = LONGEST_ADDRESS + 100


def draft_to_json(draft: Draft) -> dict[str, Any]:
    """Return a draft as JSON, without submit key and composition. Long texts are cut."""
    settings = {name: _value(name, value) for name, value in draft.settings.items()}
    inputs = [
        {
            "slot": one.slot,
            "of": _text(one.reference, LONGEST_REFERENCE),
            "weight": one.weight,
        }
        for one in draft.inputs[:MOST_INPUTS]
    ]
    return {
        "kind": str(draft.kind),
        "settings": {name: value for name, value in settings.items() if value is not None},
        "inputs": inputs,
        "variations": _text(str(draft.variations), LONGEST_VALUE),
        **({"rows": _text(draft.rows, LARGEST_ROWS)} if draft.rows else {}),
    }


def draft_from_json(content: Mapping[str, Any], composition: UUID | None = None) -> Draft:
    """Return the draft of some JSON, without what this release does not know."""
    kind = content.get("kind")
    known = {"prompt", *SETTINGS}
    found = ((read_reference(one["slot"], one["of"]), one) for one in content.get("inputs", ()))
    draft = Draft(
        kind=Kind(kind) if kind in KINDS else Draft().kind,
        settings={k: v for k, v in content.get("settings", {}).items() if k in known},
        inputs=tuple(replace(choice, weight=one.get("weight")) for choice, one in found if choice),
        variations=content.get("variations", 1),
        rows=content.get("rows", ""),
    )
    return draft if composition is None else draft.as_composition(composition)


def _value(name: str, value: Any) -> Any:
    """Return a setting as JSON: numbers and booleans unchanged, texts cleaned and cut."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        setting = SETTINGS.get(name)
        long = name == "prompt" or (setting is not None and setting.shape == "text")
        return _text(value, LONGEST_SAVED_TEXT if long else LONGEST_VALUE)
    return [_text(str(one), LONGEST_VALUE) for one in list(value)[:MOST_VALUES]]


def _text(text: str, most: int) -> str:
    """Return a text without control characters, cut. Spaces stay: a person may still be typing."""
    return without_controls(text[: 2 * most])[0][:most]
