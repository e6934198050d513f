"""What an entry of the table is: slots, settings, rules, price and request of one kind."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generations.luma import pricing
from generations.luma.concepts import label_for
from generations.luma.pricing import PriceEstimate
from generations.luma.schema import AnyRequest
from generations.models import Kind
from generations.recipes.kinds.prompts import MISSING, prompt_problem
from generations.recipes.kinds.settings import Setting, wrong_for_model
from generations.recipes.kinds.slots import IMAGE, Contents, Slot

NO_ADDRESS = "https://unset.invalid/"
NO_ID = "00000000-0000-4000-8000-000000000000"

SettingValues = Mapping[str, Any]
ApiInput = dict[str, Any]
"""An input as the API takes it: {"url": …, "weight": …}, or {"id": …} of a generation."""

ApiInputs = Mapping[str, Sequence[ApiInput]]
Offered = Mapping[str, Collection[str]]
BuildRequest = Callable[[dict[str, Any], ApiInputs], AnyRequest]
Rule = Callable[[SettingValues, Contents], dict[str, str]]


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
    build: BuildRequest
    slots: tuple[Slot, ...] = ()
    settings: tuple[Setting, ...] = ()
    rules: tuple[Rule, ...] = ()
    takes_prompt: bool = True
    prompt_required: bool = True
    prompt_missing: str = MISSING
    help_text: str = ""
    word: str = ""
    source: str = ""

    @property
    def setting_names(self) -> tuple[str, ...]:
        """The names of its settings."""
        return tuple(field.name for field in self.settings)

    def setting(self, name: str) -> Setting | None:
        """Return a setting by its name."""
        return next((field for field in self.settings if field.name == name), None)

    def choices(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return the (value, label) pairs of a setting; none for one without a list."""
        field = self.setting(name)
        return field.choices if field else ()

    def default(self, name: str) -> Any:
        """Return what a new form shows in a setting."""
        field = self.setting(name)
        return field.default if field else None

    @property
    def defaults(self) -> dict[str, Any]:
        """Return what a new form shows, by setting."""
        return {field.name: field.default for field in self.settings}

    def facts(self, settings: SettingValues) -> list[str]:
        """What is chosen where there is a list, in the composer's words."""
        named = (dict(one.choices).get(str(settings.get(one.name))) for one in self.settings)
        return [label for label in named if label]

    def slot(self, name: str) -> Slot | None:
        """Return a slot by its name."""
        return next((slot for slot in self.slots if slot.name == name), None)

    def read(self, given: SettingValues) -> tuple[dict[str, Any], dict[str, str]]:
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
        self,
        settings: SettingValues,
        unread: Mapping[str, str],
        contents: Contents,
        offered: Offered,
    ) -> dict[str, str]:
        """Say what keeps this from being sent, by setting or slot, its prompts apart.

        `settings` are typed and `unread` the sentences about those that cannot be, as `read`
        returns them. `offered` is what the API lists now for settings whose list grows.
        """
        found: dict[str, str] = {}
        for name, keys in offered.items():
            found.update(_no_longer_offered(name, settings.get(name) or (), keys))
        found.update(unread)
        found.update(self._slot_problems(contents))
        for rule in self.rules:
            for name, sentence in rule(settings, contents).items():
                found.setdefault(name, sentence)
        return found

    def empty_slots(self, contents: Contents) -> tuple[Slot, ...]:
        """Return the slots that hold nothing."""
        return tuple(slot for slot in self.slots if not contents.get(slot.name))

    def prompt_problem(self, prompt: str, contents: Contents) -> str | None:
        """Say what is wrong with a prompt beside what lies in the slots."""
        required = self.prompt_required and not self._has_picture(contents)
        return prompt_problem(prompt, required=required, missing=self.prompt_missing)

    def _has_picture(self, contents: Contents) -> bool:
        """Whether a keyframe is a picture: the API then does without a prompt."""
        return self.operation == "video" and any(
            one.kind == IMAGE for some in contents.values() for one in some
        )

    def _slot_problems(self, contents: Contents) -> dict[str, str]:
        found = {}
        for slot in self.slots:
            count = len(contents.get(slot.name, ()))
            if slot.required and not count:
                found[slot.name] = f"{slot.label} is empty. Add {slot.takes}."
            elif count > slot.most:
                found[slot.name] = (
                    "One only." if slot.most == 1 else f"{_number_word(slot.most)} at most."
                )
        return found

    def request(
        self,
        settings: SettingValues,
        inputs: ApiInputs | None = None,
        callback_url: str | None = None,
    ) -> AnyRequest:
        """Return the API's request. Without `inputs`, required slots get a placeholder address."""
        wanted = {
            name: settings[name]
            for name in self.setting_names
            if settings.get(name) not in (None, "", [])
        }
        prompt = str(settings.get("prompt", ""))
        if prompt:
            wanted["prompt"] = prompt
        if callback_url:
            wanted["callback_url"] = callback_url
        return self.build(wanted, inputs if inputs is not None else self._placeholders())

    def _placeholders(self) -> dict[str, list[ApiInput]]:
        return {slot.name: [{"url": NO_ADDRESS}] for slot in self.slots if slot.required}

    def price(self, settings: SettingValues, contents: Contents | None = None) -> PriceEstimate:
        """Return the price of one, in micro-dollars, or an unknown price for odd settings."""
        values, problems = self.read(settings)
        if problems:
            return pricing.price("", self.request({**self.defaults, "prompt": "price"}))
        sources = (contents or {}).get(self.source, ())
        source = sources[0] if sources else None
        request = self.request({**values, "prompt": "price"})
        return pricing.price(self.operation, request, source=source)


def _no_longer_offered(
    name: str, chosen: Sequence[str], offered: Collection[str]
) -> dict[str, str]:
    """The sentence against choices that the API does not list any more."""
    gone = [label_for(key) for key in chosen if key not in offered]
    if not gone:
        return {}
    are, them = ("are", "them") if len(gone) > 1 else ("is", "it")
    return {name: f"{', '.join(gone)} {are} no longer offered by Luma. Take {them} out."}


def _number_word(number: int) -> str:
    return {2: "Two", 3: "Three", 4: "Four", 8: "Eight"}.get(number, str(number))
