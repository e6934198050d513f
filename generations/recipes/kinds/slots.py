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
    """A place of a kind for inputs, `most` at most.

    `weight` is the default weight of an input, from 0 to 1; None if its inputs have no weight.
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
        """What it accepts, for sentences."""
        if self.accepts == (IMAGE,):
            return "a picture"
        return "a picture or a video" if IMAGE in self.accepts else "a video"


@dataclass(frozen=True)
class FoundInput:
    """One input of a draft: the object it refers to, its measures, and why it cannot stay.

    `kind` is IMAGE, CLIP or VIDEO: how its slot uses it. Pixels, seconds and bytes are None if
    unknown. `gone`: the object does not exist or the person may not use it. `check` is the address
    check of an input that Luma would fetch from outside the studio, and `checked` its result, if
    there is one yet.
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
        """Return it with an address check, and with what the last result of that check measured."""
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
        """Its title or its host; if it is gone, the sentence that says so."""
        if self.gone:
            return self.problem
        if self.source is not None:
            return self.source.title
        if self.upload is not None:
            return self.upload.title
        return shown_host(self.choice.url) or self.choice.url[:80]

    @property
    def badge(self) -> str:
        """The name of its badge: missing, image, video, upload or address."""
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
        """The weight that a form shows, also a wrong one; None in a slot without weights."""
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
