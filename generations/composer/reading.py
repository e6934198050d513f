"""Reading the posted form: its settings, inputs, weights and files as a draft."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from generations.models import Kind
from generations.recipes.choice import InputChoice, read_reference
from generations.recipes.draft import FIRST_KIND, Draft
from generations.recipes.kinds import KINDS, KindEntry, Slot
from generations.recipes.kinds.settings import Shape
from studio.errors import StudioError
from studio.forms import read_uuid

UNREAD = "What lay here could not be read. Choose it again."


class WrongFormat(StudioError):
    """The body of a request is not a form."""

    status = 415  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__("The studio reads forms only. Nothing was charged.")


def read_draft(data: QueryDict) -> Draft:
    """Read the composer. Raises nothing: values that cannot be read are left out."""
    kind = data.get("kind", "")
    entry = KINDS[Kind(kind) if kind in KINDS else FIRST_KIND]
    given: dict[str, Any] = {"prompt": data["prompt"]} if "prompt" in data else {}
    for setting in (one for kind in KINDS.values() for one in kind.settings):
        if setting.name in data:
            several = setting.shape == Shape.SEVERAL
            given[setting.name] = data.getlist(setting.name) if several else data[setting.name]
    return Draft(
        kind=entry.kind,
        settings=given,
        inputs=read_inputs(entry, data),
        variations=data.get("variations", 1),
        submit_key=read_uuid(data.get("submit_key")) or uuid4(),
        composition=read_uuid(data.get("composition")) or uuid4(),
        rows=data.get("rows", ""),
    ).with_weights(read_weights(entry, data))


def read_pressed(data: QueryDict) -> Draft:
    """Read a pressed form. What it leaves out, settings and count, is missing, not the default."""
    draft = read_draft(data)
    choices = (one.name for one in draft.entry.settings if one.shape == Shape.CHOICE)
    missing = {name: "" for name in choices if name not in data}
    count = data.get("variations", "")
    return replace(draft, settings={**draft.settings, **missing}, variations=count)


def read_weights(entry: KindEntry, data: QueryDict) -> dict[tuple[str, int], float | None]:
    """Read weights by slot and place. Text that is no number reads as -1, which is refused."""
    found: dict[tuple[str, int], float | None] = {}
    for slot in entry.slots:
        if slot.weight is None:
            continue
        for place, text in enumerate(data.getlist(f"{slot.name}_weight")):
            try:
                weight = float(text.strip().replace(",", "."))
            except ValueError:
                weight = -1.0
            found[slot.name, place] = weight if math.isfinite(weight) else -1.0
    return found


def read_inputs(entry: KindEntry, data: QueryDict) -> tuple[InputChoice, ...]:
    """Read the inputs of all slots: `generation:UUID`, `upload:UUID` or `url:…`."""
    return tuple(choice for slot in entry.slots for choice in _in_slot(slot, data))


def _in_slot(slot: Slot, data: QueryDict) -> list[InputChoice]:
    """Return the inputs of one slot. An address that was typed beside it takes the last place."""
    named = (read_reference(slot.name, text) for text in data.getlist(slot.name))
    found = [choice for choice in named if choice is not None]
    address = data.get(f"{slot.name}_url", "").strip()
    if address:
        return [*found[: slot.most - 1], InputChoice(slot.name, url=address)]
    return found


def unread_slots(entry: KindEntry, data: QueryDict) -> dict[str, str]:
    """Return a problem for each slot with a reference that `read_inputs` could not read."""
    named = {slot.name: data.getlist(slot.name) for slot in entry.slots}
    return {
        name: UNREAD
        for name, texts in named.items()
        if any(text and read_reference(name, text) is None for text in texts)
    }


def read_files(entry: KindEntry, files: Mapping[str, Any]) -> "dict[str, UploadedFile[bytes]]":
    """Return the posted files by slot. With JavaScript they are uploads before the press."""
    found = {slot.name: files.get(f"{slot.name}_file") for slot in entry.slots}
    return {name: file for name, file in found.items() if file}
