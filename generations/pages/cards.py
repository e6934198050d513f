"""Cards of the library: each version is rendered once, and the viewer's buttons are put into it."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from django.core.cache import cache as store
from django.template.loader import get_template, render_to_string
from django.utils.safestring import SafeString, mark_safe

from generations.models import Generation, Kind
from generations.models.states import FACTS
from generations.pages.generation import ShownGeneration
from generations.recipes.kinds import KINDS
from generations.recipes.kinds.slots import CLIP, IMAGE, VIDEO
from studio.teams.access import Seat

CARD = "generations/_card.html"
ACTIONS = "generations/_card_actions.html"
MARK = "<!--actions-->"
CACHE_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Use:
    """A way to use a result: the kind to make, the slot to put it in."""

    label: str
    icon: str
    media_type: str
    kind: Kind
    slot: str
    first: bool = False
    like: bool = False

    @property
    def query(self) -> str:
        """The query of the composer's address."""
        return f"kind={self.kind}&slot={self.slot}" + ("&like=1" if self.like else "")

    @property
    def offered(self) -> bool:
        """Whether the kind is offered and its slot takes such media."""
        entry = KINDS.get(self.kind)
        slot = entry.slot(self.slot) if entry else None
        return bool(slot and set(SLOT_TYPES[self.media_type]) & set(slot.accepts))


SLOT_TYPES = {"image": (IMAGE,), "video": (CLIP, VIDEO)}
"""What a result counts as in a slot, by its media type."""

USES = (
    Use("Extend", "chevrons-right", "video", Kind.EXTEND, "start_frame", first=True, like=True),
    Use("Use as start", "arrow-right-from-line", "video", Kind.BRIDGE, "start_frame", first=True),
    Use(
        "Extend backwards", "chevrons-left", "video", Kind.EXTEND_BACKWARDS, "end_frame", like=True
    ),
    Use("Use as end", "arrow-right-to-line", "video", Kind.BRIDGE, "end_frame"),
    Use("Modify", "wand-sparkles", "video", Kind.MODIFY_VIDEO, "source"),
    Use("Reframe", "crop", "video", Kind.REFRAME_VIDEO, "source"),
    Use("Upscale", "scaling", "video", Kind.UPSCALE, "source"),
    Use("Add audio", "audio-lines", "video", Kind.ADD_AUDIO, "source"),
    Use("Animate", "image-play", "image", Kind.IMAGE_TO_VIDEO, "start_frame", first=True),
    Use("Use as reference", "images", "image", Kind.IMAGE, "image_ref", first=True),
    Use("Use as start", "arrow-right-from-line", "image", Kind.KEYFRAMES, "start_frame"),
    Use("Use as end", "arrow-right-to-line", "image", Kind.KEYFRAMES, "end_frame"),
    Use("Use as style", "palette", "image", Kind.IMAGE, "style_ref"),
    Use("Use as character", "user-round", "image", Kind.IMAGE, "character_ref"),
    Use("Modify", "wand-sparkles", "image", Kind.IMAGE, "modify_image_ref"),
    Use("Reframe", "crop", "image", Kind.REFRAME_IMAGE, "source"),
)
"""In the order of the menu. `first`: also a button on the card. `like`: the settings come too."""


@dataclass(frozen=True)
class Abilities:
    """What one person may do with one card; equal abilities share the rendered actions."""

    create: bool
    cancel: bool
    decide: bool
    trash: bool

    @classmethod
    def of(cls, seat: Seat, generation: Generation) -> "Abilities":
        """Return what the permission table allows this person. No query."""
        own = generation.author_id == seat.user.pk
        return cls(
            create=seat.can("create"),
            cancel=seat.can("cancel", own=own),
            decide=seat.can("decide", own=own),
            trash=seat.can("trash", own=own),
        )

    def __str__(self) -> str:
        flags = (self.create, self.cancel, self.decide, self.trash)
        return "".join("x" if flag else "-" for flag in flags)


def offered_uses(generation: Generation) -> list[Use]:
    """Return the ways to use a generation, finished or in progress."""
    if not generation.facts.usable_as_source:
        return []
    return [use for use in USES if use.media_type == generation.media_type and use.offered]


def render_cards(seat: Seat, generations: Sequence[Generation]) -> list[SafeString]:
    """Return the cards of rows for a person. No query; two cache reads for all of them."""
    bodies = _rendered(generations, [""] * len(generations))
    abilities = [Abilities.of(seat, generation) for generation in generations]
    actions = _rendered(generations, abilities)
    return [
        mark_safe(body.replace(MARK, action, 1))  # noqa: S308 - both are rendered templates
        for body, action in zip(bodies, actions, strict=True)
    ]


def render_card(seat: Seat, generation: Generation) -> SafeString:
    """Return one card, as `render_cards` does."""
    return render_cards(seat, [generation])[0]


def _rendered(
    generations: Sequence[Generation], variants: Sequence[Abilities | str]
) -> Iterable[str]:
    keys = [
        f"card:{_release()}:{generation.uuid}:{generation.version}:{variant}"
        for generation, variant in zip(generations, variants, strict=True)
    ]
    found: dict[str, str] = store.get_many(keys)
    missing = {
        key: _render(generation, variant)
        for key, generation, variant in zip(keys, generations, variants, strict=True)
        if key not in found
    }
    if missing:
        store.set_many(missing, CACHE_SECONDS)
    return [found.get(key) or missing[key] for key in keys]


def _render(generation: Generation, variant: Abilities | str) -> str:
    shown = ShownGeneration(generation)
    if not isinstance(variant, Abilities):
        return render_to_string(CARD, {"generation": generation, "shown": shown})
    context = {
        "generation": generation,
        "shown": shown,
        "can": variant,
        "can_stop": variant.cancel and shown.state.facts.before_sending,
        "uses": offered_uses(generation),
    }
    return render_to_string(ACTIONS, context)


@cache
def _release() -> str:
    """Return a digest of templates and facts, so that a new release never shows old cards."""
    sources = "".join(get_template(name).template.source for name in (CARD, ACTIONS))  # type: ignore[attr-defined]
    return hashlib.sha256(f"{sources}{FACTS}".encode()).hexdigest()[:12]
