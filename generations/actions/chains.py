"""Chains: N pictures or clips become N-1 linked generations in one press, or one clip is extended.

All rows and all holds are written in one transaction, or none. Links whose ends are both there run
side by side; the others wait for their source.
"""

from uuid import UUID

from django.db import IntegrityError, transaction

from generations.actions.again import give_hints, same_price, write_anew
from generations.actions.submission import made_before, write_one
from generations.lifecycle.api_key import current_key
from generations.lifecycle.waiting import settle_waiting
from generations.models import Chain, Generation
from generations.recipes.chain import ChainPlan, _orders, _repairs
from generations.recipes.check import Order
from studio.errors import Conflict
from studio.teams.access import Seat


def submit_chain(
    seat: Seat, plan: ChainPlan, *, submit_key: UUID, quoted_micros: int | None
) -> Chain:
    """Write a chain with all its links and holds; the same key again returns the same chain.

    Raises as `submit` does; problems of a link are named `link-<number>`.
    """
    earlier = made_before(seat, submit_key)
    if earlier and earlier[0].chain is not None:
        return earlier[0].chain
    orders = _orders(seat, plan)
    same_price(orders, quoted_micros)
    try:
        with transaction.atomic():
            title = plan.title.strip()[:120] or f"Chain of {len(orders)}"
            chain = Chain.objects.create(team=seat.team, author=seat.user, title=title)
            _write_links(seat, chain, orders, submit_key)
    except IntegrityError:
        earlier = made_before(seat, submit_key)
        if not earlier or earlier[0].chain is None:
            raise Conflict("This form is too old. Check it and send again.") from None
        return earlier[0].chain
    return chain


def repair_chain(
    seat: Seat, chain: Chain, *, submit_key: UUID, quoted_micros: int | None
) -> list[Generation]:
    """Make the broken links anew, each from the newest link before it; the others stay.

    One transaction, in which the chain is locked, so that of two repairs the later one finds
    nothing broken. Raises Conflict then, PriceChanged when it is dearer than quoted, and the
    errors of `submit_chain`.
    """
    with transaction.atomic():
        Chain.objects.select_for_update().get(pk=chain.pk)
        earlier = made_before(seat, submit_key)
        if earlier:
            return earlier
        settle_waiting(chain.links.all())
        repairs = _repairs(seat, chain)
        if not repairs:
            raise Conflict("Nothing of this chain is broken. Nothing was sent.")
        same_price([order for _, order in repairs], quoted_micros)
        return write_anew(seat, repairs, submit_key, chain)


def _write_links(seat: Seat, chain: Chain, orders: list[Order], submit_key: UUID) -> None:
    key = current_key()
    made: list[Generation] = []
    for position, order in enumerate(orders):
        for one in order.inputs:
            if one.source is not None and one.source.pk is None:
                one.source = made[-1]
        made.append(
            write_one(
                seat,
                order,
                submit_key=submit_key,
                index=position,
                key=key,
                chain=chain,
                position=position,
            )
        )
    give_hints(made)
