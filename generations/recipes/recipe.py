"""Recipes: every setting of a generation, and what lies in its slots."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from generations.models import Generation, Kind
from studio.forms import read_uuid


@dataclass(frozen=True)
class InputChoice:
    """What a person put in a slot: exactly one of generation, upload, url. Weight from 0 to 1."""

    slot: str
    generation: UUID | None = None
    upload: UUID | None = None
    url: str = ""
    weight: float | None = None


@dataclass(frozen=True)
class Recipe:
    """All settings of a generation, as the composer's form gives them.

    `prompts` are what its prompt is written out to, each made in `variations`; none: the prompt
    of the settings as it stands.
    """

    kind: Kind
    settings: dict[str, Any]
    inputs: tuple[InputChoice, ...] = ()
    variations: int = 1
    prompts: tuple[str, ...] = ()


def recipe_of(generation: Generation) -> Recipe:
    """Return the recipe a generation was made from, to make it again or remix it. One query.

    Inputs are in the order in which they were given.
    """
    inputs = generation.inputs.select_related("source", "upload").order_by("id")
    return Recipe(
        kind=Kind(generation.kind),
        settings=dict(generation.recipe),
        inputs=tuple(
            InputChoice(
                slot=row.slot,
                generation=row.source.uuid if row.source else None,
                upload=row.upload.uuid if row.upload else None,
                url=row.url,
                weight=row.weight,
            )
            for row in inputs
        ),
    )


def read_reference(slot: str, text: str) -> InputChoice | None:
    """Read one reference, or None for what is not one."""
    source, _, rest = text.partition(":")
    if source == "url" and rest.strip():
        return InputChoice(slot, url=rest.strip())
    uuid = read_uuid(rest)
    if uuid is None or source not in ("generation", "upload"):
        return None
    return InputChoice(slot, **{source: uuid})  # type: ignore[arg-type]


def write_reference(choice: InputChoice) -> str:
    """The inverse of `read_reference`."""
    if choice.generation:
        return f"generation:{choice.generation}"
    return f"upload:{choice.upload}" if choice.upload else f"url:{choice.url}"
