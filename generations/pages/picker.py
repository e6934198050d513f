"""What the picker offers, and where what is picked there goes."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from generations.media.models import Upload
from generations.media.store import file_address
from generations.models import Generation
from generations.pages.generation import ShownGeneration
from generations.pages.part import Part
from generations.queries.library import pickable_page
from generations.queries.uploads import pickable_uploads
from generations.recipes.draft import Draft
from generations.recipes.kinds.slots import CLIP, IMAGE
from studio.forms import read_uuid
from studio.teams.access import Seat


@dataclass(frozen=True)
class PickTarget:
    """Where a pick goes: the form's id, the address it posts to, what the answer replaces.

    `put` is the form's step; `more` is the address of further pages; `missing` names what an empty
    list lacks.
    """

    name: str
    form: str
    url: str
    target: str
    put: str
    more: str
    missing: str


@dataclass(frozen=True)
class PickerList(Part):
    """What _picker_list.html and _picker_items.html read: one page. `next`: older ones follow."""

    picks: list[ShownGeneration]
    uploads: list[tuple[Upload, str]]
    next: Generation | None
    into: PickTarget


def picker_list(
    seat: Seat, accepts: Iterable[str], into: PickTarget, before: str | None = None
) -> PickerList:
    """Return one page of what may be picked. At most three queries."""
    contents = tuple(accepts)
    rows, following = pickable_page(seat, contents, read_uuid(before))
    uploads = [] if before else pickable_uploads(seat, contents)
    return PickerList(
        picks=[ShownGeneration(row) for row in rows],
        uploads=[(row, file_address(row.picture)) for row in uploads],
        next=following,
        into=into,
    )


def composer_picks(
    seat: Seat, draft: Draft, name: str, before: str | None = None
) -> PickerList | None:
    """Return what may be picked for a slot of the composer; None if the kind has no such slot."""
    slot = draft.entry.slot(name)
    if slot is None:
        return None
    slug = (seat.team.slug,)
    into = PickTarget(
        name,
        form="composer-form",
        url=reverse("generations:create", args=slug),
        target="#composer",
        put=f"put:{name}",
        more=f"{reverse('generations:pick', args=slug)}?slot={name}&kind={draft.kind}",
        missing="pictures" if IMAGE in slot.accepts else "videos",
    )
    return picker_list(seat, slot.accepts, into, before)


def chain_picks(seat: Seat, before: str | None = None) -> PickerList:
    """Return what may be an item of a chain: pictures, and videos made here."""
    slug = (seat.team.slug,)
    into = PickTarget(
        "item",
        form="chain-form",
        url=reverse("generations:chain_new", args=slug),
        target="#chain-form",
        put="add",
        more=f"{reverse('generations:chain_pick', args=slug)}?",
        missing="pictures or videos",
    )
    return picker_list(seat, (IMAGE, CLIP), into, before)
