"""Every page of a team has the same navigation, and its parts keep apart."""

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from generations.models import Chain
from generations.pages.part import Part, context_of
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.making import address, as_person, make, text

PAGES = ("library", "create", "queue", "chains", "chain_new", "uploads", "trash_list", "settings")


def navigation(body: str) -> list[str]:
    links = body[body.index("<nav") : body.index("</nav>")].split("<a ")[1:]
    return [link.split('href="')[1].split('"')[0] for link in links]


@pytest.mark.parametrize("name", PAGES)
def test_navigation_is_the_same_on_every_page(
    client: Client, team: Team, ada: User, name: str
) -> None:
    person = as_person(client, ada)
    expected = navigation(text(person.get(reverse("generations:library", args=(team.slug,)))))
    assert reverse("generations:create", args=(team.slug,)) in expected
    assert (
        navigation(text(person.get(reverse(f"generations:{name}", args=(team.slug,))))) == expected
    )


@pytest.mark.parametrize("state", ["dreaming", "completed", "failed"])
def test_navigation_is_the_same_on_the_pages_of_one_object(
    client: Client, team: Team, ada: User, state: str
) -> None:
    chain = Chain.objects.create(team=team, author=ada)
    row = make(team, ada, state=state, chain=chain, chain_position=0)
    person = as_person(client, ada)
    expected = navigation(text(person.get(reverse("generations:library", args=(team.slug,)))))
    for page in (address("generation", row), address("lineage", row), chain.get_absolute_url()):
        assert navigation(text(person.get(page))) == expected


def test_an_empty_queue_leads_to_the_composer(client: Client, team: Team, ada: User) -> None:
    page = text(as_person(client, ada).get(reverse("generations:queue", args=(team.slug,))))
    create = reverse("generations:create", args=(team.slug,))
    assert f'href="{create}"' in page[page.index('id="queue"') :]


@dataclass(frozen=True)
class Left(Part):
    name: str


@dataclass(frozen=True)
class Right(Part):
    name: str
    left: Left | None = None


def test_parts_that_mean_different_things_by_one_name_are_refused() -> None:
    assert context_of(Left("a"), Right("a")) == {"name": "a", "left": None}
    assert context_of(Left("a"), name="b") == {"name": "b"}
    with pytest.raises(TypeError, match="name"):
        context_of(Left("a"), Right("b"))
