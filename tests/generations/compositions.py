"""Random valid drafts of every kind, and what a browser posts of them and reads from a page."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, NamedTuple

from django.http import QueryDict
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generations.composer.form import ComposerForm
from generations.composer.reading import read_draft
from generations.luma.concepts import moves_by_group
from generations.luma.sizes import image_size, video_size
from generations.models import Generation, Kind
from generations.recipes.check import order_of
from generations.recipes.choice import InputChoice
from generations.recipes.draft import Draft, draft_of
from generations.recipes.kinds import KINDS, KindEntry, Setting, Slot, clean_prompt
from generations.recipes.kinds.settings import GEOMETRY, Shape
from generations.recipes.kinds.slots import CLIP, IMAGE, VIDEO
from studio.teams.access import Seat

Values = Mapping[str, tuple[str, ...]]
CHEAP: Values = {
    "resolution": ("540p",),
    "duration": ("5s",),
    "model": ("ray-flash-2", "photon-flash-1"),
}
"""Drawn thirty times as often as the others, which take long to render."""
MOVES = [move.key for moves in moves_by_group().values() for move in moves]
"""In the order of the page, in which a browser sends them."""
LETTERS = st.characters(
    categories=("L", "N", "P", "Zs", "So", "Sc", "Mn"),
    exclude_characters="{}|\ufffd",
    codec="utf-8",
)


@dataclass(frozen=True)
class Pool:
    """Inputs to choose from, by what a slot accepts: image, clip or video."""

    by_kind: Mapping[str, tuple[Mapping[str, Any], ...]]


class Recipe(NamedTuple):
    """A kind, its settings with the prompt, and its inputs in order."""

    kind: Kind
    settings: dict[str, Any]
    inputs: tuple[InputChoice, ...] = ()


def recipe_of(generation: Generation) -> Recipe:
    """Return the recipe that a generation was made from."""
    return Recipe(
        Kind(generation.kind), dict(generation.recipe), in_order(draft_of(generation).inputs)
    )


@dataclass
class Composition:
    """The content of a composer: settings as a person types them, and inputs."""

    kind: Kind
    settings: dict[str, Any]
    inputs: list[InputChoice] = field(default_factory=list)

    @property
    def recipe(self) -> Recipe:
        """The recipe that is to be made of it, and restored from the generation."""
        return Recipe(self.kind, self.settings, in_order(self.inputs))

    def posted(self) -> dict[str, Any]:
        """Return what a browser posts."""
        data: dict[str, Any] = {"kind": str(self.kind), "prompt": self.settings["prompt"]}
        for setting in KINDS[self.kind].settings:
            value = self.settings[setting.name]
            if setting.shape == Shape.TICK:
                data |= {setting.name: "on"} if value else {}
            elif value is not None:
                data[setting.name] = value if isinstance(value, list) else str(value)
        for one in self.inputs:
            data.setdefault(one.slot, []).append(one.reference)
            if one.weight is not None:
                data.setdefault(f"{one.slot}_weight", []).append(str(one.weight))
        return {**data, "variations": "1", "submit_key": str(uuid.uuid4())}


def in_order(inputs: Any) -> tuple[InputChoice, ...]:
    """Return the inputs sorted by slot, in the same order within each."""
    return tuple(sorted(inputs, key=lambda one: one.slot))


@st.composite
def compositions(draw: st.DrawFn, kind: Kind, pool: Pool, cheap: Values = CHEAP) -> Composition:
    """Draw a composition of one kind that is valid. `cheap` values are drawn more often."""
    entry = KINDS[kind]
    inputs = draw(_inputs(entry, pool))
    chosen = {one.name: draw(_setting(one, cheap)) for one in entry.settings}
    if any(one.slot == "end_frame" for one in inputs):
        chosen |= {"loop": False} if "loop" in chosen else {}
    if GEOMETRY[0] in chosen:
        chosen |= draw(_geometry(entry, chosen["aspect_ratio"]))
    optional = not entry.prompt_required
    chosen["prompt"] = draw(PROMPTS | st.just("") if optional else PROMPTS)
    return Composition(kind, chosen, inputs)


PROMPTS = (
    st.text(LETTERS | st.sampled_from(" \nabcdefgh"), min_size=3, max_size=300)
    .map(lambda text: clean_prompt(text)[0])
    .filter(lambda text: len(text) >= 3 and not text.lower().startswith("fail:"))
)


def _setting(setting: Setting, cheap: Values) -> st.SearchStrategy[Any]:
    values = [value for value, _ in setting.choices]
    if setting.shape == Shape.CHOICE:
        if setting.name in cheap:
            usual = [one for one in cheap[setting.name] if one in values] or values[:1]
            values = usual * 30 + values
        return st.sampled_from(values)
    if setting.shape == Shape.SEVERAL:
        several = st.lists(st.sampled_from(MOVES), max_size=3, unique=True)
        return several.map(lambda keys: sorted(keys, key=MOVES.index))
    if setting.shape == Shape.TICK:
        return st.booleans()
    if setting.shape == Shape.TEXT:
        return st.none() | st.text("abcdef ,", min_size=1, max_size=50)
    if setting.shape == Shape.NUMBER:
        return st.integers(10, 240).map(lambda half: half / 2)
    return st.none()


@st.composite
def _geometry(draw: st.DrawFn, entry: KindEntry, ratio: str) -> dict[str, int | None]:
    """Draw all eight places within the canvas, or none."""
    size = video_size(ratio, "720p") if entry.media_type == "video" else image_size(ratio)
    if size is None or draw(st.sampled_from((False, False, True))):
        return dict.fromkeys(GEOMETRY)
    places: dict[str, int | None] = {}
    for axis, side, resized in (("x", size[0], "width"), ("y", size[1], "height")):
        start = draw(st.integers(0, side - 16))
        places[f"{axis}_start"] = start
        places[f"{axis}_end"] = draw(st.integers(start + 1, side))
        places[f"grid_position_{axis}"] = draw(st.integers(0, side))
        places[f"resized_{resized}"] = draw(st.integers(16, side))
    return places


@st.composite
def _inputs(draw: st.DrawFn, entry: KindEntry, pool: Pool) -> list[InputChoice]:
    found = []
    for name, kinds in draw(_filled(entry)).items():
        slot = entry.slot(name)
        assert slot is not None
        found += [draw(_choice(slot, kind, pool)) for kind in kinds]
    return found


ENDS: Mapping[Kind, list[dict[str, list[str]]]] = {
    Kind.TEXT_TO_VIDEO: [{}],
    Kind.IMAGE_TO_VIDEO: [{"start_frame": [IMAGE]}, {"end_frame": [IMAGE]}],
    Kind.KEYFRAMES: [{"start_frame": [IMAGE], "end_frame": [IMAGE]}],
    Kind.EXTEND: [{"start_frame": [CLIP]}],
    Kind.EXTEND_BACKWARDS: [{"end_frame": [CLIP]}],
    Kind.BRIDGE: [
        {"start_frame": [start], "end_frame": [end]}
        for start, end in ((CLIP, CLIP), (CLIP, IMAGE), (IMAGE, CLIP))
    ],
}


@st.composite
def _filled(draw: st.DrawFn, entry: KindEntry) -> dict[str, list[str]]:
    """Draw what each slot holds: image, clip or video, as many as the slot allows."""
    if entry.kind in ENDS:
        return draw(st.sampled_from(ENDS[entry.kind]))
    kinds = {
        slot.name: next(k for k in (VIDEO, CLIP, IMAGE) if k in slot.accepts)
        for slot in entry.slots
    }
    return {
        slot.name: [kinds[slot.name]] * draw(st.integers(1 if slot.required else 0, slot.most))
        for slot in entry.slots
    }


@st.composite
def _choice(draw: st.DrawFn, slot: Slot, kind: str, pool: Pool) -> InputChoice:
    weight = None
    if slot.weight is not None:
        weight = draw(st.integers(0, 20).map(lambda step: step / 20))
    return InputChoice(slot.name, **draw(st.sampled_from(pool.by_kind[kind])), weight=weight)


def drawn(kind: Kind, pool: Pool, count: int) -> list[Composition]:
    """Return so many compositions of a kind, the same in every run, without the simplest."""
    found: list[Composition] = []

    @settings(
        max_examples=count + 1,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(compositions(kind, pool))
    def draw(composition: Composition) -> None:
        found.append(composition)

    draw()
    return found[1 : count + 1]


class Controls(HTMLParser):
    """The successful controls of the composer on a page: what a browser would post."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.data = QueryDict(mutable=True)
        self.inside = False
        self.text: str | None = None
        self.select: str | None = None
        self.options: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == "composer-form"
        name = given.get("name", "")
        if not self.inside or "disabled" in given:
            return
        if tag == "textarea":
            self.text, self.select = "", name
        elif tag == "select":
            self.select, self.options = name, []
        elif tag == "option":
            self.options.append((given.get("value", ""), "selected" in given))
        elif tag == "input" and name and given.get("type") != "file":
            boxed = given.get("type") in ("checkbox", "radio")
            if not boxed or "checked" in given:
                self.data.appendlist(name, given.get("value", "on" if boxed else ""))

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.text is not None:
            lines = self.text.removeprefix("\n").replace("\n", "\r\n")
            self.data.appendlist(self.select or "", lines)
            self.text = None
        elif tag == "select" and self.select is not None:
            chosen = [value for value, selected in self.options if selected]
            self.data.appendlist(self.select, (chosen or [self.options[0][0]])[0])
            self.select = None


def draft_on(page: str) -> Draft:
    """Return the draft that a browser would post from a page."""
    return read_draft(Controls(page).data)


def recipe_on(page: str, seat: Seat) -> Recipe:
    """Return the recipe that pressing Generate on a page would send."""
    data = Controls(page).data
    order = order_of(seat, read_draft(data))
    form = ComposerForm(order.draft, data)
    assert form.accepts(order.problems), form.errors
    (prompt,) = order.prompts
    return Recipe(order.entry.kind, order.recipe(prompt), in_order(order.draft.inputs))
