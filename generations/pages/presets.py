"""The lists under the composer: the history of prompts, and presets."""

from django import forms
from django.http import QueryDict

from generations.models import Preset
from generations.pages.prompts import History
from generations.queries.saved import presets_page
from generations.recipes.check import check
from generations.recipes.choice import InputChoice
from generations.recipes.draft import Draft
from generations.recipes.draft_json import draft_from_json
from generations.recipes.inputs import InputRows, find_inputs, rows_of
from generations.recipes.price import price_of
from studio.forms import read_uuid
from studio.teams.access import Seat


class PresetFields(forms.Form):
    """The fields of a preset as a page shows them: empty for a new one, filled for a saved one."""

    name = forms.CharField(label="Name", strip=True, required=False)
    shared = forms.BooleanField(label="Share with the team", required=False)

    def __init__(self, preset: Preset | None = None, data: QueryDict | None = None) -> None:
        initial = {"name": preset.name, "shared": preset.shared} if preset else {}
        prefix = f"preset-{preset.uuid}" if preset else "preset"
        super().__init__(data, initial=initial, prefix=prefix)


class ShownPreset:
    """A preset as its row shows it. `rows` hold the sources that its price follows from."""

    def __init__(
        self,
        seat: Seat,
        preset: Preset,
        draft: Draft,
        rows: InputRows,
        form: PresetFields | None = None,
    ) -> None:
        self.preset = preset
        self.draft = draft
        self.order = check(draft, find_inputs(seat, draft.entry, sources_in(draft), rows))
        self.own = preset.author_id == seat.user.pk
        self.can_change = seat.can("change_preset", own=self.own)
        self.form = form or PresetFields(preset)

    @property
    def price(self) -> str:
        """What one press of it costs today; unknown where its source is gone."""
        return price_of(self.order).text

    @property
    def prompt(self) -> str:
        """The beginning of its prompt."""
        return str(self.draft.settings.get("prompt", "")).strip()[:200]

    @property
    def facts(self) -> str:
        """Its kind, its settings and how many inputs it has, in the composer's words."""
        entry = self.draft.entry
        slots = [slot.name for slot in entry.slots]
        count = sum(one.slot in slots for one in self.draft.inputs)
        inputs = [f"{count} input{'s' if count > 1 else ''}"] if count else []
        return " · ".join((entry.label, *entry.facts(self.draft.settings), *inputs))


def sources_in(draft: Draft) -> list[InputChoice]:
    """Return the inputs of the slot that the kind's price follows from."""
    return draft.in_slot(draft.entry.source) if draft.entry.source else []


class Presets:
    """One page of presets that the person may use. Four queries, however many.

    `first` is a row that stands on top, wherever its name would place it.
    """

    def __init__(
        self,
        seat: Seat,
        after: str = "",
        form: PresetFields | None = None,
        said: str = "",
        first: ShownPreset | None = None,
    ) -> None:
        self.seat = seat
        self.form = form or PresetFields()
        self.said = said
        found, self.next = presets_page(seat, read_uuid(after))
        rest = [row for row in found if first is None or row.pk != first.preset.pk]
        self.rows = [*([first] if first else []), *shown_presets(seat, rest)]
        self.after = after


def shown_presets(
    seat: Seat, presets: list[Preset], form: PresetFields | None = None
) -> list[ShownPreset]:
    """Return presets as rows with their prices. Two queries."""
    drafts = [draft_from_json(preset.content) for preset in presets]
    rows = rows_of(seat, [one for draft in drafts for one in sources_in(draft)])
    pairs = zip(presets, drafts, strict=True)
    return [ShownPreset(seat, preset, draft, rows, form) for preset, draft in pairs]


def open_list(seat: Seat, opened: str, query: QueryDict) -> dict[str, object]:
    """Return the context of the list that is open under the composer; empty where none is."""
    if opened == "history":
        return {"history": History(seat, query.get("q", "").strip())}
    return {"presets": Presets(seat, query.get("after", ""))} if opened == "presets" else {}
