"""Drafts: the content of a composer, and the changes to it. Nothing is checked."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings

from generations.models import Generation, Kind
from generations.recipes.choice import InputChoice
from generations.recipes.kinds import (
    KINDS,
    KindEntry,
    clean_prompt,
    derive_kind,
    labels_of,
    without_controls,
)
from generations.recipes.kinds.settings import Shape
from generations.recipes.kinds.slots import Contents
from generations.recipes.variables import Expansion, escape, expand

FIRST_KIND = Kind.TEXT_TO_VIDEO


@dataclass(frozen=True)
class Draft:
    """The content of a composer, sent or not. Settings are as typed; nothing is checked.

    The prompt may hold variables, and `rows` is the text of a table whose columns it names.
    `composition` stays the same while the draft is changed and sent again.
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
        return KINDS[self.kind]

    @cached_property
    def values(self) -> dict[str, Any]:
        """The settings of its kind, as a form shows them; the kind's default if none was chosen."""
        found: dict[str, Any] = {**self.entry.defaults, "prompt": self.settings.get("prompt", "")}
        for setting in self.entry.settings:
            given = self.settings.get(setting.name)
            if setting.shape == Shape.TICK:
                # A form does not send an empty tick box, so None means off, not the default.
                found[setting.name] = setting.read(given)
            elif setting.shape == Shape.CHOICE:
                if given in dict(setting.choices):
                    found[setting.name] = given
            elif given not in (None, ""):
                found[setting.name] = given
        return found

    @cached_property
    def expansion(self) -> Expansion:
        """The prompts that its prompt and rows stand for; one if the kind takes no prompt."""
        prompt = clean_prompt(str(self.settings.get("prompt", "")))[0]
        if not self.entry.takes_prompt:
            return Expansion((prompt,))
        return expand(prompt, without_controls(self.rows)[0], most=settings.MOST_PER_PRESS)

    def in_slot(self, name: str) -> list[InputChoice]:
        """Return the inputs of a slot, in order."""
        return [choice for choice in self.inputs if choice.slot == name]

    def put(self, choice: InputChoice) -> "Draft":
        """Return the draft with one more input in a slot; in a full slot it replaces the last."""
        slot = self.entry.slot(choice.slot)
        if slot is None:
            return self
        present = self.in_slot(slot.name)
        room = present[: slot.most - 1] if slot.most > 1 else []
        others = tuple(other for other in self.inputs if other.slot != slot.name)
        return replace(self, inputs=(*others, *room, choice))

    def clear(self, name: str, place: int | None = None) -> "Draft":
        """Return the draft without the inputs of a slot, or without the one at a place."""
        present = self.in_slot(name)
        removed = present if place is None else present[place : place + 1]
        return replace(
            self, inputs=tuple(one for one in self.inputs if not any(one is old for old in removed))
        )

    def exchange(self, name: str, place: int, choice: InputChoice) -> "Draft":
        """Return the draft with another input at one place of a slot."""
        present = self.in_slot(name)
        old = present[place] if place < len(present) else None
        return replace(self, inputs=tuple(choice if one is old else one for one in self.inputs))

    def swapped(self) -> "Draft":
        """Return the draft with its start and end frame exchanged."""
        other = {"start_frame": "end_frame", "end_frame": "start_frame"}
        return replace(
            self,
            inputs=tuple(replace(one, slot=other.get(one.slot, one.slot)) for one in self.inputs),
        )

    def of_kind(self, kind: Kind) -> "Draft":
        """Return the draft as another kind. Its settings and inputs stay."""
        return replace(self, kind=kind)

    def fitting(self, contents: Contents) -> "Draft":
        """Return the draft with the kind that follows from its inputs."""
        return self.of_kind(derive_kind(self.kind, contents))

    def as_composition(self, composition: UUID | None = None) -> "Draft":
        """Return the draft with another composition; a new one if none is given."""
        return replace(self, composition=composition or uuid4())

    def with_weights(self, weights: Mapping[tuple[str, int], float | None]) -> "Draft":
        """Return the draft with these weights, by slot and place."""
        places: Counter[str] = Counter()
        inputs = []
        for one in self.inputs:
            weight = weights.get((one.slot, places[one.slot]), one.weight)
            inputs.append(replace(one, weight=weight))
            places[one.slot] += 1
        return replace(self, inputs=tuple(inputs))

    def replaced_settings(self) -> list[str]:
        """Return a sentence for every setting whose value the kind does not have."""
        sentences = []
        for setting in self.entry.settings:
            value = self.settings.get(setting.name)
            known = dict(setting.choices)
            if not value or setting.shape != Shape.CHOICE or value in known:
                continue
            word = labels_of(setting.name).get(str(value), str(value))
            chosen = known[setting.default]
            sentences.append(f"{word} is not available for {self.entry.label}; using {chosen}.")
        if self.settings.get("loop") and "loop" not in self.entry.setting_names:
            sentences += [NO_LOOP] if self.entry.operation == "video" else []
        return sentences


NO_LOOP = "Looping does not work with an end frame, so it is off."


def draft_of(generation: Generation) -> Draft:
    """Return a new draft with the recipe of a generation. One query.

    Braces in its prompt are escaped, because they were sent as braces.
    """
    rows = generation.inputs.select_related("source", "upload").order_by("id")
    inputs = tuple(
        InputChoice(
            slot=row.slot,
            generation=row.source.uuid if row.source else None,
            upload=row.upload.uuid if row.upload else None,
            url=row.url,
            weight=row.weight,
        )
        for row in rows
    )
    prompt = escape(str(generation.recipe.get("prompt", "")))
    return Draft(Kind(generation.kind), {**generation.recipe, "prompt": prompt}, inputs)
