"""Same settings, new result: a recipe is the same after sending, keeping and opening it again.

Recipe to generation, to recipe, to the composer's HTML, to what a browser posts, to a generation.
"""

import uuid
from dataclasses import replace

import pytest
from django.template.loader import render_to_string
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generations.actions import submit
from generations.composer.form import ComposerForm
from generations.models import Generation, Kind
from generations.pages.composer import ShownComposer
from generations.recipes.check import order_of
from generations.recipes.draft import Draft, draft_of
from generations.recipes.draft_json import draft_from_json, draft_to_json
from generations.recipes.kinds.slots import CLIP, IMAGE, VIDEO
from generations.recipes.variables.pattern import escape
from studio.accounts.models import User
from studio.teams.access import Seat, open_seat
from studio.teams.models import Team
from tests.generations.compositions import (
    Pool,
    compositions,
    draft_on,
    in_order,
    recipe_of,
    recipe_on,
)
from tests.generations.making import keep_film, make, make_image, make_upload

FEW = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


@pytest.fixture
def pool(team: Team, ed: User) -> Pool:
    """Results, uploads, and addresses."""
    clip = make(team, ed, original=keep_film(team), resolution="540p")
    image, upload = make_image(team, ed), make_upload(team, ed)
    return Pool(
        {
            IMAGE: (
                {"generation": image.uuid},
                {"upload": upload.uuid},
                {"url": "https://1.1.1.1/a.png?size=large&at=1"},
            ),
            CLIP: ({"generation": clip.uuid},),
            VIDEO: ({"url": "https://1.1.1.1/a.mp4"},),
        }
    )


def opened(seat: Seat, draft: Draft) -> str:
    """The composer of a page that shows this draft."""
    order = order_of(seat, draft)
    composer = ShownComposer(seat, order, None, ComposerForm(order.draft))
    return render_to_string("generations/_composer.html", {"composer": composer, "seat": seat})


def send(seat: Seat, draft: Draft) -> Generation:
    """Send it at today's price."""
    order = order_of(seat, draft)
    made, _ = submit(seat, order, submit_key=uuid.uuid4(), quoted_micros=order.micros)
    return made[0]


@pytest.mark.parametrize("kind", list(Kind))
@given(data=st.data())
@FEW
def test_recipe_is_the_same_after_every_step(
    kind: Kind, team: Team, ed: User, pool: Pool, data: st.DataObject
) -> None:
    seat = open_seat(ed, team.slug, "create")
    recipe = data.draw(compositions(kind, pool, {})).recipe
    settings = {**recipe.settings, "prompt": escape(recipe.settings["prompt"])}
    made = send(seat, Draft(recipe.kind, settings, recipe.inputs))
    assert recipe_of(made) == recipe
    draft = draft_of(made)
    for one in (draft, draft_from_json(draft_to_json(draft))):
        page = opened(seat, one)
        assert recipe_on(page, seat) == recipe
    sent = draft_on(page)
    new = send(seat, replace(sent, inputs=in_order(sent.inputs)))
    assert new.pk != made.pk
    assert new.fingerprint == made.fingerprint, "same settings, new result"
