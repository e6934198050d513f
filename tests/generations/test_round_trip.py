"""Same settings, new result: a recipe is the same after sending, keeping and opening it again.

Recipe to generation, to recipe, to the composer's HTML, to what a browser posts, to a generation.
"""

import uuid

import pytest
from django.template.loader import render_to_string
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generations.actions import Recipe, recipe_of, submit
from generations.actions.submission import check
from generations.composer import Composer
from generations.composer.kept import content_of, draft_in
from generations.forms import Draft, draft_of
from generations.kinds.entry import CLIP, IMAGE, VIDEO
from generations.models import Generation, Kind
from studio.accounts.models import User
from studio.teams.access import Seat, open_seat
from studio.teams.models import Team
from tests.generations.compositions import Pool, compositions, recipe_on
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


def opened(where: Seat, draft: Draft) -> Recipe:
    """What a browser would send from the composer of a page that shows this draft."""
    context = {"composer": Composer(where, draft, None), "seat": where}
    return recipe_on(render_to_string("generations/_composer.html", context))


def send(where: Seat, recipe: Recipe) -> Generation:
    """Send it at today's price."""
    micros = check(where, recipe).micros
    return submit(where, recipe, submit_key=uuid.uuid4(), quoted_micros=micros).generations[0]


@pytest.mark.parametrize("kind", list(Kind))
@given(data=st.data())
@FEW
def test_recipe_is_the_same_after_every_step(
    kind: Kind, team: Team, ed: User, pool: Pool, data: st.DataObject
) -> None:
    where = open_seat(ed, team.slug, "create")
    recipe = data.draw(compositions(kind, pool, {})).recipe
    made = send(where, recipe)
    found = recipe_of(made)
    assert found == recipe
    draft = draft_of(found)
    for one in (draft, draft_in(content_of(draft))):
        again = opened(where, one)
        assert again == recipe
    new = send(where, again)
    assert new.pk != made.pk
    assert new.fingerprint == made.fingerprint, "same settings, new result"
