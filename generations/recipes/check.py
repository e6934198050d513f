"""The one check from a draft to an order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings as installation

from generations.recipes.concepts import offered
from generations.recipes.inputs import (
    FoundInput,
    Rows,
    contents_of,
    find_inputs,
    problems_of,
    rows_of,
)
from generations.recipes.kinds import KINDS, KindEntry, Lying, clean_prompt, derive_kind
from generations.recipes.kinds.entry import Contents
from generations.recipes.recipe import Recipe
from generations.recipes.variables.expansion import too_many
from studio.errors import StudioError
from studio.teams.access import Seat

MOST_VARIATIONS = 8


VARIATIONS = f"1 to {MOST_VARIATIONS}."


@dataclass
class Order:
    """A recipe that passed every check, with its inputs found.

    `settings` are those of the first of its `prompts`; `micros` is the price of one generation.
    """

    entry: KindEntry
    settings: dict[str, Any]
    micros: int | None
    inputs: list[FoundInput]
    contents: dict[str, list[Lying]]
    prompts: tuple[str, ...] = ()

    @property
    def each(self) -> "list[Order]":
        """An order for each of its prompts."""
        return [
            replace(self, settings={**self.settings, "prompt": prompt}, prompts=(prompt,))
            for prompt in self.prompts
        ]

    @property
    def ready(self) -> bool:
        """Whether every source is finished; otherwise it waits for them."""
        return all(one.lying.ready for one in self.inputs)


def check(
    seat: Seat,
    recipe: Recipe,
    given: Sequence[FoundInput] = (),
    rows: Rows | None = None,
    *,
    prompted: bool = True,
) -> Order:
    """Return the order that a recipe comes to, or raise StudioError with every reason by field.

    `given` are inputs beside those of the recipe; `rows` is what its inputs refer to, where that
    was looked up already. Without `prompted` the prompts are left for later. Two queries at most,
    none with `rows`.
    """
    entry = KINDS.get(recipe.kind)
    if entry is None:
        raise invalid({"kind": "This cannot be made here. Choose one of the list."})
    rows = rows_of(seat, recipe.inputs) if rows is None else rows
    found = [*given, *find_inputs(entry, recipe.inputs, rows)]
    contents = contents_of(found)
    entry = KINDS[derive_kind(entry.kind, contents)]
    written = recipe.prompts or (str(recipe.settings.get("prompt", "")),)
    prompts = tuple(clean_prompt(prompt)[0] for prompt in written)
    values, _ = entry.read(recipe.settings)
    settings = {**recipe.settings, **values, "prompt": prompts[0]}
    problems = {
        **entry.problems(settings, contents, offered()),
        **(wrong_prompts(entry, prompts, contents) if prompted else {}),
        **problems_of(found),
        **wrong_count(len(prompts), recipe.variations),
    }
    if problems:
        raise invalid(problems)
    kept = {name: settings[name] for name in (*entry.fields, "prompt")}
    micros = entry.price(kept, contents).micros
    return Order(entry, kept, micros, found, contents, prompts)


def wrong_prompts(entry: KindEntry, prompts: Sequence[str], contents: Contents) -> dict[str, str]:
    """Say what is wrong with the first prompt that is wrong; of several, say which one."""
    for number, prompt in enumerate(prompts, start=1):
        said = entry.prompt_problem(prompt, contents)
        if said and len(prompts) > 1:
            start = f"“{prompt[:60]}{'…' if len(prompt) > 60 else ''}”" if prompt else "empty"
            return {"prompt": f"Prompt {number} of {len(prompts)} ({start}): {said}"}
        if said:
            return {"prompt": said}
    return {}


def wrong_count(prompts: int, variations: int) -> dict[str, str]:
    """Say whether a press makes more than it may, at the field that makes it so."""
    most = installation.MOST_PER_PRESS
    if not 1 <= variations <= MOST_VARIATIONS:
        return {"variations": VARIATIONS}
    if prompts * variations <= most:
        return {}
    several = prompts > 1 and variations > 1
    said = too_many((prompts, variations) if several else (prompts * variations,), most)
    return {"variations" if prompts <= most else "prompt": said}


def invalid(problems: dict[str, str]) -> StudioError:
    """The error for a recipe that cannot be sent, with its reasons by field."""
    return StudioError("Nothing was sent and nothing was charged.", fields=problems)
