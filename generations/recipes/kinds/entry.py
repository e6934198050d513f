"""An entry of the table of kinds: slots, settings, rules, price and request of one kind."""

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
"""An input for the API: {"url": …, "weight": …}, or {"id": …} of a generation."""

ApiInputs = Mapping[str, Sequence[ApiInput]]
Offered = Mapping[str, Collection[str]]
BuildRequest = Callable[[dict[str, Any], ApiInputs], AnyRequest]
Rule = Callable[[SettingValues, Contents], dict[str, str]]


@dataclass(frozen=True)
class KindEntry:
    """One kind: its form, its price and its request.

    `operation` is the API's generation_type, `create` the client's method for it. `rules` check
    settings and inputs together. `api_name` is what the API calls the kind. `source` is the slot
    whose input the price depends on.
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
    api_name: str = ""
    source: str = ""

    @property
    def setting_names(self) -> tuple[str, ...]:
        return tuple(setting.name for setting in self.settings)

    def setting(self, name: str) -> Setting | None:
        """Return the setting with this name, if the kind has it."""
        return next((setting for setting in self.settings if setting.name == name), None)

    def choices(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return the (value, label) pairs of a setting; empty for one without a list."""
        setting = self.setting(name)
        return setting.choices if setting else ()

    def default(self, name: str) -> Any:
        """Return the value that a new form shows in a setting."""
        setting = self.setting(name)
        return setting.default if setting else None

    @property
    def defaults(self) -> dict[str, Any]:
        """The values that a new form shows, by setting."""
        return {setting.name: setting.default for setting in self.settings}

    def facts(self, settings: SettingValues) -> list[str]:
        """Return the labels of the chosen values, for settings that have a list."""
        named = (dict(one.choices).get(str(settings.get(one.name))) for one in self.settings)
        return [label for label in named if label]

    def slot(self, name: str) -> Slot | None:
        """Return the slot with this name, if the kind has it."""
        return next((slot for slot in self.slots if slot.name == name), None)

    def read(self, given: SettingValues) -> tuple[dict[str, Any], dict[str, str]]:
        """Return typed settings, and a sentence by setting for every value that cannot be used.

        A setting that is not given has its default.
        """
        values: dict[str, Any] = {}
        problems = {}
        for setting in self.settings:
            try:
                value = setting.read(given.get(setting.name, setting.default))
            except ValueError as problem:
                problems[setting.name] = str(problem)
                continue
            if value is None and setting.choices:
                problems[setting.name] = setting.sentence
            values[setting.name] = value
        return values, {**wrong_for_model(self.settings, values), **problems}

    def problems(
        self,
        settings: SettingValues,
        unread: Mapping[str, str],
        contents: Contents,
        offered: Offered,
    ) -> dict[str, str]:
        """Return why this cannot be sent, by setting or slot. Prompts are not checked.

        `settings` and `unread` are what `read` returns. `offered` holds the values that the API
        lists now, by setting, for settings whose list may change there.
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
        """Return the slots without an input, required or not."""
        return tuple(slot for slot in self.slots if not contents.get(slot.name))

    def prompt_problem(self, prompt: str, contents: Contents) -> str | None:
        """Return what is wrong with a prompt, given the inputs; None if it can be sent."""
        required = self.prompt_required and not self._has_picture(contents)
        return prompt_problem(prompt, required=required, missing=self.prompt_missing)

    def _has_picture(self, contents: Contents) -> bool:
        """Return whether a keyframe is an image: the API then needs no prompt."""
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
        """Return the API's request. Without `inputs`, required slots get a placeholder."""
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
        """Return the price of one generation; unknown for settings that cannot be used."""
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
    """Return a problem for chosen values that the API does not list any more."""
    gone = [label_for(key) for key in chosen if key not in offered]
    if not gone:
        return {}
    are, them = ("are", "them") if len(gone) > 1 else ("is", "it")
    return {name: f"{', '.join(gone)} {are} no longer offered by Luma. Take {them} out."}


def _number_word(number: int) -> str:
    return {2: "Two", 3: "Three", 4: "Four", 8: "Eight"}.get(number, str(number))
