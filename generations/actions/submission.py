"""From a recipe to queued generations with their money held: one click, one transaction."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from generations import access, hints
from generations.keys import current_key
from generations.kinds import KINDS, KindEntry, Slot, clean_prompt
from generations.luma.pricing import format_price
from generations.media.access import usable_upload
from generations.media.addresses import check_address
from generations.media.models import Upload
from generations.models import ApiKey, Attempt, Event, Generation, GenerationInput, Kind, State
from generations.spending.actions import place_hold
from generations.states import TERMINAL
from studio.errors import Conflict, StudioError
from studio.teams.access import Seat

MOST_VARIATIONS = 8
LONGEST_ADDRESS = 2000
TOO_LONG = f"The address is too long: {LONGEST_ADDRESS:,} characters at most."


@dataclass(frozen=True)
class InputChoice:
    """What a person put in a slot: exactly one of generation, upload, url."""

    slot: str
    generation: UUID | None = None
    upload: UUID | None = None
    url: str = ""
    weight: float | None = None


@dataclass(frozen=True)
class Recipe:
    """All settings of a generation, as the composer's form gives them."""

    kind: Kind
    settings: dict[str, Any]
    inputs: tuple[InputChoice, ...] = ()
    variations: int = 1


@dataclass(frozen=True)
class Submission:
    """What came of a click. `repeated`: this very click had been taken before."""

    generations: list[Generation]
    repeated: bool = False


class PriceChanged(StudioError):
    """The price is not the one that stood on the button; nothing was sent."""

    def __init__(self, micros: int | None) -> None:
        price = format_price(micros, estimate=False)
        said = "not known" if micros is None else price
        super().__init__(f"The price is now {said}. Send again to accept. Nothing was charged.")
        self.micros = micros


@dataclass
class _Order:
    """A recipe that passed every check, with its inputs found."""

    entry: KindEntry
    settings: dict[str, Any]
    micros: int | None
    inputs: list[GenerationInput] = field(default_factory=list)


def submit(
    where: Seat, recipe: Recipe, *, submit_key: UUID, quoted_micros: int | None
) -> Submission:
    """Write the generations, their inputs, first attempts and holds: all, or none.

    `quoted_micros` is the price of all variations that the button showed (None: "price
    unknown"); a dearer one raises PriceChanged. The same key from the same person again returns
    what the first press made. Raises StudioError with `fields` when the recipe cannot be sent,
    LimitReached when the money does not suffice, NotFound for inputs that are not theirs.
    """
    earlier = _made_before(where, submit_key)
    if earlier:
        return Submission(earlier, repeated=True)
    order = _check(where, recipe)
    total = None if order.micros is None else order.micros * recipe.variations
    if total is not None and (quoted_micros is None or total > quoted_micros):
        raise PriceChanged(total)
    if total is None and quoted_micros is not None:
        raise PriceChanged(None)
    try:
        with transaction.atomic():
            made = _write(where, order, submit_key, recipe.variations)
    except IntegrityError:
        earlier = _made_before(where, submit_key)
        if not earlier:
            raise Conflict("This form is too old. Check it and send again.") from None
        return Submission(earlier, repeated=True)
    return Submission(made)


def recipe_of(generation: Generation) -> Recipe:
    """Return the recipe a generation was made from, to make it again or remix it. One query."""
    inputs = generation.inputs.select_related("source", "upload").order_by("slot", "position")
    return Recipe(
        kind=Kind(generation.kind),
        settings=dict(generation.recipe),
        inputs=tuple(
            InputChoice(
                slot=row.slot,
                generation=row.source.uuid if row.source else None,
                upload=row.upload.uuid if row.upload else None,
                url=row.url,
                weight=row.weight,
            )
            for row in inputs
        ),
    )


def _made_before(where: Seat, submit_key: UUID) -> list[Generation]:
    rows = access.visible_to(where).filter(author=where.user, submit_key=submit_key)
    return list(rows.order_by("submit_index"))


def _check(where: Seat, recipe: Recipe) -> _Order:
    entry = KINDS.get(recipe.kind)
    if entry is None:
        raise _invalid({"kind": "This cannot be made here. Choose one of the list."})
    prompt, _ = clean_prompt(str(recipe.settings.get("prompt", "")))
    settings = {name: recipe.settings.get(name, entry.default(name)) for name in entry.fields}
    settings["prompt"] = prompt
    filled = Counter(choice.slot for choice in recipe.inputs if entry.slot(choice.slot))
    problems = entry.problems(settings, filled)
    if not 1 <= recipe.variations <= MOST_VARIATIONS:
        problems["variations"] = f"1 to {MOST_VARIATIONS}."
    inputs = []
    for choice in recipe.inputs:
        slot = entry.slot(choice.slot)
        if slot is not None:
            inputs.append(_find_input(where, slot, choice, filled, problems))
    if problems:
        raise _invalid(problems)
    return _Order(entry, settings, entry.price(settings).micros, inputs)


def _invalid(problems: dict[str, str]) -> StudioError:
    return StudioError("Nothing was sent and nothing was charged.", fields=problems)


def _find_input(
    where: Seat, slot: Slot, choice: InputChoice, filled: Counter[str], problems: dict[str, str]
) -> GenerationInput:
    filled[f"{slot.name} placed"] += 1
    row = GenerationInput(
        slot=slot.name, position=filled[f"{slot.name} placed"] - 1, weight=choice.weight
    )
    if choice.generation:
        row.source = access.usable_generation(where, choice.generation)
        sentence = source_problem(row.source, slot)
    elif choice.upload:
        row.upload = usable_upload(where.team, choice.upload)
        sentence = upload_problem(row.upload, slot)
    else:
        row.url = choice.url.strip()
        too_long = len(row.url) > LONGEST_ADDRESS
        sentence = TOO_LONG if too_long else check_address(row.url)
    if sentence:
        problems[slot.name] = sentence
    return row


def source_problem(source: Generation, slot: Slot) -> str | None:
    """Say why a generation cannot lie in a slot, or None."""
    if source.state != State.COMPLETED:
        if source.state in TERMINAL:
            return "It did not come to be, so it cannot be used. Choose another."
        return "It is still dreaming. You can use it when it is ready."
    if source.media_type not in slot.accepts:
        return f"{slot.label} takes a picture; this is a video."
    return None


def upload_problem(upload: Upload, slot: Slot) -> str | None:
    """Say why an upload cannot lie in a slot, or None. Reads upload.file."""
    media_type = upload.file.content_type.partition("/")[0]
    return None if media_type in slot.accepts else f"{slot.label} takes a picture."


def _write(where: Seat, order: _Order, submit_key: UUID, variations: int) -> list[Generation]:
    key = current_key()
    made = []
    for index in range(variations):
        generation = _row(where, order, submit_key, index)
        generation.save()
        for row in order.inputs:
            row.pk, row.generation = None, generation
            row.save(force_insert=True)
        _first_attempt(where, generation, key)
        made.append(generation)
    transaction.on_commit(lambda: hints.submit(made), robust=True)
    return made


def _first_attempt(where: Seat, generation: Generation, key: ApiKey) -> None:
    attempt = Attempt.objects.create(generation=generation, number=1, key=key)
    place_hold(where.team, attempt.uuid, generation.quote_micros)
    Event.objects.create(
        team=where.team,
        generation=generation,
        actor=where.user,
        verb="user.queued",
        to_state=State.QUEUED,
        detail={"micros": generation.quote_micros},
    )


def _row(where: Seat, order: _Order, submit_key: UUID, index: int) -> Generation:
    settings = order.settings
    duration = str(settings.get("duration", "")).removesuffix("s")
    return Generation(
        team=where.team,
        author=where.user,
        kind=order.entry.kind,
        media_type=order.entry.media_type,
        recipe=settings,
        prompt=settings["prompt"],
        model=settings["model"],
        aspect_ratio=settings.get("aspect_ratio") or "",
        resolution=settings.get("resolution") or "",
        seconds=int(duration) if duration.isdigit() else None,
        fingerprint=_fingerprint(order),
        submit_key=submit_key,
        submit_index=index,
        quote_micros=order.micros,
    )


def _fingerprint(order: _Order) -> str:
    inputs = [
        [row.slot, row.position, row.source_id, row.upload_id, row.url, row.weight]
        for row in order.inputs
    ]
    canonical = json.dumps([order.entry.kind, order.settings, inputs], sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
