"""The composer's form: from posted text to a recipe, with every reason at its field."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from generations.actions import InputChoice, Recipe
from generations.actions.submission import MOST_VARIATIONS
from generations.kinds import (
    KINDS,
    Field,
    KindEntry,
    Slot,
    clean_prompt,
    derive_kind,
    without_controls,
)
from generations.kinds.entry import Contents
from generations.kinds.fields import Shape
from generations.models import Kind
from generations.variables import Expansion, escape, expand
from studio.errors import StudioError

FIRST_KIND = Kind.TEXT_TO_VIDEO
UNKNOWN_KIND = "This cannot be made here. Choose one of the list."
OLD_FORM = "This form is too old. Check and send again."
SENT_TWICE = "This was sent twice. Choose once and send again."
UNREAD = "What lay here could not be read. Choose it again."
VARIATIONS = f"1 to {MOST_VARIATIONS}."


class WrongFormat(StudioError):
    """A form that is not a form."""

    status = 415  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__("The studio reads forms only. Nothing was charged.")


@dataclass(frozen=True)
class Draft:
    """What stands in a composer, sent or not. Settings are as typed; nothing is checked.

    `rows` is the text of a table whose columns the prompt may name. `composition` stays the same
    while one thing is written, changed and sent again; what takes its place is another.
    """

    kind: Kind = FIRST_KIND
    settings: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[InputChoice, ...] = ()
    variations: int | str = 1
    submit_key: UUID = field(default_factory=uuid4)
    composition: UUID = field(default_factory=uuid4)
    rows: str = ""

    @property
    def entry(self) -> KindEntry:
        """The kind's row in the table."""
        return KINDS[self.kind]

    @cached_property
    def expansion(self) -> Expansion:
        """The prompts that its prompt and rows stand for; one where the kind takes no prompt."""
        prompt = clean_prompt(str(self.settings.get("prompt", "")))[0]
        if not self.entry.takes_prompt:
            return Expansion((prompt,))
        return expand(prompt, without_controls(self.rows)[0], most=settings.MOST_PER_PRESS)

    def in_slot(self, name: str) -> list[InputChoice]:
        """What lies in one slot, in order."""
        return [choice for choice in self.inputs if choice.slot == name]

    def put(self, choice: InputChoice) -> "Draft":
        """Return the draft with something more in a slot; a full slot gives way."""
        slot = self.entry.slot(choice.slot)
        if slot is None:
            return self
        kept = self.in_slot(slot.name)
        room = kept[: slot.most - 1] if slot.most > 1 else []
        others = tuple(other for other in self.inputs if other.slot != slot.name)
        return replace(self, inputs=(*others, *room, choice))

    def clear(self, name: str, place: int | None = None) -> "Draft":
        """Return the draft with an empty slot, or without what lies at one place in it."""
        kept = self.in_slot(name)
        gone = kept if place is None else kept[place : place + 1]
        return replace(
            self, inputs=tuple(one for one in self.inputs if not any(one is old for old in gone))
        )

    def exchange(self, name: str, place: int, choice: InputChoice) -> "Draft":
        """Return the draft with something else at one place of a slot."""
        kept = self.in_slot(name)
        old = kept[place] if place < len(kept) else None
        return replace(self, inputs=tuple(choice if one is old else one for one in self.inputs))

    def swapped(self) -> "Draft":
        """Return the draft with its two ends exchanged."""
        other = {"start_frame": "end_frame", "end_frame": "start_frame"}
        return replace(
            self,
            inputs=tuple(replace(one, slot=other.get(one.slot, one.slot)) for one in self.inputs),
        )

    def of_kind(self, kind: Kind) -> "Draft":
        """Return the draft as another kind; what both know is kept."""
        return replace(self, kind=kind)

    def fitting(self, contents: Contents) -> "Draft":
        """Return the draft as the kind that its slots make of it."""
        return self.of_kind(derive_kind(self.kind, contents))

    def as_composition(self, composition: UUID | None = None) -> "Draft":
        """Return the draft under another composition, or as a new one."""
        return replace(self, composition=composition or uuid4())

    def weighed(self, weights: Mapping[tuple[str, int], float | None]) -> "Draft":
        """Return the draft with the weights of its inputs, by slot and place."""
        places: Counter[str] = Counter()
        inputs = []
        for one in self.inputs:
            weight = weights.get((one.slot, places[one.slot]), one.weight)
            inputs.append(replace(one, weight=weight))
            places[one.slot] += 1
        return replace(self, inputs=tuple(inputs))

    def dropped(self) -> list[str]:
        """Say which settings the kind does not have, and what stands there instead."""
        sentences = []
        for setting in self.entry.settings:
            value = self.settings.get(setting.name)
            known = dict(setting.choices)
            if not value or setting.shape != Shape.CHOICE or value in known:
                continue
            word = _words(setting.name).get(str(value), str(value))
            chosen = known[setting.default]
            sentences.append(f"{word} is not available for {self.entry.label}; using {chosen}.")
        return sentences


def _words(name: str) -> dict[str, str]:
    return {value: label for entry in KINDS.values() for value, label in entry.choices(name)}


def read_draft(data: QueryDict) -> Draft:
    """Read what stands in the composer. Never fails: what cannot be read is left out."""
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
    ).weighed(read_weights(entry, data))


def read_weights(entry: KindEntry, data: QueryDict) -> dict[tuple[str, int], float | None]:
    """Read the weights beside the inputs; one that is no number reads as -1, which is refused."""
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


def draft_of(recipe: Recipe) -> Draft:
    """A new composition with a recipe's settings and inputs; braces in its prompt stay braces."""
    prompt = escape(str(recipe.settings.get("prompt", "")))
    return Draft(recipe.kind, {**recipe.settings, "prompt": prompt}, recipe.inputs)


def read_inputs(entry: KindEntry, data: QueryDict) -> tuple[InputChoice, ...]:
    """Read the slots: references of the form generation:UUID, upload:UUID, or an address."""
    return tuple(choice for slot in entry.slots for choice in _in_slot(slot, data))


def _in_slot(slot: Slot, data: QueryDict) -> list[InputChoice]:
    """What lies in one slot; an address typed beside it takes the last place."""
    named = (read_reference(slot.name, text) for text in data.getlist(slot.name))
    found = [choice for choice in named if choice is not None]
    address = data.get(f"{slot.name}_url", "").strip()
    if address:
        return [*found[: slot.most - 1], InputChoice(slot.name, url=address)]
    return found


def read_reference(slot: str, text: str) -> InputChoice | None:
    """Read one reference, or None for what is not one."""
    source, _, rest = text.partition(":")
    if source == "url" and rest.strip():
        return InputChoice(slot, url=rest.strip())
    uuid = read_uuid(rest)
    if uuid is None or source not in ("generation", "upload"):
        return None
    return InputChoice(slot, **{source: uuid})  # type: ignore[arg-type]


def unread_slots(entry: KindEntry, data: QueryDict) -> dict[str, str]:
    """Name the slots with a reference that is none, for `read_inputs` leaves it out."""
    named = {slot.name: data.getlist(slot.name) for slot in entry.slots}
    return {
        name: UNREAD
        for name, texts in named.items()
        if any(text and read_reference(name, text) is None for text in texts)
    }


def write_reference(choice: InputChoice) -> str:
    """The inverse of `read_reference`."""
    if choice.generation:
        return f"generation:{choice.generation}"
    return f"upload:{choice.upload}" if choice.upload else f"url:{choice.url}"


def read_uuid(text: str | None) -> UUID | None:
    """Read a UUID, or None."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def read_place(text: str) -> int | None:
    """Read a place in a slot, counted from 0, or None for the whole slot."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else None


def read_files(entry: KindEntry, files: Mapping[str, Any]) -> "dict[str, UploadedFile[bytes]]":
    """The files that came with the form itself, by slot: the way without JavaScript."""
    found = {slot.name: files.get(f"{slot.name}_file") for slot in entry.slots}
    return {name: file for name, file in found.items() if file}


class RowsField(forms.Field):
    """A table as text, without control characters."""

    def to_python(self, value: Any) -> str:
        """Clean the text."""
        return without_controls(str(value or ""))[0]


class PromptField(forms.Field):
    """Text without control characters, counted as the API counts: in code points."""

    def to_python(self, value: Any) -> str:
        """Clean the text."""
        return clean_prompt(str(value or ""))[0]


class QuotedField(forms.IntegerField):
    """The price that stood on the button; what is no price is none, and is asked about."""

    def clean(self, value: Any) -> int | None:
        """Return micro-dollars or None."""
        try:
            micros: int | None = super().clean(value)
        except forms.ValidationError:
            return None
        return micros


class SettingField(forms.Field):
    """One setting of a kind, read and refused as its entry in the table says."""

    def __init__(self, setting: Field) -> None:
        widget: forms.Widget = forms.TextInput()
        if setting.shape == Shape.SEVERAL:
            widget = forms.SelectMultiple(choices=setting.choices)
        elif setting.shape == Shape.TICK:
            widget = forms.CheckboxInput()
        super().__init__(
            label=setting.label, required=False, widget=widget, help_text=setting.help_text
        )
        self.setting = setting
        self.choices = setting.choices

    def clean(self, value: Any) -> Any:
        """Return the typed value, or raise with the setting's sentence."""
        try:
            read = self.setting.read(value)
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from None
        if read is None and self.setting.choices:
            raise forms.ValidationError(self.setting.sentence)
        return read


class ComposerForm(forms.Form):
    """The fields of one kind, made from its entry in the table.

    Bound to a draft with `data`, it checks; without, it only shows. `removed` says whether
    invisible characters were taken out of the prompt. `agreed` is what a person agreed to who
    was asked once more.
    """

    submit_key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": OLD_FORM, "invalid": OLD_FORM}
    )
    quoted = QuotedField(widget=forms.HiddenInput, required=False)
    agreed = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, draft: Draft, data: QueryDict | None = None) -> None:
        self.draft = draft
        self.slot_errors: dict[str, str] = {}
        typed = {"variations": draft.variations, "rows": draft.rows}
        initial = {**draft.entry.defaults, **_kept(draft), **typed}
        super().__init__(data, initial=initial, auto_id=f"composer-{draft.kind}-%s")
        for name, kind in (("prompt", PromptField), ("rows", RowsField)):
            widget = forms.Textarea({"id": f"composer-{name}"})
            self.fields[name] = kind(required=False, widget=widget)
        for setting in draft.entry.settings:
            self.fields[setting.name] = SettingField(setting)
        self.fields["variations"] = forms.IntegerField(
            label="Variations",
            min_value=1,
            max_value=MOST_VARIATIONS,
            error_messages=dict.fromkeys(
                ("required", "invalid", "min_value", "max_value"), VARIATIONS
            ),
        )

    def clean(self) -> dict[str, Any]:
        """Refuse what came twice, a kind that is not offered, and variables that make no sense."""
        data = self.data
        several = {one.name for one in self.draft.entry.settings if one.shape == Shape.SEVERAL}
        for name in {"kind", *self.fields} - several:
            if isinstance(data, QueryDict) and len(data.getlist(name)) > 1:
                self.refuse({name: SENT_TWICE})
        if data.get("kind") not in KINDS:
            self.refuse({"kind": UNKNOWN_KIND})
        self.refuse(self.draft.expansion.problems)
        return self.cleaned_data

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Put sentences at their fields; what has no field of its own stands in the summary."""
        self.slot_errors.update({k: v for k, v in problems.items() if self.draft.entry.slot(k)})
        for name, sentence in problems.items():
            known = name in self.fields
            self.add_error(name if known else None, sentence)

    @property
    def removed(self) -> bool:
        """Whether invisible characters were taken out of the posted prompt or rows."""
        posted = [str(self.data.get(name, "")) for name in ("prompt", "rows")]
        return self.is_bound and any(without_controls(text)[1] for text in posted)

    @property
    def recipe(self) -> Recipe:
        """What to make. Only of a valid form."""
        values = self.cleaned_data
        chosen = {name: values[name] for name in ("prompt", *self.draft.entry.fields)}
        prompts = self.draft.expansion.prompts
        return Recipe(self.draft.kind, chosen, self.draft.inputs, values["variations"], prompts)


def _kept(draft: Draft) -> dict[str, Any]:
    """The draft's settings that its kind knows; a tick box by whether it is there."""
    kept: dict[str, Any] = {"prompt": draft.settings.get("prompt", "")}
    for setting in draft.entry.settings:
        given = draft.settings.get(setting.name)
        if setting.shape == Shape.TICK:
            kept[setting.name] = setting.read(given)
        elif setting.shape == Shape.CHOICE:
            if given in dict(setting.choices):
                kept[setting.name] = given
        elif given not in (None, ""):
            kept[setting.name] = given
    return kept
