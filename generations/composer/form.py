"""The composer's form: from a draft to a recipe, with every reason at its field."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from generations.recipes.check import MOST_VARIATIONS, VARIATIONS
from generations.recipes.draft import Draft
from generations.recipes.kinds import KINDS, Field, clean_prompt, without_controls
from generations.recipes.kinds.fields import Shape
from generations.recipes.recipe import Recipe
from studio.forms import read_count

UNKNOWN_KIND = "This cannot be made here. Choose one of the list."
OLD_FORM = "This form is too old. Check and send again."
SENT_TWICE = "This was sent twice. Choose once and send again."


class RowsField(forms.Field):
    """A table as text, without control characters."""

    def to_python(self, value: Any) -> str:
        """Clean the text."""
        return without_controls(str(value or ""))[0]


class PromptField(forms.Field):
    """Text without control characters, counted as the API counts: in code points."""

    def to_python(self, value: Any) -> str:
        """Clean the text."""
        return clean_prompt(str(value or ""))[0]


class QuotedField(forms.Field):
    """The price that stood on the button; what is no price is none, and is asked about."""

    def to_python(self, value: Any) -> int | None:
        """Return micro-dollars or None."""
        return read_count(str(value or ""))


class SettingField(forms.Field):
    """One setting of a kind, read and refused as its entry in the table says."""

    def __init__(self, setting: Field) -> None:
        widget: forms.Widget = forms.TextInput()
        if setting.shape == Shape.SEVERAL:
            widget = forms.SelectMultiple(choices=setting.choices)
        elif setting.shape == Shape.TICK:
            widget = forms.CheckboxInput()
        super().__init__(
            label=setting.label, required=False, widget=widget, help_text=setting.help_text
        )
        self.setting = setting
        self.choices = setting.choices

    def clean(self, value: Any) -> Any:
        """Return the typed value, or raise with the setting's sentence."""
        try:
            read = self.setting.read(value)
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from None
        if read is None and self.setting.choices:
            raise forms.ValidationError(self.setting.sentence)
        return read


class ComposerForm(forms.Form):
    """The fields of one kind, made from its entry in the table.

    Bound to a draft with `data`, it checks; without, it only shows. `removed` says whether
    invisible characters were taken out of the prompt. `agreed` is what a person agreed to who
    was asked once more. `said` is what is wrong beside that, by field or slot.
    """

    submit_key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": OLD_FORM, "invalid": OLD_FORM}
    )
    quoted = QuotedField(widget=forms.HiddenInput, required=False)
    agreed = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, draft: Draft, data: QueryDict | None = None) -> None:
        self.draft = draft
        self.said: dict[str, str] = {}
        initial = {**draft.values, "variations": draft.variations, "rows": draft.rows}
        super().__init__(data, initial=initial, auto_id=f"composer-{draft.kind}-%s")
        for name, kind in (("prompt", PromptField), ("rows", RowsField)):
            widget = forms.Textarea({"id": f"composer-{name}"})
            self.fields[name] = kind(required=False, widget=widget)
        for setting in draft.entry.settings:
            self.fields[setting.name] = SettingField(setting)
        self.fields["variations"] = forms.IntegerField(
            label="Variations",
            min_value=1,
            max_value=MOST_VARIATIONS,
            error_messages=dict.fromkeys(
                ("required", "invalid", "min_value", "max_value"), VARIATIONS
            ),
        )

    def clean(self) -> dict[str, Any]:
        """Refuse what came twice, a kind that is not offered, and variables that make no sense."""
        data = self.data
        several = {one.name for one in self.draft.entry.settings if one.shape == Shape.SEVERAL}
        for name in {"kind", *self.fields} - several:
            if isinstance(data, QueryDict) and len(data.getlist(name)) > 1:
                self.refuse({name: SENT_TWICE})
        if data.get("kind") not in KINDS:
            self.refuse({"kind": UNKNOWN_KIND})
        self.refuse(self.draft.expansion.problems)
        return self.cleaned_data

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Put sentences at their fields; what has no field of its own stands in the summary."""
        self.said.update(problems)
        for name, sentence in problems.items():
            known = name in self.fields
            self.add_error(name if known else None, sentence)

    def problem_at(self, name: str) -> str:
        """What is wrong at a field or a slot, or nothing."""
        errors = self.errors.get(name)
        return str(errors[0]) if errors else self.said.get(name, "")

    @property
    def removed(self) -> bool:
        """Whether invisible characters were taken out of the posted prompt or rows."""
        posted = [str(self.data.get(name, "")) for name in ("prompt", "rows")]
        return self.is_bound and any(without_controls(text)[1] for text in posted)

    @property
    def recipe(self) -> Recipe:
        """What to make. Only of a valid form."""
        values = self.cleaned_data
        chosen = {name: values[name] for name in ("prompt", *self.draft.entry.fields)}
        prompts = self.draft.expansion.prompts
        return Recipe(self.draft.kind, chosen, self.draft.inputs, values["variations"], prompts)
