"""Same settings, new result: a recipe is the same after sending, keeping and opening it again.

Recipe to generation, to recipe, to the composer's HTML, to what a browser posts, to a generation.
"""

import uuid
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings as studio
from django.http import QueryDict
from django.template.loader import render_to_string
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from generations.actions import InputChoice, Recipe, recipe_of, submit
from generations.actions.submission import check
from generations.composer import Composer
from generations.composer.kept import content_of, draft_in
from generations.forms import ComposerForm, Draft, draft_of, read_draft
from generations.kinds import KINDS, KindEntry
from generations.kinds.entry import CLIP, IMAGE, VIDEO
from generations.kinds.fields import GEOMETRY, Shape
from generations.luma.concepts import moves_by_group
from generations.models import Generation, Kind
from studio.accounts.models import User
from studio.errors import StudioError
from studio.teams.access import Seat, seat
from studio.teams.models import Team
from tests.generations.core.test_every_field import PLACE
from tests.generations.making import keep_film, make, make_image, make_upload

ENDS: dict[Kind, tuple[tuple[str, str], ...]] = {
    Kind.TEXT_TO_VIDEO: (),
    Kind.IMAGE_TO_VIDEO: (("start_frame", IMAGE),),
    Kind.KEYFRAMES: (("start_frame", IMAGE), ("end_frame", IMAGE)),
    Kind.EXTEND: (("start_frame", CLIP),),
    Kind.EXTEND_BACKWARDS: (("end_frame", CLIP),),
    Kind.BRIDGE: (("start_frame", CLIP), ("end_frame", IMAGE)),
}
MOVES = [move.key for moves in moves_by_group().values() for move in moves]
"""In the order of the page, which is the order in which a browser posts them."""
TEXTS = st.text(
    st.characters(blacklist_categories=["Cc", "Cs"], blacklist_characters="{}\u00ad\u200b"),
    min_size=3,
    max_size=60,
)
FEW = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


class Posted(HTMLParser):
    """What a browser would post of the composer's form."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.data = QueryDict(mutable=True)
        self.select = self.area = self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name") or "", given.get("type", "text")
        ticked = kind not in ("radio", "checkbox") or "checked" in given
        if tag == "input" and name and kind != "file" and ticked:
            unsaid = "on" if kind == "checkbox" else ""
            self.data.appendlist(name, given.get("value", unsaid) or "")
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given:
            self.data.appendlist(self.select, given.get("value") or "")
        elif tag == "textarea":
            self.area, self.text = name, ""

    def handle_data(self, text: str) -> None:
        if self.area:
            self.text += text

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.data[self.area] = self.text.removeprefix("\n").replace("\n", "\r\n")
            self.area = ""


def posted(where: Seat, draft: Draft) -> QueryDict:
    """The composer as a page shows it for this draft, read like a browser reads it."""
    context = {"composer": Composer(where, draft, None), "seat": where}
    return Posted(render_to_string("generations/_composer.html", context)).data


@pytest.fixture
def inputs(team: Team, ed: User) -> dict[str, list[InputChoice]]:
    """What may lie in a slot: results, uploads, and addresses."""
    film = make(team, ed, original=keep_film(team))
    image = make_image(team, ed)
    upload = make_upload(team, ed)
    return {
        IMAGE: [
            InputChoice("", generation=image.uuid),
            InputChoice("", upload=upload.uuid),
            InputChoice("", url="https://1.1.1.1/a.png?size=large&at=1"),
        ],
        CLIP: [InputChoice("", generation=film.uuid)],
        VIDEO: [InputChoice("", url="https://1.1.1.1/a.mp4")],
    }


def values(data: st.DataObject, entry: KindEntry) -> dict[str, Any]:
    """Some settings of a kind, with a text where it takes one."""
    found: dict[str, Any] = {"prompt": data.draw(TEXTS) if entry.takes_prompt else ""}
    for field in entry.settings:
        if field.shape == Shape.CHOICE:
            found[field.name] = data.draw(st.sampled_from([value for value, _ in field.choices]))
        elif field.shape == Shape.TICK:
            found[field.name] = data.draw(st.booleans())
        elif field.shape == Shape.SEVERAL:
            chosen = data.draw(st.sets(st.sampled_from(MOVES), max_size=3))
            found[field.name] = [key for key in MOVES if key in chosen]
        elif field.shape == Shape.TEXT:
            found[field.name] = data.draw(TEXTS)
        elif field.name == "sync_timeout":
            found[field.name] = data.draw(st.sampled_from([5, 7.5, 60, 120]))
    if GEOMETRY[0] in entry.fields and data.draw(st.booleans()):
        found |= {**PLACE, "aspect_ratio": "16:9"}
    return found


def lying(
    data: st.DataObject, entry: KindEntry, inputs: dict[str, list[InputChoice]]
) -> tuple[InputChoice, ...]:
    """Something in the slots of a kind: what makes it this kind, else as many as have room."""
    if entry.kind in ENDS:
        wanted = ENDS[entry.kind]
    else:
        counts = [
            (slot, data.draw(st.integers(1 if slot.required else 0, slot.most)))
            for slot in entry.slots
        ]
        wanted = tuple(
            (slot.name, slot.accepts[-1]) for slot, count in counts for _ in range(count)
        )
    found = []
    for name, kind in wanted:
        slot = entry.slot(name)
        weighted = slot is not None and slot.weight is not None
        weight = data.draw(st.sampled_from([0.0, 0.05, 0.35, 1.0])) if weighted else None
        one = data.draw(st.sampled_from(inputs[kind]))
        found.append(InputChoice(name, one.generation, one.upload, one.url, weight))
    return tuple(found)


def send(where: Seat, recipe: Recipe) -> Generation:
    """Send it at today's price."""
    micros = check(where, recipe).micros
    return submit(where, recipe, submit_key=uuid.uuid4(), quoted_micros=micros).generations[0]


@pytest.mark.parametrize("kind", list(Kind))
@given(data=st.data())
@FEW
def test_recipe_is_the_same_after_every_step(
    kind: Kind,
    team: Team,
    ed: User,
    inputs: dict[str, list[InputChoice]],
    data: st.DataObject,
) -> None:
    where, entry = seat(ed, team.slug, "create"), KINDS[kind]
    recipe = Recipe(kind, values(data, entry), lying(data, entry, inputs))
    try:
        made = send(where, recipe)
    except StudioError:
        reject()
    assert made.kind == kind
    assert {name: made.recipe[name] for name in recipe.settings} == {
        **recipe.settings,
        "prompt": recipe.settings["prompt"].strip(),
    }
    found = recipe_of(made)
    assert found.inputs == recipe.inputs

    draft = draft_of(found)
    kept = draft_in(content_of(draft))
    for one in (draft, kept):
        data_again = posted(where, one)
        again = read_draft(data_again)
        form = ComposerForm(again, data_again)
        assert form.is_valid(), form.errors
        assert form.recipe.kind == found.kind
        assert form.recipe.settings == found.settings
        assert form.recipe.inputs == found.inputs
    new = send(where, form.recipe)
    assert new.pk != made.pk
    assert new.fingerprint == made.fingerprint, "same settings, new result"


def test_every_kind_is_reached() -> None:
    assert set(Kind) == set(KINDS)
    assert studio.ON_SANDBOX
