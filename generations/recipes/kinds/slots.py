"""Slots of a kind, and the inputs that were found for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from generations.media.address_checks import AddressCheck, known_result
from generations.media.models import StoredFile, Upload
from generations.media.preflight import Preflight
from generations.media.public_hosts import shown_host
from generations.models import Generation
from generations.recipes.choice import InputChoice

IMAGE, CLIP, VIDEO = "image", "clip", "video"
"""What a slot accepts: a picture by address, a generated video by its id, a video by address."""


@dataclass(frozen=True)
class Slot:
    """A place for inputs. `weight` is the default of inputs that say from 0 to 1 what they count.

    `most` is how many inputs it takes.
    """

    name: str
    label: str
    accepts: tuple[str, ...] = (IMAGE,)
    required: bool = True
    most: int = 1
    weight: float | None = None
    help_text: str = ""

    @property
    def takes(self) -> str:
        """What it accepts, in words."""
        if self.accepts == (IMAGE,):
            return "a picture"
        return "a picture or a video" if IMAGE in self.accepts else "a video"


@dataclass(frozen=True)
class FoundInput:
    """One input of a draft: the object it refers to, its measures, and why it cannot stay.

    `kind` is IMAGE, CLIP or VIDEO: what it counts as in its slot. Pixels, seconds and bytes are
    None where nobody knows them. `gone`: the object does not exist or is not the person's.
    `check` is the address from which Luma would fetch it where that is not the studio's own, and
    `checked` the result of that check, if there is one yet.
    """

    slot: Slot
    choice: InputChoice
    kind: str = IMAGE
    source: Generation | None = None
    upload: Upload | None = None
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    resolution: str | None = None
    size: int | None = None
    ready: bool = True
    weight: float | None = None
    problem: str = ""
    gone: bool = False
    check: AddressCheck | None = None
    checked: Preflight | None = None

    def with_check(self, check: AddressCheck) -> "FoundInput":
        """Return it with the address that Luma would fetch, and what the last check measured."""
        result = known_result(check)
        found = replace(self, check=check, checked=result)
        if result is None:
            return found
        if not result.ok and result.certain:
            return replace(found, problem=self.problem or result.sentence)
        if result.ok and not check.at_luma:
            seconds = result.milliseconds / 1000 if result.milliseconds else None
            return replace(
                found,
                width=result.width,
                height=result.height,
                seconds=seconds,
                resolution=None,
                size=None,
            )
        return found

    @property
    def name(self) -> str:
        """What it is called: its title, its host, or why it is not there."""
        if self.gone:
            return self.problem
        if self.source is not None:
            return self.source.title
        if self.upload is not None:
            return self.upload.title
        return shown_host(self.choice.url) or self.choice.url[:80]

    @property
    def badge(self) -> str:
        """A word for its icon: missing, image, video, upload or address."""
        if self.gone:
            return "missing"
        if self.source is not None:
            return self.source.media_type
        return "upload" if self.upload is not None else "address"

    @property
    def picture(self) -> StoredFile | None:
        if self.source is not None:
            return self.source.poster
        return self.upload.picture if self.upload is not None else None

    @property
    def shown_weight(self) -> float | None:
        """The weight as a form shows it, a refused one too; None in a slot without weights."""
        if self.slot.weight is None:
            return None
        return self.slot.weight if self.choice.weight is None else self.choice.weight

    @property
    def has_frames(self) -> bool:
        """Whether it is a stored video in a slot for pictures, so that a frame can be taken."""
        if IMAGE not in self.slot.accepts:
            return False
        if self.source is not None:
            return self.source.media_type == "video" and self.source.original is not None
        return self.upload is not None and self.kind == VIDEO


Contents = Mapping[str, Sequence[FoundInput]]
"""The inputs of each slot, by the slot's name."""
