"""The composer's form: the fields of one kind, with the problems of its order at their fields."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from generations.recipes.check import MOST_VARIATIONS, UNKNOWN_KIND
from generations.recipes.draft import Draft
from generations.recipes.kinds import KINDS, Setting, without_controls
from generations.recipes.kinds.settings import Shape
from studio.errors import StudioError
from studio.forms import read_count, read_uuid

OLD_FORM = "This form is too old. Check and send again."
SENT_TWICE = "This was sent twice. Choose once and send again."


class QuotedField(forms.Field):
    """The price on the button. Text that is no price reads as an unknown price."""

    def to_python(self, value: Any) -> int | None:
        """Return micro-dollars or None."""
        return read_count(str(value or ""))


class SettingField(forms.Field):
    """One setting of a kind. It checks nothing: the order says what is wrong with the value."""

    def __init__(self, setting: Setting) -> None:
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


def read_button(data: QueryDict) -> tuple[UUID, int | None]:
    """Read what a button with a price sends: its submit key, and the price that it showed.

    Raises StudioError without a key.
    """
    key = read_uuid(data.get("submit_key"))
    if key is None:
        raise StudioError(OLD_FORM)
    return key, read_count(data.get("quoted", ""))


class VariationsField(forms.Field):
    """How many generations each prompt makes. It checks nothing: the order does."""

    min_value, max_value = 1, MOST_VARIATIONS
    widget = forms.NumberInput


class ComposerForm(forms.Form):
    """The fields of one kind, made from its entry in the table.

    Bound to posted data it checks what only a form can have wrong: a value that was sent twice, a
    form that is too old. `refuse` adds the problems of the order. `said` holds every problem by
    field or slot. `agreed` names the price that a person confirmed when asked once more.
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
        for name in ("prompt", "rows"):
            widget = forms.Textarea({"id": f"composer-{name}"})
            self.fields[name] = forms.Field(required=False, widget=widget)
        for setting in draft.entry.settings:
            self.fields[setting.name] = SettingField(setting)
        self.fields["variations"] = VariationsField(label="Variations", required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a value that was sent twice, and a kind that is not offered."""
        data = self.data
        several = {one.name for one in self.draft.entry.settings if one.shape == Shape.SEVERAL}
        for name in {"kind", *self.fields} - several:
            if isinstance(data, QueryDict) and len(data.getlist(name)) > 1:
                self.refuse({name: SENT_TWICE})
        if data.get("kind") not in KINDS:
            self.refuse({"kind": UNKNOWN_KIND})
        return self.cleaned_data

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Add problems at their fields, or in the summary. A field keeps its first problem."""
        for name, sentence in problems.items():
            if name not in self.errors:
                self.said[name] = sentence
                self.add_error(name if name in self.fields else None, sentence)

    def accepts(self, problems: Mapping[str, str]) -> bool:
        """Check the posted values and add the order's problems. Return whether there are none."""
        self.full_clean()
        self.refuse(problems)
        return not self.errors

    def problem_at(self, name: str) -> str:
        """Return the problem at a field or a slot; empty if there is none."""
        errors = self.errors.get(name)
        return str(errors[0]) if errors else self.said.get(name, "")

    @property
    def removed(self) -> bool:
        """Whether invisible characters were taken out of the posted prompt or rows."""
        posted = [str(self.data.get(name, "")) for name in ("prompt", "rows")]
        return self.is_bound and any(without_controls(text)[1] for text in posted)
