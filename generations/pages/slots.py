"""Slots as a page shows them: their inputs, the results of address checks, and what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from generations.media.preflight import Preflight
from generations.recipes.kinds.slots import CLIP, IMAGE, VIDEO, FoundInput, Slot

SEND_ALL_THE_SAME = "It can be sent all the same: Luma may get further, and what fails is refunded."
SENT_ALL_THE_SAME = "It was sent all the same; what fails is refunded."
NOT_CHECKED = "It was not looked at in time."


@dataclass
class ShownSlot:
    """A slot with its inputs and what is wrong with it.

    `checked`: its addresses were checked just now, so an unknown one stays unknown. `wanted` says
    what has to be added while it is empty; "" for one that may stay empty.
    """

    slot: Slot
    items: list[FoundInput] = field(default_factory=list)
    error: str = ""
    checked: bool = False
    wanted: str = ""

    @property
    def id(self) -> str:
        """The fragment that the summary's links lead to."""
        return f"slot-{self.slot.name}"

    @property
    def room(self) -> int:
        """How many more inputs it takes before one is pushed out."""
        return max(0, self.slot.most - len(self.items))

    @property
    def video_place(self) -> int:
        """The place of the first video whose frames can be taken."""
        return next((place for place, one in enumerate(self.items) if one.has_frames), 0)

    @property
    def video(self) -> FoundInput | None:
        """The first video whose frames can be taken."""
        return next((one for one in self.items if one.has_frames), None)

    @property
    def accept(self) -> str:
        """What the file dialog offers. A video may give its frames to a slot for pictures."""
        pictures = ("image/jpeg", "image/png", "image/webp") if IMAGE in self.slot.accepts else ()
        return ",".join((*pictures, "video/mp4", "video/quicktime", "video/webm"))

    @property
    def uploads(self) -> bool:
        """Whether it takes a file from outside; some kinds take only videos made here."""
        return self.slot.accepts != (CLIP,)

    @property
    def what(self) -> str:
        """A word for what an address leads to here."""
        return "video" if VIDEO in self.slot.accepts else "picture"


def check_name(found: FoundInput) -> str:
    """Return a short name for the address check of an input, for ids in the page; "" without."""
    return found.check.cache_key.rpartition(":")[2][:16] if found.check else ""


def unchecked(found: FoundInput) -> bool:
    """Whether nothing is known yet of the address from which Luma would fetch an input."""
    return found.check is not None and found.checked is None and not found.problem


def verdict(found: FoundInput) -> str:
    """Return what an address check found, in a sentence; "" for an input without a check."""
    if found.check is None:
        return ""
    if found.problem:
        return found.problem
    if found.checked is None:
        return f"{NOT_CHECKED} {SEND_ALL_THE_SAME}"
    return _in_words(found.checked)


def doubtful(found: FoundInput) -> bool:
    """Whether an address check found something to think about."""
    if found.check is None or found.problem:
        return False
    return found.checked is None or bool(found.checked.message)


def unchecked_notes(inputs: Iterable[FoundInput]) -> list[str]:
    """Say of inputs that were sent what is not known of their addresses, with their slots."""
    checked = [one for one in inputs if one.check and not one.problem]
    doubts = [
        (one.slot.label, one.checked.message if one.checked else NOT_CHECKED) for one in checked
    ]
    return [f"{label}: {message} {SENT_ALL_THE_SAME}" for label, message in doubts if message]


def _in_words(result: Preflight) -> str:
    if not result.ok:
        return f"{result.message} {SEND_ALL_THE_SAME}"
    if result.message:
        return result.message
    said = [result.content_type.rpartition("/")[2].upper().replace("QUICKTIME", "MOV")]
    if result.width and result.height:
        said.append(f"{result.width:,} × {result.height:,}")  # noqa: RUF001 (a times sign)
    if result.milliseconds:
        said.append(f"{result.milliseconds / 1000:.1f} s")
    if result.size:
        said.append(f"{max(result.size / 1_000_000, 0.1):.1f} MB")
    return f"Luma can open it: {', '.join(filter(None, said))}."
