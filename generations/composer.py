"""The composer as a page shows it: the form, its slots, its price, and what was sent with it."""

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from generations import access
from generations.actions import InputChoice, PriceChanged, Submission, recipe_of, submit
from generations.actions.submission import (
    MOST_VARIATIONS,
    source_problem,
    upload_problem,
)
from generations.forms import (
    ComposerForm,
    Draft,
    draft_of,
    read_draft,
    read_files,
    read_reference,
    read_uuid,
    write_reference,
)
from generations.kinds import KINDS, KindEntry, Slot
from generations.looks import GenerationLook
from generations.luma.pricing import format_price
from generations.media.access import usable_upload
from generations.media.outbound import check_address
from generations.media.store import address
from generations.media.uploads import add_image_upload
from generations.models import Generation, Kind
from generations.spending.queries import Balance
from studio.errors import StudioError
from studio.teams.access import Seat


@dataclass(frozen=True)
class SlotItem:
    """One thing in a slot: what it is called, how it looks, how the form names it."""

    reference: str
    name: str
    badge: str
    picture: str = ""


@dataclass
class SlotView:
    """A slot with what lies in it and what is wrong with it."""

    slot: Slot
    items: list[SlotItem] = field(default_factory=list)
    error: str = ""

    @property
    def id(self) -> str:
        """Where the summary's links lead."""
        return f"slot-{self.slot.name}"

    @property
    def full(self) -> bool:
        """Whether a further input would push one out."""
        return len(self.items) >= self.slot.most


@dataclass
class Price:
    """The price of the whole press, and what it leaves."""

    micros: int | None
    variations: int = 1
    balance: Balance | None = None

    @property
    def words(self) -> str:
        """As on the button."""
        return format_price(self.micros)

    @property
    def left(self) -> str:
        """What the account holds after it, or nothing where either is unknown."""
        available = self.balance.available_micros if self.balance else None
        if available is None or self.micros is None:
            return ""
        return format_price(available - self.micros)

    @property
    def short(self) -> bool:
        """Whether the account holds less than the price."""
        available = self.balance.available_micros if self.balance else None
        return available is not None and self.micros is not None and available < self.micros

    @property
    def now(self) -> str:
        """What the account holds."""
        available = self.balance.available_micros if self.balance else None
        return "" if available is None else format_price(available, estimate=False)


class Composer:
    """One composer for one person. Reads the things in its slots: one query each."""

    def __init__(
        self, where: Seat, draft: Draft, balance: Balance | None, form: ComposerForm | None = None
    ) -> None:
        self.where = where
        self.draft = draft
        self.form = form or ComposerForm(draft)
        self.balance = balance
        self.notes = draft.dropped()
        self.focus = False
        self.picking = ""

    @property
    def entry(self) -> KindEntry:
        """The kind that is open."""
        return self.draft.entry

    @property
    def kinds(self) -> list[KindEntry]:
        """All kinds that are offered."""
        return list(KINDS.values())

    @property
    def settings(self) -> list[Any]:
        """The kind's settings as bound fields."""
        return [self.form[name] for name in self.entry.fields]

    @property
    def slots(self) -> list[SlotView]:
        """The kind's slots."""
        return [
            SlotView(
                slot,
                [slot_item(self.where, choice) for choice in self.draft.in_slot(slot.name)],
                self.form.slot_errors.get(slot.name, ""),
            )
            for slot in self.entry.slots
        ]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Every reason why it cannot be sent: where it belongs, and the sentence."""
        links = {slot.name: f"slot-{slot.name}" for slot in self.entry.slots}
        by_sentence = {sentence: links[name] for name, sentence in self.form.slot_errors.items()}
        found = []
        for name, sentences in self.form.errors.items():
            for sentence in sentences:
                target = self.form[name].id_for_label if name in self.form.fields else ""
                found.append((target or by_sentence.get(str(sentence), ""), str(sentence)))
        return found

    @property
    def price(self) -> Price:
        """The price of what stands in the form now. No query."""
        return price_of(self.draft, self.balance)


def price_of(draft: Draft, balance: Balance | None) -> Price:
    """Price a draft; settings that make no sense have no price. No query, no network."""
    form = ComposerForm(draft)
    values = {name: form[name].value() for name in draft.entry.fields}
    count = str(draft.variations)
    variations = int(count) if count.isdecimal() and 1 <= int(count) <= MOST_VARIATIONS else 1
    one = draft.entry.price(values).micros
    return Price(None if one is None else one * variations, variations, balance)


def slot_item(where: Seat, choice: InputChoice) -> SlotItem:
    """Look up what a slot refers to; what is not there any more is said so. One query."""
    reference = write_reference(choice)
    try:
        if choice.generation:
            generation = access.usable_generation(where, choice.generation)
            look = GenerationLook(generation)
            return SlotItem(reference, generation.title, generation.media_type, look.poster)
        if choice.upload:
            upload = usable_upload(where.team, choice.upload)
            picture = address(upload.poster or upload.file)
            return SlotItem(reference, upload.original_name or "Upload", "upload", picture)
    except StudioError as error:
        return SlotItem(reference, error.sentence, "missing")
    return SlotItem(reference, urlsplit(choice.url).netloc or choice.url[:80], "address")


@dataclass
class Sent:
    """What came of pressing Generate: a submission, or a composer that says why not."""

    composer: Composer
    submission: Submission | None = None


def send(
    where: Seat, data: QueryDict, files: MultiValueDict[str, Any], balance: Balance | None
) -> Sent:
    """Submit what was posted. Everything that is wrong comes back at its field, input kept."""
    draft = read_draft(data)
    form = ComposerForm(draft, data)
    composer = Composer(where, draft, balance, form)
    try:
        composer.draft = form.draft = draft = take_files(where, draft, files)
        if not form.is_valid():
            form.refuse({**_empty_slots(form), **slot_problems(where, draft)})
            return Sent(composer)
        made = submit(
            where,
            form.recipe,
            submit_key=form.cleaned_data["submit_key"],
            quoted_micros=form.cleaned_data["quoted"],
        )
    except PriceChanged as changed:
        form.add_error(None, changed.sentence)
        return Sent(composer)
    except StudioError as error:
        if error.status != StudioError.status:
            raise
        form.refuse(error.fields or {"": error.sentence})
        return Sent(composer)
    notes = ["Invisible characters were removed."] if form.removed else []
    return Sent(fresh(where, draft, balance, notes), made)


def _empty_slots(form: ComposerForm) -> dict[str, str]:
    entry = form.draft.entry
    filled = {slot.name: len(form.draft.in_slot(slot.name)) for slot in entry.slots}
    problems = entry.problems({}, filled)
    return {name: sentence for name, sentence in problems.items() if entry.slot(name)}


def fresh(where: Seat, draft: Draft, balance: Balance | None, notes: list[str]) -> Composer:
    """The same composition once more, under a new submit key: text and slots stay."""
    again = Draft(draft.kind, draft.settings, draft.inputs, draft.variations, uuid4())
    composer = Composer(where, again, balance)
    composer.notes += notes
    return composer


def take_files(where: Seat, draft: Draft, files: MultiValueDict[str, Any]) -> Draft:
    """Store the files that came with the form and put them in their slots."""
    for name, file in read_files(draft.entry, files).items():
        where.require("upload")
        try:
            upload = add_image_upload(where.team, where.user, file)
        except StudioError as error:
            raise StudioError(error.sentence, fields={name: error.sentence}) from error
        draft = draft.put(InputChoice(name, upload=upload.uuid))
    return draft


@dataclass(frozen=True)
class Starter:
    """An example for an empty library: one press fills the composer with it."""

    name: str
    kind: Kind
    prompt: str
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def entry(self) -> KindEntry:
        """The kind's row in the table."""
        return KINDS[self.kind]

    @property
    def draft(self) -> Draft:
        """A new composition with this recipe."""
        return Draft(self.kind, {**self.entry.defaults, **self.settings, "prompt": self.prompt})

    @property
    def price(self) -> str:
        """What it costs, as the button will say."""
        return price_of(self.draft, None).words

    @property
    def facts(self) -> str:
        """Its settings in the composer's words."""
        values = self.draft.settings
        named = ((name, dict(self.entry.choices(name))) for name in self.entry.fields)
        return " · ".join(labels[values[name]] for name, labels in named if values[name] in labels)


STARTERS = (
    Starter(
        "harbour",
        Kind.TEXT_TO_VIDEO,
        "A fishing harbour at blue hour, lamps coming on one by one, slow push in over still water",
    ),
    Starter(
        "ridge",
        Kind.TEXT_TO_VIDEO,
        "Morning mist rolling over a pine ridge, low sun behind it, aerial drone moving forward",
        {"model": "ray-flash-2", "resolution": "540p", "aspect_ratio": "21:9"},
    ),
    Starter(
        "dunes",
        Kind.IMAGE,
        "Wind-drawn dunes under a violet evening sky, one set of footprints, 35 mm photograph",
    ),
)


def starter_named(name: str) -> Starter | None:
    """Return a starter by its name."""
    return next((starter for starter in STARTERS if starter.name == name), None)


@dataclass
class Reworked:
    """A composition after a step in it; `problems` are sentences by slot."""

    draft: Draft
    problems: dict[str, str] = field(default_factory=dict)
    picking: str = ""


def rework(where: Seat, draft: Draft, query: QueryDict, do: str = "") -> Reworked:
    """Take one step in the composer: another kind, something put into or out of a slot.

    `query` names a result to start from (`from`, and `use` or `kind` and `slot`) or a starter;
    `do` is the button that was pressed. Raises NotFound for results that are not theirs.
    """
    starter = starter_named(query.get("starter", ""))
    if starter is not None:
        return Reworked(starter.draft)
    source = read_uuid(query.get("from"))
    if source is not None:
        return _from_result(where, draft, access.usable_generation(where, source), query)
    step, _, rest = do.partition(":")
    name, _, reference = rest.partition(":")
    if step == "clear":
        return Reworked(draft.clear(name))
    if step == "pick":
        return Reworked(draft, picking=name)
    choice = read_reference(name, reference) if step == "put" else None
    done = Reworked(draft.put(choice) if choice else draft)
    done.problems = slot_problems(where, done.draft)
    return done


def _from_result(where: Seat, draft: Draft, source: Generation, query: QueryDict) -> Reworked:
    if query.get("use") == "prompt":
        return Reworked(replace(draft, settings={**draft.settings, "prompt": source.prompt}))
    slot = query.get("slot", "")
    kind = query.get("kind", "")
    if slot and kind in KINDS:
        filled = draft.of_kind(Kind(kind)).put(InputChoice(slot, generation=source.uuid))
        return Reworked(filled, slot_problems(where, filled))
    recipe = recipe_of(source)
    if recipe.kind not in KINDS:
        raise StudioError("This kind cannot be made here.")
    return Reworked(draft_of(recipe))


def slot_problems(where: Seat, draft: Draft) -> dict[str, str]:
    """Say what lies in a slot that cannot stay there. Raises NotFound for foreign things."""
    problems = {}
    for choice in draft.inputs:
        slot = draft.entry.slot(choice.slot)
        sentence = _choice_problem(where, slot, choice) if slot else None
        if sentence:
            problems[choice.slot] = sentence
    return problems


def _choice_problem(where: Seat, slot: Slot, choice: InputChoice) -> str | None:
    if choice.generation:
        return source_problem(access.usable_generation(where, choice.generation), slot)
    if choice.upload:
        return upload_problem(usable_upload(where.team, choice.upload), slot)
    return check_address(choice.url)
