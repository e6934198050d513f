"""The actors are who they claim to be: the matrix stands on them."""

import pytest

from studio.errors import NotAllowed, NotFound
from studio.teams import access
from studio.teams.models import Role, Team
from tests.rules.actors import ACTORS, SignIn


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize("ability", ["view_library", "create", "purge", "trash"])
def test_the_door_answers_each_actor_as_the_table_says(
    sign_in: SignIn, team: Team, name: str, ability: str
) -> None:
    actor = sign_in(name)
    expected = actor.refusal(ability, own=True)
    if actor.user is None:
        assert expected == 302
        return
    if expected is None:
        assert access.open_seat(actor.user, team.slug, ability).can(ability, own=True)
        return
    refused = {403: NotAllowed, 404: NotFound}[expected]
    with pytest.raises(refused):
        access.open_seat(actor.user, team.slug, ability)


@pytest.mark.parametrize("name", ACTORS)
def test_everybody_but_the_anonymous_is_signed_in(sign_in: SignIn, name: str) -> None:
    status = sign_in(name).client.get("/accounts/profile/").status_code
    assert status == (302 if name == "anonymous" else 200)


@pytest.mark.parametrize("name", ACTORS)
def test_only_the_operator_opens_the_operator_s_pages(sign_in: SignIn, name: str) -> None:
    status = sign_in(name).client.get("/admin/").status_code
    assert status == (200 if name == "operator" else 302)


def test_two_editors_are_two_people(sign_in: SignIn) -> None:
    first, second = sign_in(Role.EDITOR), sign_in(Role.EDITOR)
    assert first.user != second.user
