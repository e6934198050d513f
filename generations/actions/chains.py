"""Making and repairing chains: all links and all holds in one transaction, or none."""

from uuid import UUID

from django.db import IntegrityError, transaction

from generations.actions.again import remade_generations
from generations.actions.submission import (
    NewGeneration,
    made_before,
    require_price,
    write_generations,
)
from generations.lifecycle.waiting import advance_waiting
from generations.models import Chain, Generation
from generations.recipes.chain import ChainOrder
from generations.recipes.repair import repair_of
from studio.errors import Conflict
from studio.teams.access import Seat


def submit_chain(
    seat: Seat, order: ChainOrder, *, title: str = "", submit_key: UUID, quoted_micros: int | None
) -> Chain:
    """Write a chain with all its links and holds; the same key again returns the same chain.

    Raises as `submit` does; problems of a link are named `link-<number>`.
    """
    earlier = made_before(seat, submit_key)
    if earlier and earlier[0].chain is not None:
        return earlier[0].chain
    order.require()
    require_price(order.total, quoted_micros)
    title = title.strip()[:120] or f"Chain of {len(order.links)}"
    links = [NewGeneration(one, one.prompts[0], at) for at, one in enumerate(order.links)]
    try:
        with transaction.atomic():
            chain = Chain.objects.create(team=seat.team, author=seat.user, title=title)
            write_generations(seat, links, submit_key, chain)
    except IntegrityError:
        earlier = made_before(seat, submit_key)
        if not earlier or earlier[0].chain is None:
            raise Conflict("This form is too old. Check it and send again.") from None
        return earlier[0].chain
    return chain


def repair_chain(
    seat: Seat, chain: Chain, *, submit_key: UUID, quoted_micros: int | None
) -> list[Generation]:
    """Make the broken links again, each from the newest link before it; the others stay.

    One transaction. A second call with the same key returns what the first one made. Raises
    Conflict when no link is broken, and the errors of `submit_chain`.
    """
    with transaction.atomic():
        # Locked, so that of two repairs at once the later one finds nothing broken.
        Chain.objects.select_for_update().get(pk=chain.pk)
        earlier = made_before(seat, submit_key)
        if earlier:
            return earlier
        advance_waiting(chain.links.all())
        repair = repair_of(seat, chain)
        if not repair.orders:
            raise Conflict("Nothing of this chain is broken. Nothing was sent.")
        repair.require()
        require_price(repair.total, quoted_micros)
        return write_generations(seat, remade_generations(repair), submit_key, chain)
