"""Slots as a page shows them: what lies in each, how it looks, and why it cannot stay."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from generations.media.address_checks import AddressCheck
from generations.media.preflight import Preflight
from generations.media.public_hosts import shown_host
from generations.media.store import file_address
from generations.pages.generation import ShownGeneration
from generations.recipes.draft import Draft
from generations.recipes.inputs import FoundInput, contents_of, find_input, rows_of
from generations.recipes.kinds import Lying, Slot
from generations.recipes.kinds.entry import CLIP, IMAGE, VIDEO
from generations.recipes.recipe import InputChoice, write_reference
from studio.errors import NotFound
from studio.teams.access import Seat

GONE = "is not there any more, or is not yours. Clear it or choose another."
SEND_ALL_THE_SAME = "It can be sent all the same: Luma may get further, and what fails is refunded."
SENT_ALL_THE_SAME = "It was sent all the same; what fails is refunded."
NOT_SEEN = "It was not looked at in time."


@dataclass(frozen=True)
class SlotItem:
    """One thing in a slot: what it is called, how it looks, how the form names it.

    `moving`: a video whose frames can be taken; `wrong`: it cannot lie there as it is.
    `look` names the address that Luma would fetch it from, where that is not this studio's;
    `unseen`: nothing is known of it yet; `verdict` is what was found there, and `doubt` whether
    that is something to think about.
    """

    reference: str
    name: str
    badge: str
    picture: str = ""
    weight: float | None = None
    moving: bool = False
    wrong: bool = False
    look: str = ""
    unseen: bool = False
    verdict: str = ""
    doubt: bool = False


@dataclass
class SlotView:
    """A slot with what lies in it and what is wrong with it.

    `looked`: its addresses were looked at just now; what is not known by then stays so.
    `wanted`: what has to be added while it is empty; "" for one that may stay so.
    """

    slot: Slot
    items: list[SlotItem] = field(default_factory=list)
    error: str = ""
    looked: bool = False
    wanted: str = ""

    @property
    def id(self) -> str:
        """Where the summary's links lead."""
        return f"slot-{self.slot.name}"

    @property
    def room(self) -> int:
        """How many more inputs it takes before one is pushed out."""
        return max(0, self.slot.most - len(self.items))

    @property
    def moving_place(self) -> int:
        """Where the first video lies whose frames can be taken."""
        return next((place for place, one in enumerate(self.items) if one.moving), 0)

    @property
    def moving(self) -> SlotItem | None:
        """The first video in it whose frames can be taken."""
        return next((one for one in self.items if one.moving), None)

    @property
    def accept(self) -> str:
        """What the file dialog offers. A video may give its frames to a slot for pictures."""
        kinds = set(self.slot.accepts)
        pictures = ("image/jpeg", "image/png", "image/webp") if IMAGE in kinds else ()
        videos = ("video/mp4", "video/quicktime", "video/webm")
        return ",".join((*pictures, *videos))

    @property
    def uploads(self) -> bool:
        """Whether a file from outside can lie there; some kinds take videos made here only."""
        return self.slot.accepts != (CLIP,)

    @property
    def what(self) -> str:
        """What an address leads to here, in a word."""
        return "video" if VIDEO in self.slot.accepts else "picture"


@dataclass(frozen=True)
class Found:
    """One choice with what it refers to; nothing where that is not there any more."""

    choice: InputChoice
    slot: Slot
    input: FoundInput | None = None
    missing: str = ""


def look_up(seat: Seat, draft: Draft) -> list[Found]:
    """Find what lies in the slots of a draft; what is gone is said in its place.

    Two queries at most. It stays good where the kind follows from what was found, for kinds that
    turn into each other have the same slots.
    """
    found, rows = [], rows_of(seat, draft.inputs)
    for choice in draft.inputs:
        slot = draft.entry.slot(choice.slot)
        if slot is None:
            continue
        try:
            found.append(Found(choice, slot, find_input(slot, choice, rows)))
        except NotFound as error:
            found.append(Found(choice, slot, missing=error.sentence))
    return found


def require(found: Iterable[Found]) -> None:
    """Raise NotFound for what is not theirs, or gone."""
    for one in found:
        if one.missing:
            raise NotFound(f"{one.slot.label} {GONE}")


def contents_in(found: list[Found]) -> dict[str, list[Lying]]:
    """What lies in each slot, as the table of kinds wants it."""
    return contents_of(one.input for one in found if one.input is not None)


def looks_of(found: Iterable[Found]) -> list[AddressCheck]:
    """The addresses of others at which Luma would fetch what lies in the slots."""
    return [one.input.look for one in found if one.input and one.input.look]


def slot_item(found: Found) -> SlotItem:
    """How something in a slot looks; what is not there any more is said so."""
    item, one = _item(found), found.input
    if one is None or one.look is None:
        return item
    item = replace(item, look=one.look.cache_key.rpartition(":")[2][:16])
    seen = one.seen
    if one.problem:
        return replace(item, verdict=one.problem)
    if seen is None:
        verdict = f"{NOT_SEEN} {SEND_ALL_THE_SAME}"
        return replace(item, unseen=True, verdict=verdict, doubt=True)
    return replace(item, verdict=words_of(seen), doubt=bool(seen.message))


def words_of(seen: Preflight) -> str:
    """What was found at an address, in a sentence."""
    if not seen.ok:
        return f"{seen.message} {SEND_ALL_THE_SAME}"
    if seen.message:
        return seen.message
    said = [seen.content_type.rpartition("/")[2].upper().replace("QUICKTIME", "MOV")]
    if seen.width and seen.height:
        said.append(f"{seen.width:,} × {seen.height:,}")  # noqa: RUF001 (a times sign)
    if seen.milliseconds:
        said.append(f"{seen.milliseconds / 1000:.1f} s")
    if seen.size:
        said.append(f"{max(seen.size / 1_000_000, 0.1):.1f} MB")
    return f"Luma can open it: {', '.join(filter(None, said))}."


def doubts_in(found: Iterable[Found]) -> list[str]:
    """What is not known of the addresses that were sent, each with the slot it lies in."""
    inputs = [one.input for one in found if one.input and one.input.look and not one.input.problem]
    doubts = [(one.slot.label, one.seen.message if one.seen else NOT_SEEN) for one in inputs]
    return [f"{label}: {what} {SENT_ALL_THE_SAME}" for label, what in doubts if what]


def _item(found: Found) -> SlotItem:
    reference = write_reference(found.choice)
    slot, one, weight = found.slot, found.input, found.choice.weight
    weight = slot.weight if weight is None or slot.weight is None else weight
    if one is None:
        return SlotItem(reference, found.missing, "missing", weight=weight, wrong=True)
    wrong, frames = bool(one.problem), IMAGE in slot.accepts
    if one.source is not None:
        look = ShownGeneration(one.source)
        moving = frames and one.source.media_type == "video" and one.source.original is not None
        badge = one.source.media_type
        return SlotItem(
            reference, one.source.title, badge, look.poster, weight, moving=moving, wrong=wrong
        )
    if one.upload is not None:
        picture, title = file_address(one.upload.picture), one.upload.title
        moving = frames and one.lying.kind == VIDEO
        return SlotItem(reference, title, "upload", picture, weight, moving=moving, wrong=wrong)
    name = shown_host(one.url) or one.url[:80]
    return SlotItem(reference, name, "address", weight=weight, wrong=wrong)


def slot_problems(found: list[Found]) -> dict[str, str]:
    """Say what lies in a slot that cannot stay there."""
    problems = {}
    for one in found:
        sentence = one.missing or (one.input.problem if one.input else "")
        if sentence:
            problems[one.choice.slot] = sentence
    return problems
