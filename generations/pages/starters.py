"""Examples for an empty library: one press fills the composer with one of them."""

from dataclasses import dataclass, field
from typing import Any

from generations.luma.pricing import format_price
from generations.models import Kind
from generations.recipes.draft import Draft
from generations.recipes.kinds import KINDS, KindEntry


@dataclass(frozen=True)
class Starter:
    """An example for an empty library: one press fills the composer with it."""

    name: str
    kind: Kind
    prompt: str
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def entry(self) -> KindEntry:
        """The kind's row in the table."""
        return KINDS[self.kind]

    @property
    def draft(self) -> Draft:
        """A new composition with this recipe."""
        return Draft(self.kind, {**self.entry.defaults, **self.settings, "prompt": self.prompt})

    @property
    def price(self) -> str:
        """What it costs, as the button will say."""
        return format_price(self.entry.price(self.draft.settings).micros)

    @property
    def facts(self) -> str:
        """Its settings in the composer's words."""
        return " · ".join(self.entry.facts(self.draft.settings))


STARTERS = (
    Starter(
        "harbour",
        Kind.TEXT_TO_VIDEO,
        "A fishing harbour at blue hour, lamps coming on one by one, slow push in over still water",
    ),
    Starter(
        "ridge",
        Kind.TEXT_TO_VIDEO,
        "Morning mist rolling over a pine ridge, low sun behind it, aerial drone moving forward",
        {"model": "ray-flash-2", "resolution": "540p", "aspect_ratio": "21:9"},
    ),
    Starter(
        "dunes",
        Kind.IMAGE,
        "Wind-drawn dunes under a violet evening sky, one set of footprints, 35 mm photograph",
    ),
)


def starter_named(name: str) -> Starter | None:
    """Return the starter of a name, or None."""
    return next((starter for starter in STARTERS if starter.name == name), None)
