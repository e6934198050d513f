"""Every address has a row in permissions.toml, and every row an address."""

import pytest
from django.test import Client

from studio.teams.permissions import METHODS, OPEN_ROUTES, PERMISSIONS
from tests.rules.actors import SignIn
from tests.rules.routes import Route, routes

FEWEST_ROUTES = 13


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
