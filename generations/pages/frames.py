"""The frame picker: a video, and the slots that one of its frames can go into."""

from dataclasses import dataclass

from django.urls import reverse

from generations.media.models import StoredFile
from generations.media.store import file_address
from generations.pages.generation import USUAL_RATE
from generations.recipes.choice import InputChoice
from studio.teams.access import Seat

SAVE = "save"
"""The target of a frame that is only kept as an upload."""


@dataclass(frozen=True)
class FrameTarget:
    """A button of the frame picker: the slot that the frame goes into, or SAVE."""

    value: str
    label: str
    icon: str


TARGETS = {
    one.value: one
    for one in (
        FrameTarget("start_frame", "Start frame", "arrow-right-from-line"),
        FrameTarget("end_frame", "End frame", "arrow-right-to-line"),
        FrameTarget("image_ref", "Image reference", "images"),
        FrameTarget("style_ref", "Style reference", "palette"),
        FrameTarget("character_ref", "Character reference", "user-round"),
        FrameTarget("modify_image_ref", "Image to modify", "wand-sparkles"),
        FrameTarget("first_frame", "First frame", "panel-top"),
        FrameTarget(SAVE, "Keep as a picture", "save"),
    )
}
ALWAYS = ("start_frame", "end_frame", "image_ref", SAVE)


@dataclass(frozen=True)
class FramePicker:
    """What _frame_picker.html reads; `length` and `at` in milliseconds, `fps` frames a second.

    `key` makes its ids unique. `swap` selects what the answer replaces; "" sends a whole page.
    """

    key: str
    title: str
    src: str
    poster: str
    length: int | None
    at: int
    fps: float
    action: str
    swap: str
    targets: list[FrameTarget]
    now: bool = True


def frame_picker(
    seat: Seat,
    choice: InputChoice,
    title: str,
    file: StoredFile,
    poster: StoredFile | None,
    *,
    slot: str = "",
    at: int = 0,
    whole_page: bool = False,
) -> FramePicker:
    """Return the picker of a video's frames, open at a moment. `slot` is offered first."""
    offered = (slot, *ALWAYS) if slot in TARGETS and slot not in ALWAYS else ALWAYS
    action = reverse("generations:take", args=(seat.team.slug,))
    length = file.milliseconds
    return FramePicker(
        key=str(choice.generation or choice.upload),
        title=title,
        src=file_address(file),
        poster=file_address(poster) if poster else "",
        length=length,
        at=min(at, length or at),
        fps=file.rate or USUAL_RATE,
        action=f"{action}?of={choice.reference}",
        swap="" if whole_page else "#composer",
        targets=[TARGETS[name] for name in offered],
    )
