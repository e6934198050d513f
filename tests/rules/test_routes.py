"""Every address has a row in permissions.toml, and every row an address."""

import inspect
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from studio.teams.permissions import METHODS, OPEN_ROUTES, PERMISSIONS
from tests.rules.actors import SignIn

WHOLE = ("admin",)
"""Namespaces with one row for all that is in them: `admin:*`."""

FEWEST_ROUTES = 13

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


def _own_routes() -> list[Route]:
    return [route for route in routes() if not route.name.endswith(":*")]


def test_enough_routes_are_found() -> None:
    names = {route.name for route in routes()}
    assert len(names) >= FEWEST_ROUTES
    assert {"healthz", "teams:welcome", "account_login", "admin:*"} <= names


@pytest.mark.parametrize("route", _own_routes(), ids=lambda route: route.name)
def test_every_method_of_a_route_has_a_row(route: Route) -> None:
    assert route.methods, f"{route.name} does not say which methods it answers"
    assert route.methods <= METHODS
    row = PERMISSIONS.routes.get(route.name, {})
    assert set(row) == route.methods, f"{route.name}: permissions.toml says {set(row) or 'nothing'}"


def test_every_row_has_a_route() -> None:
    assert PERMISSIONS.routes.keys() <= {route.name for route in routes()}


def test_the_operator_s_pages_are_for_staff() -> None:
    assert set(PERMISSIONS.routes["admin:*"].values()) == {"staff"}


def test_only_callbacks_do_without_the_form_s_token() -> None:
    exempt = {r.name for r in routes() if getattr(r.pattern.callback, "csrf_exempt", False)}
    called = {name for name, row in PERMISSIONS.routes.items() if "callback" in row.values()}
    assert exempt <= called
    assert len(exempt) <= 1


@pytest.mark.parametrize("route", _own_routes(), ids=lambda route: route.name)
def test_a_closed_route_asks_to_sign_in_first(client: Client, db: None, route: Route) -> None:
    """Team pages and a person's own: 302 for a browser, 401 with HX-Redirect for htmx."""
    for method, word in PERMISSIONS.routes.get(route.name, {}).items():
        if word in OPEN_ROUTES - {"signed-in"}:
            continue
        answer = client.generic(method, route.address())
        assert answer.status_code == 302, f"{method} {route.name}"
        assert answer["Location"].startswith("/accounts/login/?next=")
        answer = client.generic(method, route.address(), headers={"HX-Request": "true"})
        assert (answer.status_code, bool(answer["HX-Redirect"])) == (401, True)


@pytest.mark.parametrize("route", _own_routes(), ids=lambda route: route.name)
def test_other_methods_are_answered_with_405(sign_in: SignIn, route: Route) -> None:
    client = sign_in("owner").client
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - route.methods:
        assert client.generic(method, route.address()).status_code == 405, method
