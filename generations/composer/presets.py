"""The form of a preset: its name and whether it is shared."""

from django import forms
from django.http import QueryDict

from generations.actions.presets import LONGEST_NAME, MOST_PRESETS, TAKEN
from generations.models import Preset
from generations.pages.presets import PresetFields
from generations.queries.saved import presets_of
from generations.recipes.kinds import clean_prompt
from studio.teams.access import Seat


class PresetForm(PresetFields):
    """The form as posted, with its checks. `preset` is the one to change; None for a new one."""

    def __init__(self, seat: Seat, data: QueryDict, preset: Preset | None = None) -> None:
        self.seat, self.preset = seat, preset
        super().__init__(preset, data)

    def clean_name(self) -> str:
        """Check that the name is one line, neither empty nor too long, and new for its author."""
        name = " ".join(clean_prompt(self.cleaned_data["name"])[0].split())
        if not name:
            raise forms.ValidationError("Give it a name.")
        if len(name) > LONGEST_NAME:
            raise forms.ValidationError(
                f"{LONGEST_NAME} characters at most; yours has {len(name):,}."
            )
        author = self.preset.author if self.preset else self.seat.user
        others = presets_of(self.seat.team, author)
        if self.preset is None and others.count() >= MOST_PRESETS:
            raise forms.ValidationError(
                f"{MOST_PRESETS} presets are the most. Delete one you no longer need."
            )
        same = others.filter(name_key=name.casefold())
        if (same.exclude(pk=self.preset.pk) if self.preset else same).exists():
            raise forms.ValidationError(TAKEN)
        return name
