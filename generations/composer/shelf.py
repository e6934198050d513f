"""What lies beside the composer to be taken up again: the history of prompts, and presets."""

from dataclasses import dataclass
from functools import cached_property

from django import forms
from django.http import QueryDict

from generations import queries
from generations.actions import InputChoice
from generations.actions.presets import LONGEST_NAME, MOST_PRESETS, TAKEN
from generations.composer.kept import draft_in
from generations.composer.price import price_of
from generations.forms import Draft, read_uuid
from generations.inputs import Rows, lying_of, rows_of
from generations.kinds import Lying, clean_prompt
from generations.kinds.entry import VIDEO
from generations.models import KeptPrompt, Preset
from studio.teams.access import Seat

LONGEST_SEARCH = 200


@dataclass(frozen=True)
class History:
    """The person's prompts in this team, those with a star first; or those that hold a text."""

    where: Seat
    search: str = ""

    @property
    def problem(self) -> str:
        """Why the search cannot be done."""
        long = len(self.search) > LONGEST_SEARCH
        return f"{LONGEST_SEARCH} characters at most." if long else ""

    @property
    def status(self) -> int:
        """422 where the search cannot be done."""
        return 422 if self.problem else 200

    @cached_property
    def rows(self) -> list[KeptPrompt]:
        """What is shown. The search is literal and knows no case. One query."""
        rows = list(queries.kept_prompts(self.where)) if not self.problem else []
        wanted = self.search.casefold()
        found = [row for row in rows if wanted in row.text.casefold()]
        return sorted(found, key=lambda row: not row.starred)


class PresetForm(forms.Form):
    """A preset's name, and whether the team sees it."""

    name = forms.CharField(label="Name", strip=True, required=False)
    shared = forms.BooleanField(label="Share with the team", required=False)

    def __init__(
        self, where: Seat, data: QueryDict | None = None, preset: Preset | None = None
    ) -> None:
        self.where, self.preset = where, preset
        initial = {"name": preset.name, "shared": preset.shared} if preset else {}
        marked = f"preset-{preset.uuid}" if preset else "preset"
        super().__init__(data, initial=initial, prefix=marked)

    def clean_name(self) -> str:
        """One line, not empty, not too long, and not the name of another of the same person."""
        name = " ".join(clean_prompt(self.cleaned_data["name"])[0].split())
        if not name:
            raise forms.ValidationError("Give it a name.")
        if len(name) > LONGEST_NAME:
            raise forms.ValidationError(
                f"{LONGEST_NAME} characters at most; yours has {len(name):,}."
            )
        author = self.preset.author if self.preset else self.where.user
        others = queries.presets_of(self.where.team, author)
        if self.preset is None and others.count() >= MOST_PRESETS:
            raise forms.ValidationError(
                f"{MOST_PRESETS} presets are the most. Delete one you no longer need."
            )
        same = others.filter(name_key=name.casefold())
        if (same.exclude(pk=self.preset.pk) if self.preset else same).exists():
            raise forms.ValidationError(TAKEN)
        return name


class PresetLook:
    """A preset as its row shows it. `rows` hold what its price follows from."""

    def __init__(
        self,
        where: Seat,
        preset: Preset,
        draft: Draft,
        rows: Rows,
        form: PresetForm | None = None,
    ) -> None:
        self.preset = preset
        self.draft = draft
        self.rows = rows
        self.own = preset.author_id == where.user.pk
        self.can_change = where.can("change_preset", own=self.own)
        self.form = form or PresetForm(where, preset=preset)

    @property
    def price(self) -> str:
        """What one press of it costs today; unknown where its source is gone."""
        contents = {self.draft.entry.source: self._sources()}
        return price_of(self.draft, None, contents).words

    @property
    def prompt(self) -> str:
        """The beginning of its prompt."""
        return str(self.draft.settings.get("prompt", "")).strip()[:200]

    @property
    def facts(self) -> str:
        """Its kind, its settings and how much lies in its slots, in the composer's words."""
        entry = self.draft.entry
        slots = [slot.name for slot in entry.slots]
        lying = sum(one.slot in slots for one in self.draft.inputs)
        inputs = [f"{lying} input{'s' if lying > 1 else ''}"] if lying else []
        return " · ".join((entry.label, *entry.facts(self.draft.settings), *inputs))

    def _sources(self) -> list[Lying]:
        named = (one.generation or one.upload for one in sources_in(self.draft))
        return [lying_of(self.rows[uuid], VIDEO) for uuid in named if uuid and uuid in self.rows]


def sources_in(draft: Draft) -> list[InputChoice]:
    """What lies in the slot that the kind's price follows from."""
    return draft.in_slot(draft.entry.source) if draft.entry.source else []


class Presets:
    """One page of presets that the person may use. Four queries, however many.

    `first` is a row that stands on top, wherever its name would place it.
    """

    def __init__(
        self,
        where: Seat,
        after: str = "",
        form: PresetForm | None = None,
        said: str = "",
        first: PresetLook | None = None,
    ) -> None:
        self.where = where
        self.form = form or PresetForm(where)
        self.said = said
        found, self.next = queries.presets_page(where, read_uuid(after))
        rest = [row for row in found if first is None or row.pk != first.preset.pk]
        self.rows = [*([first] if first else []), *looks_of_presets(where, rest)]
        self.after = after


def looks_of_presets(
    where: Seat, presets: list[Preset], form: PresetForm | None = None
) -> list[PresetLook]:
    """How presets look, with their prices. Two queries."""
    drafts = [draft_in(preset.content) for preset in presets]
    rows = rows_of(where, [one for draft in drafts for one in sources_in(draft)])
    pairs = zip(presets, drafts, strict=True)
    return [PresetLook(where, preset, draft, rows, form) for preset, draft in pairs]


def shelf(where: Seat, opened: str, query: QueryDict) -> dict[str, object]:
    """The context of the list that is open under the composer; nothing where none is."""
    if opened == "history":
        return {"history": History(where, query.get("q", "").strip())}
    return {"presets": Presets(where, query.get("after", ""))} if opened == "presets" else {}
