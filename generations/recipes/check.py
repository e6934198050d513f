"""The check that turns a draft and its inputs into an order with problems and a price."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings as installation

from generations.recipes.concepts import offered
from generations.recipes.draft import Draft
from generations.recipes.inputs import contents_of, find_inputs, input_problems
from generations.recipes.kinds import KINDS, KindEntry
from generations.recipes.kinds.slots import Contents, FoundInput
from generations.recipes.variables.expansion import too_many
from studio.errors import StudioError
from studio.forms import read_count
from studio.teams.access import Seat

UNKNOWN_KIND = "This cannot be made here. Choose one of the list."
MOST_VARIATIONS = 8
WRONG_VARIATIONS = f"1 to {MOST_VARIATIONS}."
MOST_UNFILLED = 3
"""How many columns without rows are named before the press."""


@dataclass(frozen=True)
class Order:
    """A checked draft. Its kind is the one that follows from its inputs.

    `settings` are typed, without the prompt. Each of `prompts` makes one generation for every
    variation. `micros` is the price of one generation in micro-dollars; None: unknown. `problems`
    say why it cannot be sent, by setting or slot. `reasons` are the problems to name before the
    press, and `wanted` says what to add, by empty slot.
    """

    draft: Draft
    inputs: tuple[FoundInput, ...]
    settings: dict[str, Any]
    prompts: tuple[str, ...]
    micros: int | None
    problems: dict[str, str]
    reasons: tuple[str, ...] = ()
    wanted: dict[str, str] = field(default_factory=dict)

    @property
    def entry(self) -> KindEntry:
        return self.draft.entry

    @cached_property
    def contents(self) -> dict[str, list[FoundInput]]:
        return contents_of(self.inputs)

    @property
    def variations(self) -> int:
        """How many generations each prompt makes; 1 if that is not a number, or too many."""
        return _variations(self.draft) or 1

    @property
    def ready(self) -> bool:
        """Whether every source is finished; if not, its generations wait for them."""
        return all(one.ready for one in self.inputs)

    def recipe(self, prompt: str) -> dict[str, Any]:
        """Return the recipe of a generation with this prompt."""
        return {**self.settings, "prompt": prompt}


def order_of(seat: Seat, draft: Draft) -> Order:
    """Find the inputs of a draft and check it. Two queries at most, and those of `check`.

    Raises StudioError for a kind that is not offered any more.
    """
    if draft.kind not in KINDS:
        raise invalid({"kind": UNKNOWN_KIND})
    return check(draft, find_inputs(seat, draft.entry, draft.inputs))


def check(draft: Draft, inputs: Sequence[FoundInput]) -> Order:
    """Return the order of a draft with these inputs. Never raises; the order holds the problems.

    One query a minute, for the camera moves that Luma offers.
    """
    contents = contents_of(inputs)
    draft = draft.fitting(contents)
    entry, prompts = draft.entry, draft.expansion.prompts
    values, unread = entry.read(draft.settings)
    given = {**draft.settings, **values}
    found = entry.problems(given, unread, contents, offered())
    empty = [slot for slot in entry.empty_slots(contents) if slot.name in found]
    others = {
        **prompt_problems(entry, prompts, contents),
        **input_problems(inputs),
        **count_problems(len(prompts), _variations(draft)),
    }
    unnamed = {*unread, *(slot.name for slot in empty)}
    known = [text for name, text in found.items() if name not in unnamed]
    return Order(
        draft=draft,
        inputs=tuple(inputs),
        settings={name: given.get(name) for name in entry.setting_names},
        prompts=prompts,
        micros=_price_of_one(draft, contents),
        problems={**found, **others, **draft.expansion.problems},
        reasons=(*_variable_reasons(draft), *known),
        wanted={one.name: found[one.name].removeprefix(f"{one.label} is empty. ") for one in empty},
    )


def _price_of_one(draft: Draft, contents: Contents) -> int | None:
    """Return the price of one generation; None if the prompts cannot be counted."""
    if not draft.expansion.countable:
        return None
    return draft.entry.price(draft.values, contents).micros


def _variations(draft: Draft) -> int:
    """Return the number of variations; 0 if it is not a number from 1 to MOST_VARIATIONS."""
    count = read_count(str(draft.variations).strip()) or 0
    return count if count <= MOST_VARIATIONS else 0


def _variable_reasons(draft: Draft) -> tuple[str, ...]:
    """Return what is wrong with the variables, to be named before the press."""
    expansion = draft.expansion
    if expansion.problems:
        return tuple(expansion.problems.values())
    unfilled = tuple(
        f"{raw} is sent as it stands: there are no rows." for raw in expansion.unfilled
    )
    counted = count_problems(len(expansion.prompts), _variations(draft) or 1)
    return (*unfilled[:MOST_UNFILLED], *counted.values())


def prompt_problems(entry: KindEntry, prompts: Sequence[str], contents: Contents) -> dict[str, str]:
    """Return the problem of the first wrong prompt; among several prompts it names the prompt."""
    for number, prompt in enumerate(prompts, start=1):
        problem = entry.prompt_problem(prompt, contents)
        if problem and len(prompts) > 1:
            start = f"“{prompt[:60]}{'…' if len(prompt) > 60 else ''}”" if prompt else "empty"
            return {"prompt": f"Prompt {number} of {len(prompts)} ({start}): {problem}"}
        if problem:
            return {"prompt": problem}
    return {}


def count_problems(prompts: int, variations: int) -> dict[str, str]:
    """Return a problem if a press makes too many generations, by the field that causes it."""
    most = installation.MOST_PER_PRESS
    if not 1 <= variations <= MOST_VARIATIONS:
        return {"variations": WRONG_VARIATIONS}
    if prompts * variations <= most:
        return {}
    several = prompts > 1 and variations > 1
    sentence = too_many((prompts, variations) if several else (prompts * variations,), most)
    return {"variations" if prompts <= most else "prompt": sentence}


def invalid(problems: dict[str, str]) -> StudioError:
    """Return the error for an order that cannot be sent, with its problems by field."""
    return StudioError("Nothing was sent and nothing was charged.", fields=problems)
