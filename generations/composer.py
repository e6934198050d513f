"""The composer as a page shows it: the form, its slots, its price, and what was sent with it."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from generations import access
from generations.actions import InputChoice, PriceChanged, Submission, recipe_of, submit
from generations.actions.submission import MOST_VARIATIONS
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
from generations.inputs import FoundInput, contents_of, find_input
from generations.kinds import FRAME_KINDS, KINDS, KindEntry, Lying, Slot, derive_kind
from generations.kinds.entry import Contents
from generations.looks import GenerationLook
from generations.luma.pricing import format_price
from generations.media.store import address
from generations.media.uploads import add_image_upload
from generations.models import Generation, Kind
from generations.spending.queries import Balance
from generations.starters import starter_named
from studio.errors import StudioError
from studio.teams.access import Seat


@dataclass(frozen=True)
class SlotItem:
    """One thing in a slot: what it is called, how it looks, how the form names it."""

    reference: str
    name: str
    badge: str
    picture: str = ""
    weight: float | None = None


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


@dataclass(frozen=True)
class Found:
    """One choice with what it refers to; nothing where that is not there any more."""

    choice: InputChoice
    input: FoundInput | None = None
    missing: str = ""


class Composer:
    """One composer for one person. Looks up what lies in its slots: one query for each input."""

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

    @cached_property
    def found(self) -> list[Found]:
        """What lies in the slots, each found or said why not."""
        return look_up(self.where, self.draft)

    @property
    def slots(self) -> list[SlotView]:
        """The kind's slots."""
        return [
            SlotView(
                slot,
                [slot_item(one) for one in self.found if one.choice.slot == slot.name],
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
        """The price of what stands in the form now."""
        return price_of(self.draft, self.balance, contents_in(self.found))


def look_up(where: Seat, draft: Draft, *, strict: bool = False) -> list[Found]:
    """Find what lies in the slots of a draft. One query for each input.

    `strict`: what is not theirs, or gone, raises NotFound instead of being said in its place.
    """
    found = []
    for choice in draft.inputs:
        slot = draft.entry.slot(choice.slot)
        if slot is None:
            continue
        try:
            found.append(Found(choice, find_input(where, slot, choice)))
        except StudioError as error:
            if strict:
                raise
            found.append(Found(choice, missing=error.sentence))
    return found


def contents_in(found: list[Found]) -> dict[str, list[Lying]]:
    """What lies in each slot, as the table of kinds wants it."""
    return contents_of(one.input for one in found if one.input is not None)


def price_of(draft: Draft, balance: Balance | None, contents: Contents | None = None) -> Price:
    """Price a draft; settings that make no sense have no price. No query, no network."""
    form = ComposerForm(draft)
    values = {name: form[name].value() for name in draft.entry.fields}
    count = str(draft.variations)
    variations = int(count) if count.isdecimal() and 1 <= int(count) <= MOST_VARIATIONS else 1
    one = draft.entry.price(values, contents).micros
    return Price(None if one is None else one * variations, variations, balance)


def slot_item(found: Found) -> SlotItem:
    """How something in a slot looks; what is not there any more is said so."""
    reference = write_reference(found.choice)
    one = found.input
    if one is None:
        return SlotItem(reference, found.missing, "missing")
    weight = one.slot.weight if found.choice.weight is None else found.choice.weight
    if one.source is not None:
        look = GenerationLook(one.source)
        return SlotItem(reference, one.source.title, one.lying.kind, look.poster, weight)
    if one.upload is not None:
        picture = address(one.upload.poster or one.upload.file)
        name = one.upload.original_name or "Upload"
        return SlotItem(reference, name, "upload", picture, weight)
    return SlotItem(reference, urlsplit(one.url).netloc or one.url[:80], "address", weight=weight)


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
        draft = take_files(where, draft, files)
        fitting = draft.fitting(contents_in(look_up(where, draft, strict=True)))
        if fitting.kind != draft.kind:
            form = ComposerForm(fitting, data)
        composer.draft, composer.form, form.draft = fitting, form, fitting
        if not form.is_valid() or _problems(where, form):
            form.refuse(_problems(where, form))
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
    return Sent(fresh(where, composer.draft, balance, notes), made)


def _problems(where: Seat, form: ComposerForm) -> dict[str, str]:
    """What the kind's rules and the slots say, for fields that have no complaint yet."""
    found = look_up(where, form.draft)
    given = {**form.draft.settings, **form.cleaned_data}
    problems = {**form.draft.entry.problems(given, contents_in(found)), **slot_problems(found)}
    return {name: said for name, said in problems.items() if name not in form.errors}


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
    if choice is None and not step:
        return _as_chosen(where, draft)
    if choice is not None:
        draft = draft.put(choice)
        look_up(where, replace(draft, inputs=(choice,)), strict=True)
    return _settled(where, draft)


def _settled(where: Seat, draft: Draft) -> Reworked:
    """The kind follows what lies in the slots."""
    found = look_up(where, draft)
    return Reworked(draft.fitting(contents_in(found)), slot_problems(found))


def _as_chosen(where: Seat, draft: Draft) -> Reworked:
    """The slots follow the kind that was chosen: an end that it cannot have is emptied."""
    if draft.kind not in FRAME_KINDS:
        return Reworked(draft, slot_problems(look_up(where, draft)))
    for emptied in ((), ("end_frame",), ("start_frame",), ("start_frame", "end_frame")):
        kept = draft
        for name in emptied:
            kept = kept.clear(name)
        found = look_up(where, kept)
        if derive_kind(kept.kind, contents_in(found)) == kept.kind:
            return Reworked(kept, slot_problems(found))
    return Reworked(draft)


def _from_result(where: Seat, draft: Draft, source: Generation, query: QueryDict) -> Reworked:
    if query.get("use") == "prompt":
        return Reworked(replace(draft, settings={**draft.settings, "prompt": source.prompt}))
    slot = query.get("slot", "")
    kind = query.get("kind", "")
    if slot and kind in KINDS:
        like = _like(source) if query.get("like") else {}
        settings = {**draft.settings, **like}
        filled = replace(draft.of_kind(Kind(kind)), settings=settings)
        return _settled(where, filled.put(InputChoice(slot, generation=source.uuid)))
    recipe = recipe_of(source)
    if recipe.kind not in KINDS:
        raise StudioError("This kind cannot be made here.")
    return Reworked(draft_of(recipe))


def _like(source: Generation) -> dict[str, Any]:
    """The settings that an extension takes over from its clip."""
    names = ("prompt", "model", "aspect_ratio", "resolution")
    return {name: getattr(source, name) for name in names if getattr(source, name)}


def slot_problems(found: list[Found]) -> dict[str, str]:
    """Say what lies in a slot that cannot stay there."""
    problems = {}
    for one in found:
        sentence = one.missing or (one.input.problem if one.input else "")
        if sentence:
            problems[one.choice.slot] = sentence
    return problems
