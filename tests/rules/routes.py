"""The studio's addresses, as its URL patterns have them."""

import inspect
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

WHOLE = ("admin",)
"""Namespaces with one row for all that is in them: `admin:*`."""

VALUES: dict[str, object] = {
    "slug": "northlight",
    "uuid": uuid.UUID("00000000-0000-4000-8000-000000000001"),
    "int": 1,
    "string": "x",
    "path": "x",
}


@dataclass(frozen=True)
class Route:
    """One address of the studio."""

    name: str
    pattern: URLPattern
    converters: dict[str, Any]
    groups: tuple[str, ...]

    @property
    def methods(self) -> set[str]:
        """What the view answers, HEAD and OPTIONS aside."""
        return methods_of(self.pattern.callback) - {"HEAD", "OPTIONS"}

    def address(self) -> str:
        """Some address of this route."""
        kwargs: dict[str, object] = dict.fromkeys(self.groups, "x")
        for key, converter in self.converters.items():
            kind = type(converter).__name__.removesuffix("Converter").lower()
            assert kind in VALUES, f"{self.name}: say a value for its {kind}"
            kwargs[key] = VALUES[kind]
        return reverse(self.name, kwargs=kwargs)


def routes() -> list[Route]:
    """Every route under its full name."""
    return list(_walk(get_resolver(), (), {}))


def _walk(inside: URLResolver, space: tuple[str, ...], outer: dict[str, Any]) -> Iterator[Route]:
    for item in inside.url_patterns:
        converters = {**outer, **item.pattern.converters}
        if isinstance(item, URLResolver):
            inner = (*space, item.namespace) if item.namespace else space
            yield from _walk(item, inner, converters)
            continue
        name = ":".join((*space, item.name or f"nameless {item.pattern}"))
        name = f"{space[0]}:*" if space and space[0] in WHOLE else name
        groups = () if converters else tuple(item.pattern.regex.groupindex)
        yield Route(name, item, converters, groups)


def methods_of(view: Callable[..., Any]) -> set[str]:
    """The methods a view says it answers, by Django's decorators or as a class. Empty: unsaid."""
    said = [
        set(methods)
        for layer in _layers(view)
        if (methods := inspect.getclosurevars(layer).nonlocals.get("request_method_list"))
    ]
    if view_class := getattr(view, "view_class", None):
        said.append({m.upper() for m in view_class.http_method_names if hasattr(view_class, m)})
    return set.intersection(*said) if said else set()


def _layers(view: Callable[..., Any] | None) -> Iterator[Callable[..., Any]]:
    while view is not None:
        yield view
        view = getattr(view, "__wrapped__", None)
