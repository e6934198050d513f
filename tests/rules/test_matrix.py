"""Every route that stands for an ability, for every actor: as the permission table says.

Each cell sends the same request; the allowed ones show that a refusal was not for another reason.
"""

import uuid
from http import HTTPStatus
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generations.models import Chain, Preset, SavedPrompt
from studio.accounts.models import User
from studio.teams.models import Role, Team
from studio.teams.permissions import PERMISSIONS
from studio.teams.queries import memberships_of, teams_of
from tests.generations.making import keep_film, make, make_image, make_upload
from tests.rules.actors import ACTORS, Actor, SignIn
from tests.rules.routes import Route, routes

REFUSED = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
}
PICK = {"kind": "image_to_video", "slot": "start_frame"}

MEMBERS = frozenset(Role.values)
FEWEST_CELLS = 200


def cells() -> list[tuple[str, str]]:
    """Every (route, method) whose word is an ability."""
    return [
        (name, method)
        for name, methods in PERMISSIONS.routes.items()
        for method, word in methods.items()
        if word in PERMISSIONS.abilities
    ]


ROUTES: dict[str, Route] = {route.name: route for route in routes()}


def test_there_are_enough_cells() -> None:
    assert len(cells()) * len(ACTORS) >= FEWEST_CELLS


@pytest.mark.parametrize(("name", "method"), cells())
def test_route_answers_as_the_table_says(
    name: str, method: str, team: Team, ada: User, sign_in: SignIn
) -> None:
    ability = PERMISSIONS.routes[name][method]
    wrong = []
    for who, own in product(ACTORS, (False, True)):
        if own and (who not in MEMBERS or not _about_an_object(name)):
            continue
        actor = sign_in(who)
        author = actor.user if own and actor.user else ada
        status = _status(actor, name, method, team, author)
        expected = actor.refusal(ability, own=own)
        if (expected is None and status in REFUSED) or (
            expected is not None and status != expected
        ):
            wrong.append(f"{who}{' (own)' if own else ''}: {status}, table says {expected}")
    assert wrong == []


def test_an_object_of_another_team_is_not_found_in_mine(
    client: Client, team: Team, ada: User, cleo: User
) -> None:
    theirs = make_image(cleo.memberships.get().team, cleo)
    client.force_login(ada)
    found = {}
    for name, method in cells():
        if "/g/" in ROUTES[name].address():
            address = reverse(name, kwargs={"team": team.slug, "uuid": theirs.uuid})
            send = client.get if method == "GET" else client.post
            found[name] = send(address).status_code
    assert len(found) >= 10
    assert set(found.values()) == {404}, found


@pytest.mark.parametrize(("name", "method"), cells())
def test_a_request_asks_once_who_is_a_member(
    name: str, method: str, team: Team, sign_in: SignIn
) -> None:
    owner = sign_in("owner")
    assert owner.user is not None
    with CaptureQueriesContext(connection) as asked:
        assert _status(owner, name, method, team, owner.user) not in REFUSED
    statements = [query["sql"] for query in asked.captured_queries]
    assert sum(_asks_for_a_membership(one) for one in statements) == 1


def test_the_menu_of_teams_is_not_taken_for_a_question_of_membership(ada: User) -> None:
    assert not _asks_for_a_membership(str(teams_of(ada).query))
    assert _asks_for_a_membership(str(memberships_of(ada).query))


def _asks_for_a_membership(statement: str) -> bool:
    """Whether the table of memberships is what is selected from, and not one that is joined."""
    return ' FROM "teams_membership" ' in statement


def _about_an_object(name: str) -> bool:
    return "uuid" in ROUTES[name].converters


def _status(actor: Actor, name: str, method: str, team: Team, author: User) -> int:
    kwargs: dict[str, Any] = {"team": team.slug}
    if _about_an_object(name):
        kwargs["uuid"] = _object(name, team, author)
    query = _query(name, team, author)
    address = reverse(name, kwargs=kwargs)
    if method == "GET":
        answer = actor.client.get(address, query)
    else:
        answer = actor.client.post(address, {"submit_key": str(uuid.uuid4())})
    for closer in answer._resource_closers:  # type: ignore[attr-defined]  # close() ends the connection
        closer()
    if answer.status_code == HTTPStatus.FOUND and "/accounts/login/" not in answer["Location"]:
        return HTTPStatus.OK
    return int(answer.status_code)


def _query(name: str, team: Team, author: User) -> dict[str, str]:
    """What a request needs to be about something that exists."""
    if name == "generations:frame_picker":
        return {"of": f"generation:{make(team, author, original=keep_film(team)).uuid}"}
    return PICK if name == "generations:pick" else {}


def _object(name: str, team: Team, author: User) -> uuid.UUID:
    if name.endswith("_prompt"):
        text = str(uuid.uuid4())
        return SavedPrompt.objects.create(team=team, author=author, text=text, digest=text).uuid
    if name.endswith("_preset"):
        key = str(uuid.uuid4())
        row = Preset.objects.create(team=team, author=author, name=key, name_key=key, shared=True)
        return row.uuid
    if name.endswith("_upload"):
        return make_upload(team, author).uuid
    if "/chains/" in ROUTES[name].address():
        return Chain.objects.create(team=team, author=author, title="A chain").uuid
    return make_image(team, author).uuid
