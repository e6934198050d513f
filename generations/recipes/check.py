"""The one check: from a draft and its inputs to an order with its problems and its price."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
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
"""Columns without rows that are named before the press."""


@dataclass(frozen=True)
class Order:
    """A checked draft, of the kind that its inputs make of it: what it makes and at what price.

    `settings` are typed, without the prompt. `prompts` are the texts to send, one generation each
    for every variation. `micros` is the price of one generation in micro-dollars; None: unknown.
    `problems` keep it from being sent, by setting or slot. `reasons` are those to name before the
    press, and `wanted` says by empty slot what to add.
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
        """The inputs of each slot by its name."""
        return contents_of(self.inputs)

    @property
    def variations(self) -> int:
        """How many generations each prompt makes; 1 where that is not a number or too many."""
        return _variations(self.draft) or 1

    @property
    def ready(self) -> bool:
        """Whether every source is finished; otherwise its generations wait for them."""
        return all(one.ready for one in self.inputs)

    def recipe(self, prompt: str) -> dict[str, Any]:
        """Return the settings that a generation with this prompt keeps."""
        return {**self.settings, "prompt": prompt}

    def with_inputs(self, inputs: Sequence[FoundInput]) -> "Order":
        """Return the order with other inputs of the same kinds, for sources made meanwhile."""
        return replace(self, inputs=tuple(inputs))


def order_of(seat: Seat, draft: Draft) -> Order:
    """Find the inputs of a draft and check it. Two queries at most, and one a minute.

    Raises StudioError for a kind that is not offered any more.
    """
    if draft.kind not in KINDS:
        raise invalid({"kind": UNKNOWN_KIND})
    return check(draft, find_inputs(seat, draft.entry, draft.inputs))


def check(draft: Draft, inputs: Sequence[FoundInput]) -> Order:
    """Return the order of a draft with these inputs. Never raises; problems stand in the order.

    One query a minute, for the camera moves that Luma offers.
    """
    contents = contents_of(inputs)
    draft = draft.fitting(contents)
    entry, expansion = draft.entry, draft.expansion
    values, unread = entry.read(draft.settings)
    given = {**draft.settings, **values}
    found = entry.problems(given, unread, contents, offered())
    empty = [slot for slot in entry.empty_slots(contents) if slot.name in found]
    problems = {
        **found,
        **prompt_problems(entry, expansion.prompts, contents),
        **input_problems(inputs),
        **count_problems(len(expansion.prompts), _variations(draft)),
        **expansion.problems,
    }
    unnamed = {*unread, *(slot.name for slot in empty)}
    known = [said for name, said in found.items() if name not in unnamed]
    return Order(
        draft=draft,
        inputs=tuple(inputs),
        settings={name: given.get(name) for name in entry.setting_names},
        prompts=expansion.prompts,
        micros=entry.price(draft.values, contents).micros if expansion.countable else None,
        problems=problems,
        reasons=(*_variable_reasons(draft), *known),
        wanted={one.name: found[one.name].removeprefix(f"{one.label} is empty. ") for one in empty},
    )


def _variations(draft: Draft) -> int:
    """Return the number of variations, 0 where it is not a number from 1 to MOST_VARIATIONS."""
    count = read_count(str(draft.variations)) or 0
    return count if count <= MOST_VARIATIONS else 0


def _variable_reasons(draft: Draft) -> tuple[str, ...]:
    """Say what is wrong with the variables, before anything is pressed."""
    expansion = draft.expansion
    if expansion.problems:
        return tuple(expansion.problems.values())
    unfilled = tuple(
        f"{raw} is sent as it stands: there are no rows." for raw in expansion.unfilled
    )
    counted = count_problems(len(expansion.prompts), _variations(draft) or 1)
    return (*unfilled[:MOST_UNFILLED], *counted.values())


def prompt_problems(entry: KindEntry, prompts: Sequence[str], contents: Contents) -> dict[str, str]:
    """Say what is wrong with the first prompt that is wrong; of several, say which one."""
    for number, prompt in enumerate(prompts, start=1):
        said = entry.prompt_problem(prompt, contents)
        if said and len(prompts) > 1:
            start = f"“{prompt[:60]}{'…' if len(prompt) > 60 else ''}”" if prompt else "empty"
            return {"prompt": f"Prompt {number} of {len(prompts)} ({start}): {said}"}
        if said:
            return {"prompt": said}
    return {}


def count_problems(prompts: int, variations: int) -> dict[str, str]:
    """Say whether a press makes more than it may, at the field that makes it so."""
    most = installation.MOST_PER_PRESS
    if not 1 <= variations <= MOST_VARIATIONS:
        return {"variations": WRONG_VARIATIONS}
    if prompts * variations <= most:
        return {}
    several = prompts > 1 and variations > 1
    said = too_many((prompts, variations) if several else (prompts * variations,), most)
    return {"variations" if prompts <= most else "prompt": said}


def invalid(problems: dict[str, str]) -> StudioError:
    """Return the error for an order that cannot be sent, with its reasons by field."""
    return StudioError("Nothing was sent and nothing was charged.", fields=problems)
