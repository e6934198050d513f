"""The links of a chain, the broken ones among them, and the orders that make these again."""

from dataclasses import replace

from generations.models import FILES, Chain, Generation, GenerationInput, Kind, State
from generations.models.states import WITHOUT_RESULT
from generations.recipes.again import Remake
from generations.recipes.chain import link_problems
from generations.recipes.check import Order, check
from generations.recipes.choice import InputChoice
from generations.recipes.draft import draft_of
from generations.recipes.inputs import find_inputs, source_input
from generations.recipes.kinds import KINDS
from studio.teams.access import Seat


def links_of(chain: Chain) -> list[Generation]:
    """Return the links of a chain in order: the newest generation of every place. One query."""
    rows = chain.links.select_related("team", "author", *FILES)
    newest = {row.chain_position: row for row in rows.order_by("id")}
    return [newest[place] for place in sorted(newest, key=lambda place: place or 0)]


def broken_links(chain: Chain) -> list[Generation]:
    """Return the links that failed, and those that wait for one that failed. Two queries."""
    return _broken(links_of(chain))


def _broken(links: list[Generation]) -> list[Generation]:
    broken = {link.pk for link in links if link.facts.without_result}
    waiting = [link.pk for link in links if link.state == State.WAITING]
    inputs = GenerationInput.objects.filter(generation__in=waiting, source__isnull=False)
    sources = inputs.order_by("generation_id").values_list("generation", "source", "source__state")
    for link_id, source_id, state in sources:
        if source_id in broken or state in WITHOUT_RESULT:
            broken.add(link_id)
    return [link for link in links if link.pk in broken]


def repair_of(seat: Seat, chain: Chain) -> Remake:
    """Return the orders that make the broken links again. Two queries, and four for each link."""
    links = links_of(chain)
    broken = _broken(links)
    newest = {link.chain_position: link for link in links}
    pks = {link.pk for link in broken}
    orders = [(link, _link_again(seat, link, newest, pks)) for link in broken]
    numbered = (((link.chain_position or 0) + 1, order) for link, order in orders)
    return Remake(tuple(orders), link_problems(numbered))


def _link_again(
    seat: Seat, link: Generation, newest: dict[int | None, Generation], broken: set[int]
) -> Order:
    """Return the order of a link. A source in this chain is the newest link of its place."""
    draft = draft_of(link)
    rows = link.inputs.select_related("source")
    sources = {row.source.uuid: row.source for row in rows if row.source is not None}
    choices: list[InputChoice] = []
    made_again: dict[InputChoice, Generation] = {}
    for choice in draft.inputs:
        source = sources.get(choice.generation) if choice.generation else None
        if source is not None and source.chain_id == link.chain_id:
            now = newest[source.chain_position]
            today = replace(choice, generation=now.uuid)
            made_again |= {today: now} if now.pk in broken else {}
            choices.append(today)
        else:
            choices.append(choice)
    found = find_inputs(seat, KINDS[Kind(link.kind)], choices)
    inputs = [
        source_input(one.slot, one.choice, made_again[one.choice])
        if one.choice in made_again
        else one
        for one in found
    ]
    return check(replace(draft, inputs=tuple(choices)), inputs)
