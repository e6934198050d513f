"""Submitting: from an order to queued generations with their holds, in one transaction."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import IntegrityError, transaction

from generations import access
from generations.lifecycle import hints
from generations.lifecycle.api_key import current_key
from generations.luma.pricing import format_price
from generations.models import Attempt, Chain, Event, Generation, GenerationInput, State
from generations.models.states import WITHOUT_RESULT
from generations.recipes.check import Order, invalid
from generations.recipes.inputs import require_found
from generations.recipes.kinds.slots import FoundInput
from generations.spending.actions import place_holds
from studio.errors import Conflict, StudioError
from studio.teams.access import Seat

FAILED_MEANWHILE = "It did not come to be, so it cannot be used. Choose another."


class PriceChanged(StudioError):
    """The price is not the one on the button, so nothing was sent."""

    def __init__(self, micros: int | None) -> None:
        price = format_price(micros, estimate=False)
        shown = "not known" if micros is None else price
        super().__init__(f"The price is now {shown}. Send again to accept. Nothing was charged.")
        self.micros = micros


@dataclass(frozen=True)
class NewGeneration:
    """One generation to write: its order, the prompt that it sends, and its place in a chain.

    `replaces` is a generation that is made again: later ones of the same press use the new one.
    """

    order: Order
    prompt: str
    position: int | None = None
    replaces: UUID | None = None


def submit(
    seat: Seat, order: Order, *, submit_key: UUID, quoted_micros: int | None
) -> tuple[list[Generation], bool]:
    """Write the generations of an order with their inputs, attempts and holds: all, or none.

    Return them, and whether this was a second call: with the same key from the same person it
    returns what the first one made. `quoted_micros` is the price of the whole press that the button
    showed (None: "price unknown"). Raises PriceChanged for a higher one,
    StudioError with `fields` for an order with problems or a source that failed meanwhile,
    LimitReached, and NotFound for an input that is gone.
    """
    earlier = made_before(seat, submit_key)
    if earlier:
        return earlier, True
    require_found(order.inputs)
    if order.problems:
        raise invalid(order.problems)
    prompts = [prompt for prompt in order.prompts for _ in range(order.variations)]
    require_price(None if order.micros is None else order.micros * len(prompts), quoted_micros)
    new = [NewGeneration(order, prompt) for prompt in prompts]
    return write_once(seat, submit_key, lambda: write_generations(seat, new, submit_key))


def require_price(total: int | None, quoted_micros: int | None) -> None:
    """Raise PriceChanged when a price is higher than quoted, or newly known or unknown."""
    if (total is None) != (quoted_micros is None) or (total or 0) > (quoted_micros or 0):
        raise PriceChanged(total)


def write_once(
    seat: Seat, submit_key: UUID, write: Callable[[], list[Generation]]
) -> tuple[list[Generation], bool]:
    """Write in one transaction. Of two calls at once with one key, both return what one made."""
    try:
        with transaction.atomic():
            return write(), False
    except IntegrityError:
        earlier = made_before(seat, submit_key)
        if not earlier:
            raise Conflict("This form is too old. Check it and send again.") from None
        return earlier, True


def made_before(seat: Seat, submit_key: UUID) -> list[Generation]:
    """Return what an earlier press with this key made, in order. One query."""
    rows = access.visible_generations(seat).filter(author=seat.user, submit_key=submit_key)
    return list(rows.order_by("submit_index"))


def write_generations(
    seat: Seat, new: Sequence[NewGeneration], submit_key: UUID, chain: Chain | None = None
) -> list[Generation]:
    """Write all generations of a press, in as many queries for fifty as for one.

    Inside a transaction. A generation may use one before it: the one that replaces its source, or,
    for a source that is not saved, the one right before. Other sources are read again: one that
    failed meanwhile is refused. Hints go to the queue after the commit.
    """
    states = _states_now(new)
    rows: list[Generation] = []
    inputs: list[list[FoundInput]] = []
    replaced: dict[UUID, Generation] = {}
    for index, one in enumerate(new):
        found = [_current_input(found, rows, replaced, states) for found in one.order.inputs]
        row = _row(seat, one, found, submit_key, index)
        row.chain, row.chain_position = chain, one.position if chain else None
        rows.append(row)
        inputs.append(found)
        if one.replaces is not None:
            replaced[one.replaces] = row
    made = Generation.objects.bulk_create(rows)
    pairs = zip(made, inputs, strict=True)
    GenerationInput.objects.bulk_create(
        [record for row, found in pairs for record in _input_rows(row, found)]
    )
    _write_attempts(seat, made)
    ready = [row for row in made if row.state == State.QUEUED]
    transaction.on_commit(lambda: hints.submit(ready), robust=True)
    return made


def _write_attempts(seat: Seat, made: Sequence[Generation]) -> None:
    """Write first attempts, holds and events of new generations."""
    key = current_key()
    attempts = [Attempt(generation=row, number=1, key=key) for row in made]
    Attempt.objects.bulk_create(attempts)
    place_holds(seat.team, {one.uuid: one.generation.quote_micros for one in attempts})
    Event.objects.bulk_create(
        Event(
            team=seat.team,
            generation=row,
            actor=seat.user,
            verb="user.queued",
            to_state=row.state,
            detail={"micros": row.quote_micros},
        )
        for row in made
    )


def _states_now(new: Sequence[NewGeneration]) -> dict[int, str]:
    """Return the present states of all saved sources by primary key. One query if there are any."""
    sources = {found.source.pk for one in new for found in one.order.inputs if found.source}
    saved = sources - {None}
    rows = Generation.objects.filter(pk__in=saved).values_list("pk", "state") if saved else ()
    return dict(rows)


def _current_input(
    found: FoundInput,
    rows: Sequence[Generation],
    replaced: Mapping[UUID, Generation],
    states: Mapping[int, str],
) -> FoundInput:
    """Return an input with its source in the present state. Raises StudioError if that failed."""
    source = found.source
    if source is None:
        return found
    if source.pk is None:
        return replace(found, source=rows[-1])
    if source.uuid in replaced:
        return replace(found, source=replaced[source.uuid], ready=False)
    state = states.get(source.pk, source.state)
    if state in WITHOUT_RESULT:
        raise invalid({found.slot.name: FAILED_MEANWHILE})
    return replace(found, ready=state == State.COMPLETED)


def _input_rows(generation: Generation, inputs: Sequence[FoundInput]) -> list[GenerationInput]:
    places: Counter[str] = Counter()
    rows = []
    for one in inputs:
        rows.append(
            GenerationInput(
                generation=generation,
                slot=one.slot.name,
                position=places[one.slot.name],
                source=one.source,
                upload=one.upload,
                url=one.choice.url,
                weight=one.weight,
            )
        )
        places[one.slot.name] += 1
    return rows


def _row(
    seat: Seat, new: NewGeneration, inputs: Sequence[FoundInput], submit_key: UUID, index: int
) -> Generation:
    entry, recipe = new.order.entry, new.order.recipe(new.prompt)
    source = next((one for one in inputs if one.slot.name == entry.source), None)
    made = source.source if source else None
    waits = [one.source.title for one in inputs if one.source and not one.ready]
    return Generation(
        team=seat.team,
        author=seat.user,
        kind=entry.kind,
        media_type=entry.media_type,
        recipe=recipe,
        prompt=new.prompt,
        model=recipe.get("model") or (made.model if made else ""),
        aspect_ratio=recipe.get("aspect_ratio") or (made.aspect_ratio if made else ""),
        resolution=recipe.get("resolution") or (made.resolution if made else ""),
        seconds=_seconds(recipe, source),
        state=State.WAITING if waits else State.QUEUED,
        note=f"Waiting for “{waits[0][:80]}”." if waits else "",
        fingerprint=_fingerprint(new.order, recipe, inputs),
        submit_key=submit_key,
        submit_index=index,
        quote_micros=new.order.micros,
    )


def _seconds(recipe: Mapping[str, object], source: FoundInput | None) -> int | None:
    """Return the length asked for, else that of the source, in whole seconds."""
    duration = str(recipe.get("duration") or "").removesuffix("s")
    if duration.isdigit():
        return int(duration) or None
    return round((source and source.seconds) or 0) or None


def _fingerprint(order: Order, recipe: Mapping[str, object], inputs: Sequence[FoundInput]) -> str:
    """Return a digest that equal requests share."""
    named = [
        [
            one.slot.name,
            str(one.source.uuid) if one.source else None,
            str(one.upload.uuid) if one.upload else None,
            one.choice.url,
            one.weight,
        ]
        for one in inputs
    ]
    canonical = json.dumps([order.entry.kind, recipe, named], sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
