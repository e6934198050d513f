"""From a recipe to queued generations with their money held: one click, one transaction."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from generations import access
from generations.lifecycle import hints
from generations.lifecycle.api_key import current_key
from generations.luma.pricing import format_price
from generations.models import ApiKey, Attempt, Chain, Event, Generation, GenerationInput, State
from generations.recipes.check import Order, check
from generations.recipes.inputs import (
    FoundInput,
    measures,
)
from generations.recipes.recipe import Recipe
from generations.spending.actions import place_holds
from studio.errors import Conflict, StudioError
from studio.teams.access import Seat


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


def submit(
    seat: Seat, recipe: Recipe, *, submit_key: UUID, quoted_micros: int | None
) -> Submission:
    """Write the generations, their inputs, first attempts and holds: all, or none.

    `quoted_micros` is the price of the whole press that the button showed (None: "price
    unknown"); a dearer one raises PriceChanged. The same key from the same person again returns
    what the first press made. Raises StudioError with `fields` when the recipe cannot be sent,
    LimitReached when the money does not suffice, NotFound for inputs that are not theirs.
    """
    earlier = made_before(seat, submit_key)
    if earlier:
        return Submission(earlier, repeated=True)
    order = check(seat, recipe)
    orders = [one for one in order.each for _ in range(recipe.variations)]
    total = None if order.micros is None else order.micros * len(orders)
    if total is not None and (quoted_micros is None or total > quoted_micros):
        raise PriceChanged(total)
    if total is None and quoted_micros is not None:
        raise PriceChanged(None)
    return write_once(seat, submit_key, lambda: _write(seat, orders, submit_key))


def write_once(seat: Seat, submit_key: UUID, write: Callable[[], list[Generation]]) -> Submission:
    """Write in one transaction; of two presses with one key at once, both get what one made."""
    try:
        with transaction.atomic():
            return Submission(write())
    except IntegrityError:
        earlier = made_before(seat, submit_key)
        if not earlier:
            raise Conflict("This form is too old. Check it and send again.") from None
        return Submission(earlier, repeated=True)


def made_before(seat: Seat, submit_key: UUID) -> list[Generation]:
    """What an earlier press with this key made, in order. One query."""
    rows = access.visible_to(seat).filter(author=seat.user, submit_key=submit_key)
    return list(rows.order_by("submit_index"))


def _write(seat: Seat, orders: Sequence[Order], submit_key: UUID) -> list[Generation]:
    """Write all of a press: as many queries for fifty generations as for one."""
    key = current_key()
    made = [_row(seat, order, submit_key, index) for index, order in enumerate(orders)]
    _write_rows(seat, list(zip(made, orders, strict=True)), key)
    if orders[0].ready:
        transaction.on_commit(lambda: hints.submit(made), robust=True)
    return made


def write_one(
    seat: Seat,
    order: Order,
    *,
    submit_key: UUID,
    index: int,
    key: ApiKey,
    chain: Chain | None = None,
    position: int | None = None,
) -> Generation:
    """Write one generation with its inputs, first attempt and hold. Inside a transaction."""
    generation = _row(seat, order, submit_key, index)
    generation.chain, generation.chain_position = chain, position
    _write_rows(seat, [(generation, order)], key)
    return generation


def _write_rows(seat: Seat, new: Sequence[tuple[Generation, Order]], key: ApiKey) -> None:
    """Write new generations, what lies in their slots, their first attempts, holds and events."""
    made = Generation.objects.bulk_create([generation for generation, _ in new])
    GenerationInput.objects.bulk_create(
        [row for generation, order in new for row in _input_rows(generation, order.inputs)]
    )
    attempts = [Attempt(generation=generation, number=1, key=key) for generation in made]
    Attempt.objects.bulk_create(attempts)
    place_holds(seat.team, {one.uuid: one.generation.quote_micros for one in attempts})
    Event.objects.bulk_create([_queued(seat, generation) for generation in made])


def _input_rows(generation: Generation, found: list[FoundInput]) -> list[GenerationInput]:
    places: Counter[str] = Counter()
    rows = []
    for one in found:
        rows.append(
            GenerationInput(
                generation=generation,
                slot=one.slot.name,
                position=places[one.slot.name],
                source=one.source,
                upload=one.upload,
                url=one.url,
                weight=one.weight,
            )
        )
        places[one.slot.name] += 1
    return rows


def _queued(seat: Seat, generation: Generation) -> Event:
    return Event(
        team=seat.team,
        generation=generation,
        actor=seat.user,
        verb="user.queued",
        to_state=generation.state,
        detail={"micros": generation.quote_micros},
    )


def _row(seat: Seat, order: Order, submit_key: UUID, index: int) -> Generation:
    settings = order.settings
    duration = str(settings.get("duration") or "").removesuffix("s")
    source = measures(order.contents, order.entry)
    seconds = int(duration) if duration.isdigit() else round((source and source.seconds) or 0)
    return Generation(
        team=seat.team,
        author=seat.user,
        kind=order.entry.kind,
        media_type=order.entry.media_type,
        recipe=settings,
        prompt=settings["prompt"],
        model=settings.get("model") or _of_source(order, "model"),
        aspect_ratio=settings.get("aspect_ratio") or _of_source(order, "aspect_ratio"),
        resolution=settings.get("resolution") or _of_source(order, "resolution"),
        seconds=seconds or None,
        state=State.QUEUED if order.ready else State.WAITING,
        note="" if order.ready else _waiting_note(order),
        fingerprint=_fingerprint(order),
        submit_key=submit_key,
        submit_index=index,
        quote_micros=order.micros,
    )


def _of_source(order: Order, name: str) -> str:
    """A property that the result has from its source: upscales and audio name no model."""
    for one in order.inputs:
        if one.slot.name == order.entry.source and one.source is not None:
            return str(getattr(one.source, name))
    return ""


def _waiting_note(order: Order) -> str:
    waits = [one.source.title for one in order.inputs if one.source and not one.lying.ready]
    return f"Waiting for “{waits[0][:80]}”."


def _fingerprint(order: Order) -> str:
    inputs = [
        [
            one.slot.name,
            str(one.source.uuid) if one.source else None,
            str(one.upload.uuid) if one.upload else None,
            one.url,
            one.weight,
        ]
        for one in order.inputs
    ]
    canonical = json.dumps([order.entry.kind, order.settings, inputs], sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
