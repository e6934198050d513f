"""The table of what can be made: one entry a kind, and everything about a kind in its entry.

Forms, slots, prices, icons and requests all follow from the entries; adding a kind is adding one.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generations.luma import pricing, schema
from generations.luma.pricing import Price
from generations.luma.schema import AnyRequest
from generations.models import Kind

SHORTEST_PROMPT = 3
LONGEST_PROMPT = 5000
NO_ADDRESS = "https://unset.invalid/"


@dataclass(frozen=True)
class Slot:
    """A place for an input. `accepts` names media types: image, video."""

    name: str
    label: str
    accepts: tuple[str, ...] = ("image",)
    required: bool = True
    most: int = 1


@dataclass(frozen=True)
class FilledSlot:
    """One input as the API wants it: an address, or the API's id of a generation."""

    url: str = NO_ADDRESS
    remote_id: str = ""
    weight: float | None = None

    def keyframe(self) -> dict[str, str]:
        """Return the API's keyframe object."""
        if self.remote_id:
            return {"type": "generation", "id": self.remote_id}
        return {"type": "image", "url": self.url}


Settings = Mapping[str, Any]
Slots = Mapping[str, Sequence[FilledSlot]]
Build = Callable[[dict[str, Any], Slots], AnyRequest]

_CHOICES: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "video": {
        "model": (("ray-2", "Ray 2"), ("ray-flash-2", "Ray Flash 2")),
        "resolution": (("540p", "540p"), ("720p", "720p"), ("1080p", "1080p"), ("4k", "4k")),
        "duration": (("5s", "5 s"), ("9s", "9 s")),
    },
    "image": {
        "model": (("photon-1", "Photon"), ("photon-flash-1", "Photon Flash")),
        "format": (("jpg", "JPEG"), ("png", "PNG")),
    },
}
_RATIOS = tuple((ratio, ratio) for ratio in ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21"))

_DEFAULTS: dict[str, Any] = {
    "aspect_ratio": "16:9",
    "resolution": "720p",
    "duration": "5s",
    "loop": False,
    "format": "jpg",
}

SENTENCES = {
    "model": "This model is not available. Choose one of the list.",
    "aspect_ratio": "Choose one of 7 ratios.",
    "resolution": "Choose 540p, 720p, 1080p or 4k.",
    "duration": "5 s or 9 s.",
    "format": "Choose JPEG or PNG.",
}


@dataclass(frozen=True)
class KindEntry:
    """One kind: how it is asked for, what it costs, and what is sent.

    `operation` is the API's generation_type, `create` the client's method for it.
    """

    kind: Kind
    label: str
    icon: str
    media_type: str
    operation: str
    create: str
    build: Build
    slots: tuple[Slot, ...] = ()
    fields: tuple[str, ...] = ()
    prompt_required: bool = True
    help_text: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    def choices(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return the (value, label) pairs of a field; none for a tick box."""
        if name == "aspect_ratio":
            return _RATIOS
        return _CHOICES[self.media_type].get(name, ())

    def default(self, name: str) -> Any:
        """Return what a new form shows in a field."""
        if name == "model":
            return self.choices("model")[0][0]
        return _DEFAULTS.get(name)

    @property
    def defaults(self) -> dict[str, Any]:
        """Return what a new form shows, by field."""
        return {name: self.default(name) for name in self.fields}

    def slot(self, name: str) -> Slot | None:
        """Return a slot by its name."""
        return next((slot for slot in self.slots if slot.name == name), None)

    def problems(self, settings: Settings, filled: Mapping[str, int]) -> dict[str, str]:
        """Say what keeps this from being sent, by field or slot; empty when it can be.

        `filled` counts the inputs in each slot. The sentences are shown as they are.
        """
        found = {**self._wrong_choices(settings), **self._wrong_slots(filled)}
        sentence = prompt_problem(str(settings.get("prompt", "")), required=self.prompt_required)
        if sentence:
            found["prompt"] = sentence
        return found

    def _wrong_choices(self, settings: Settings) -> dict[str, str]:
        found = {}
        for name in self.fields:
            allowed = [value for value, _ in self.choices(name)]
            if allowed and settings.get(name) not in allowed:
                found[name] = SENTENCES[name]
        return found

    def _wrong_slots(self, filled: Mapping[str, int]) -> dict[str, str]:
        found = {}
        for slot in self.slots:
            count = filled.get(slot.name, 0)
            if slot.required and not count:
                found[slot.name] = f"Add a picture: {slot.label.lower()} is empty."
            elif count > slot.most:
                found[slot.name] = "One only." if slot.most == 1 else f"{slot.most} at most."
        return found

    def request(
        self, settings: Settings, slots: Slots | None = None, callback_url: str | None = None
    ) -> AnyRequest:
        """Return the API's request. Slots that are not given stand with an unset address."""
        wanted = {name: settings[name] for name in self.fields if settings.get(name) is not None}
        prompt = str(settings.get("prompt", ""))
        if prompt:
            wanted["prompt"] = prompt
        if callback_url:
            wanted["callback_url"] = callback_url
        return self.build(wanted, slots if slots is not None else self._unset())

    def _unset(self) -> dict[str, list[FilledSlot]]:
        return {slot.name: [FilledSlot()] for slot in self.slots if slot.required}

    def price(self, settings: Settings) -> Price:
        """Return the price of one, in micro-dollars, or an unknown price for odd settings."""
        return pricing.price(self.operation, self.request({**settings, "prompt": "price"}))


def prompt_problem(prompt: str, *, required: bool = True) -> str | None:
    """Say what is wrong with a prompt. Length is counted in code points, as the API counts."""
    if not visible(prompt):
        return "Write a prompt or add a start image." if required else None
    if len(prompt) < SHORTEST_PROMPT:
        return f"At least {SHORTEST_PROMPT} characters."
    if len(prompt) > LONGEST_PROMPT:
        return f"5,000 is the most Luma accepts; yours has {len(prompt):,}."
    return None


def visible(text: str) -> bool:
    """Whether anything in the text can be seen."""
    return any(
        not char.isspace() and unicodedata.category(char) not in ("Cf", "Cc", "Zs", "Mn")
        for char in text
    )


def clean_prompt(text: str) -> tuple[str, bool]:
    """Return the prompt without control characters (newlines stay), and whether some went."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")
    )
    stripped = kept.strip()
    return (stripped if visible(stripped) else ""), kept != text


def _video(wanted: dict[str, Any], slots: Slots) -> AnyRequest:
    frames = {}
    for frame, name in (("frame0", "start_frame"), ("frame1", "end_frame")):
        inputs = slots.get(name)
        if inputs:
            frames[frame] = inputs[0].keyframe()
    if frames:
        wanted = {**wanted, "keyframes": frames}
    return schema.GenerationRequest(**wanted)


def _image(wanted: dict[str, Any], slots: Slots) -> AnyRequest:
    return schema.ImageGenerationRequest(**wanted)


_ENTRIES = (
    KindEntry(
        kind=Kind.TEXT_TO_VIDEO,
        label="Text to video",
        icon="clapperboard",
        media_type="video",
        operation="video",
        create="create_video",
        build=_video,
        fields=("model", "aspect_ratio", "resolution", "duration", "loop"),
        help_text="Describe a shot.",
    ),
    KindEntry(
        kind=Kind.IMAGE_TO_VIDEO,
        label="Image to video",
        icon="image-play",
        media_type="video",
        operation="video",
        create="create_video",
        build=_video,
        slots=(Slot("start_frame", "Start frame"),),
        fields=("model", "aspect_ratio", "resolution", "duration", "loop"),
        prompt_required=False,
        help_text="Start from a picture; the prompt says what happens.",
    ),
    KindEntry(
        kind=Kind.IMAGE,
        label="Image",
        icon="image",
        media_type="image",
        operation="image",
        create="create_image",
        build=_image,
        fields=("model", "aspect_ratio", "format"),
        help_text="Describe a picture.",
    ),
)

KINDS: dict[Kind, KindEntry] = {entry.kind: entry for entry in _ENTRIES}
