"""What an entry of the table is: slots, settings, rules, price and request of one kind."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generations.luma import pricing
from generations.luma.concepts import label_for
from generations.luma.pricing import PriceEstimate
from generations.luma.schema import AnyRequest
from generations.models import Kind
from generations.recipes.kinds.fields import Field, wrong_for_model
from generations.recipes.kinds.prompts import MISSING, prompt_problem

NO_ADDRESS = "https://unset.invalid/"
NO_ID = "00000000-0000-4000-8000-000000000000"

IMAGE, CLIP, VIDEO = "image", "clip", "video"
"""What may lie in a slot: a picture by address, a generated video by its id, a video by address."""


@dataclass(frozen=True)
class Slot:
    """A place for inputs. `weighted` inputs say from 0 to 1 how much they count."""

    name: str
    label: str
    accepts: tuple[str, ...] = (IMAGE,)
    required: bool = True
    most: int = 1
    weight: float | None = None
    help_text: str = ""

    @property
    def takes(self) -> str:
        """What it takes, in words."""
        if self.accepts == (IMAGE,):
            return "a picture"
        return "a picture or a video" if IMAGE in self.accepts else "a video"


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

    def reference(self) -> dict[str, Any]:
        """Return the API's weighted image object."""
        weight = {} if self.weight is None else {"weight": self.weight}
        return {"url": self.url, **weight}


@dataclass(frozen=True)
class Lying:
    """What is known of something in a slot. Pixels, seconds and bytes are None if nobody knows."""

    kind: str
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    resolution: str | None = None
    ready: bool = True
    size: int | None = None


Settings = Mapping[str, Any]
Slots = Mapping[str, Sequence[FilledSlot]]
Contents = Mapping[str, Sequence[Lying]]
Offered = Mapping[str, Collection[str]]
Build = Callable[[dict[str, Any], Slots], AnyRequest]
Rule = Callable[[Settings, Contents], dict[str, str]]


@dataclass(frozen=True)
class KindEntry:
    """One kind: how it is asked for, what it costs, and what is sent.

    `operation` is the API's generation_type, `create` the client's method for it; `rules` say
    what its settings and slots forbid together.
    """

    kind: Kind
    label: str
    icon: str
    media_type: str
    operation: str
    create: str
    build: Build
    slots: tuple[Slot, ...] = ()
    settings: tuple[Field, ...] = ()
    rules: tuple[Rule, ...] = ()
    takes_prompt: bool = True
    prompt_required: bool = True
    prompt_missing: str = MISSING
    help_text: str = ""
    word: str = ""
    source: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its settings."""
        return tuple(field.name for field in self.settings)

    def field(self, name: str) -> Field | None:
        """Return a setting by its name."""
        return next((field for field in self.settings if field.name == name), None)

    def choices(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return the (value, label) pairs of a setting; none for one without a list."""
        field = self.field(name)
        return field.choices if field else ()

    def default(self, name: str) -> Any:
        """Return what a new form shows in a setting."""
        field = self.field(name)
        return field.default if field else None

    @property
    def defaults(self) -> dict[str, Any]:
        """Return what a new form shows, by setting."""
        return {field.name: field.default for field in self.settings}

    def facts(self, settings: Settings) -> list[str]:
        """What is chosen where there is a list, in the composer's words."""
        named = (dict(one.choices).get(str(settings.get(one.name))) for one in self.settings)
        return [label for label in named if label]

    def slot(self, name: str) -> Slot | None:
        """Return a slot by its name."""
        return next((slot for slot in self.slots if slot.name == name), None)

    def read(self, given: Settings) -> tuple[dict[str, Any], dict[str, str]]:
        """Return typed settings, defaults where nothing is given, and sentences by field."""
        values: dict[str, Any] = {}
        problems = {}
        for field in self.settings:
            try:
                value = field.read(given.get(field.name, field.default))
            except ValueError as problem:
                problems[field.name] = str(problem)
                continue
            if value is None and field.choices:
                problems[field.name] = field.sentence
            values[field.name] = value
        return values, {**wrong_for_model(self.settings, values), **problems}

    def problems(
        self, settings: Settings, contents: Contents, offered: Offered | None = None
    ) -> dict[str, str]:
        """Say what keeps this from being sent, by field or slot, its prompts apart.

        `offered` is what the API lists now for settings whose list grows.
        """
        values, unread = self.read(settings)
        found = {}
        for name, keys in (offered or {}).items():
            found.update(_gone(name, values.get(name) or (), keys))
        found.update(unread)
        found.update(self._wrong_slots(contents))
        for rule in self.rules:
            for name, sentence in rule(settings, contents).items():
                found.setdefault(name, sentence)
        return found

    def wanted(self, contents: Contents) -> dict[str, str]:
        """Say what has to be added to which empty slot."""
        found = self.problems({}, contents)
        empty = [slot for slot in self.slots if not contents.get(slot.name) and slot.name in found]
        return {
            slot.name: found[slot.name].removeprefix(f"{slot.label} is empty. ") for slot in empty
        }

    def prompt_problem(self, prompt: str, contents: Contents) -> str | None:
        """Say what is wrong with a prompt beside what lies in the slots."""
        required = self.prompt_required and not self._pictured(contents)
        return prompt_problem(prompt, required=required, missing=self.prompt_missing)

    def _pictured(self, contents: Contents) -> bool:
        """Whether a keyframe is a picture: the API then does without a prompt."""
        return self.operation == "video" and any(
            one.kind == IMAGE for some in contents.values() for one in some
        )

    def _wrong_slots(self, contents: Contents) -> dict[str, str]:
        found = {}
        for slot in self.slots:
            count = len(contents.get(slot.name, ()))
            if slot.required and not count:
                found[slot.name] = f"{slot.label} is empty. Add {slot.takes}."
            elif count > slot.most:
                found[slot.name] = (
                    "One only." if slot.most == 1 else f"{_words(slot.most)} at most."
                )
        return found

    def request(
        self, settings: Settings, slots: Slots | None = None, callback_url: str | None = None
    ) -> AnyRequest:
        """Return the API's request. Slots that are not given stand with an unset address."""
        wanted = {
            name: settings[name] for name in self.fields if settings.get(name) not in (None, "", [])
        }
        prompt = str(settings.get("prompt", ""))
        if prompt:
            wanted["prompt"] = prompt
        if callback_url:
            wanted["callback_url"] = callback_url
        return self.build(wanted, slots if slots is not None else self._unset())

    def _unset(self) -> dict[str, list[FilledSlot]]:
        return {slot.name: [FilledSlot()] for slot in self.slots if slot.required}

    def price(self, settings: Settings, contents: Contents | None = None) -> PriceEstimate:
        """Return the price of one, in micro-dollars, or an unknown price for odd settings."""
        values, problems = self.read(settings)
        if problems:
            return pricing.price("", self.request({**self.defaults, "prompt": "price"}))
        lying = (contents or {}).get(self.source, ())
        source = lying[0] if lying else None
        request = self.request({**values, "prompt": "price"})
        return pricing.price(self.operation, request, source=source)


def _gone(name: str, chosen: Sequence[str], offered: Collection[str]) -> dict[str, str]:
    """The sentence against choices that the API does not list any more."""
    gone = [label_for(key) for key in chosen if key not in offered]
    if not gone:
        return {}
    are, them = ("are", "them") if len(gone) > 1 else ("is", "it")
    return {name: f"{', '.join(gone)} {are} no longer offered by Luma. Take {them} out."}


def _words(number: int) -> str:
    return {2: "Two", 3: "Three", 4: "Four", 8: "Eight"}.get(number, str(number))
