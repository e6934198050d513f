"""The base of typed page objects: a template reads the fields of one under their own names."""

import hashlib
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Part:
    """A part of a page. A field that is itself a part adds its own names instead."""

    @property
    def context(self) -> dict[str, Any]:
        """The names that a template reads."""
        named: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            named |= value.context if isinstance(value, Part) else {one.name: value}
        return named


def context_of(*parts: Part, **more: object) -> dict[str, Any]:
    """Return the names of several parts in one context; `more` stands over them.

    Raises TypeError where two parts mean different things by one name: one would hide the other.
    """
    named: dict[str, Any] = {}
    for part in parts:
        for name, value in part.context.items():
            if name in named and named[name] != value:
                raise TypeError(f"Two parts have different values for {name}")
            named[name] = value
    return named | more


def digest_of(*shown: object) -> str:
    """Return 16 hexadecimal digits that change with what a page shows, for its poller."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
