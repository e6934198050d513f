"""Chains: the links that lead through several inputs, with their orders and prices."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from generations import access
from generations.models import FILES, Chain, Generation, GenerationInput, Kind, State
from generations.models.states import DEAD
from generations.recipes.again import total_of
from generations.recipes.check import Order, check, invalid, wrong_prompts
from generations.recipes.inputs import FoundInput, Rows, lying_of, rows_of
from generations.recipes.kinds import KINDS, Slot, clean_prompt
from generations.recipes.kinds.entry import CLIP, IMAGE
from generations.recipes.recipe import InputChoice, Recipe, recipe_of
from studio.errors import StudioError
from studio.teams.access import Seat

MOST_LINKS = 24


LEAST_ITEMS = 2


CHOSEN = ("model", "aspect_ratio", "resolution", "duration")
"""The settings that all links share."""


Drawn = tuple[dict[int, Order], dict[str, str]]
"""The orders of those links that can be made, and why others cannot."""


@dataclass(frozen=True)
class ChainPlan:
    """What a chain is to be made of.

    `items` are what it leads through, in order; with one item and `times` it is extended so
    often. `prompts` has one for each link (shorter: the rest go without), `prompt` is common.
    """

    items: tuple[InputChoice, ...]
    settings: dict[str, Any]
    prompt: str = ""
    prompts: tuple[str, ...] = ()
    times: int = 0
    title: str = ""

    @property
    def links(self) -> int:
        """How many generations it makes."""
        return self.times if self.times else max(0, len(self.items) - 1)

    def prompt_of(self, link: int) -> str:
        """The link's own prompt before the common one."""
        own = self.prompts[link].strip() if link < len(self.prompts) else ""
        return "\n".join(text for text in (own, self.prompt.strip()) if text)


@dataclass
class ChainQuote:
    """What a plan comes to: each link's kind and price, and why it cannot be made, if so."""

    micros: list[int | None] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int | None:
        """The price of all links; None when that of one is unknown."""
        return total_of(self.micros)


def quote_chain(seat: Seat, plan: ChainPlan, rows: Rows | None = None) -> ChainQuote:
    """Price a plan without writing anything, whatever its prompts.

    `rows` is what its items refer to; without it, two queries at most.
    """
    quote = ChainQuote()
    try:
        orders, quote.problems = _drawn(seat, plan, rows)
    except StudioError as error:
        quote.problems = error.fields or {"": error.sentence}
        return quote
    if len(orders) == plan.links:
        quote.micros = [order.micros for order in orders.values()]
        quote.kinds = [order.entry.kind for order in orders.values()]
    return quote


def links_of(chain: Chain) -> list[Generation]:
    """The newest generation of every place, in order. One query."""
    rows = chain.links.select_related("team", "author", *FILES)
    newest = {row.chain_position: row for row in rows.order_by("id")}
    return [newest[place] for place in sorted(newest, key=lambda place: place or 0)]


def broken_links(chain: Chain) -> list[Generation]:
    """The links that did not come to be, in order, with those that wait for one. Two queries."""
    links = links_of(chain)
    dead = {link.pk for link in links if link.state in DEAD}
    waiting = [link.pk for link in links if link.state == State.WAITING]
    inputs = GenerationInput.objects.filter(generation__in=waiting, source__isnull=False)
    sources = inputs.order_by("generation_id").values_list("generation", "source", "source__state")
    for link_id, source_id, state in sources:
        if source_id in dead or state in DEAD:
            dead.add(link_id)
    return [link for link in links if link.pk in dead]


def quote_repair(seat: Seat, chain: Chain) -> ChainQuote:
    """What it costs today to make the broken links anew. One query for each input."""
    quote = ChainQuote()
    try:
        orders = [order for _, order in _repairs(seat, chain)]
    except StudioError as error:
        quote.problems = error.fields or {"": error.sentence}
        return quote
    quote.micros = [order.micros for order in orders]
    quote.kinds = [order.entry.kind for order in orders]
    return quote


def _repairs(seat: Seat, chain: Chain) -> list[tuple[Generation, Order]]:
    """Every broken link with the order that makes it anew, in order."""
    newest = {link.chain_position: link for link in links_of(chain)}
    broken = broken_links(chain)
    dead = {link.pk for link in broken}
    return [(link, _order_again(seat, link, newest, dead)) for link in broken]


def _order_again(
    seat: Seat, link: Generation, newest: dict[int | None, Generation], dead: set[int]
) -> Order:
    """The link's order once more; a source of this chain is the newest link of its place."""
    entry = KINDS[Kind(link.kind)]
    recipe = recipe_of(link)
    kept = list(recipe.inputs)
    given = []
    for row in link.inputs.select_related("source"):
        slot = entry.slot(row.slot)
        if slot is None or row.source is None or row.source.chain_id != link.chain_id:
            continue
        source = newest[row.source.chain_position]
        if source.pk in dead:
            given.append(_found(slot, source))
            kept = [choice for choice in kept if choice.slot != row.slot]
        else:
            fresh = InputChoice(row.slot, generation=source.uuid, weight=row.weight)
            kept = [fresh if choice.slot == row.slot else choice for choice in kept]
    place = (link.chain_position or 0) + 1
    again = Recipe(recipe.kind, recipe.settings, tuple(kept))
    return _numbered(place, lambda: check(seat, again, given))


def _found(slot: Slot, row: Generation) -> FoundInput:
    kind = CLIP if row.media_type == "video" and CLIP in slot.accepts else IMAGE
    return FoundInput(slot, lying_of(row, kind), source=row)


def _orders(seat: Seat, plan: ChainPlan) -> list[Order]:
    """The orders of all links, or one error with every reason by link and setting."""
    orders, problems = _drawn(seat, plan)
    if problems:
        raise invalid(problems)
    return list(orders.values())


def _drawn(seat: Seat, plan: ChainPlan, rows: Rows | None = None) -> Drawn:
    """The orders of those links that can be made as they are, and what is wrong.

    Prompts are checked last, so that what is wrong with one hides nothing else.
    """
    rows = rows_of(seat, plan.items) if rows is None else rows
    draw = _extensions if plan.times else _betweens
    orders, problems = draw(seat, plan, rows)
    for link, order in orders.items():
        prompt = order.settings["prompt"] = clean_prompt(plan.prompt_of(link))[0]
        for wrong in wrong_prompts(order.entry, (prompt,), order.contents).values():
            problems[f"link-{link + 1}"] = f"Link {link + 1}: {wrong}"
    return orders, problems


def _each(order: Callable[[int], Order], links: range) -> Drawn:
    orders, problems = {}, {}
    for link in links:
        try:
            orders[link] = order(link)
        except StudioError as error:
            problems.update(error.fields)
    return orders, problems


def _betweens(seat: Seat, plan: ChainPlan, rows: Rows) -> Drawn:
    if not LEAST_ITEMS <= len(plan.items) <= MOST_LINKS + 1:
        raise invalid({"items": f"Choose {LEAST_ITEMS} to {MOST_LINKS + 1} pictures or videos."})
    return _each(lambda link: _between(seat, plan, rows, link), range(plan.links))


def _between(seat: Seat, plan: ChainPlan, rows: Rows, link: int) -> Order:
    first, second = plan.items[link], plan.items[link + 1]
    inputs = (_at("start_frame", first), _at("end_frame", second))
    return _checked(seat, plan, rows, link, Kind.KEYFRAMES, inputs)


def _extensions(seat: Seat, plan: ChainPlan, rows: Rows) -> Drawn:
    if len(plan.items) != 1 or not 1 <= plan.times <= MOST_LINKS:
        raise invalid({"times": f"One video, extended 1 to {MOST_LINKS} times."})
    first = _checked(seat, plan, rows, 0, Kind.EXTEND, (_at("start_frame", plan.items[0]),))
    if first.entry.kind != Kind.EXTEND:
        raise invalid({"items": "Only a video can be extended; this is a picture."})
    rest, problems = _each(
        lambda link: _checked(seat, plan, rows, link, Kind.EXTEND, (), after=first),
        range(1, plan.times),
    )
    return {0: first, **rest}, problems


def _checked(
    seat: Seat,
    plan: ChainPlan,
    rows: Rows,
    link: int,
    kind: Kind,
    inputs: tuple[InputChoice, ...],
    after: Order | None = None,
) -> Order:
    """One link's order, its prompt apart. `after`: it starts on the link before, not made yet."""
    recipe = Recipe(kind, plan.settings, inputs)
    given = [] if after is None else [_promise(after)]
    return _numbered(link + 1, lambda: check(seat, recipe, given, rows, prompted=False))


def _numbered(link: int, order: Callable[[], Order]) -> Order:
    """The order, or the error that says at which link, or in which common setting, it is wrong."""
    try:
        return order()
    except StudioError as error:
        problems = {name: said for name, said in error.fields.items() if name in CHOSEN}
        own = [said for name, said in error.fields.items() if name not in CHOSEN]
        if own or not problems:
            problems[f"link-{link}"] = f"Link {link}: {' '.join(own) or error.sentence}"
        raise invalid(problems) from error


def _promise(before: Order) -> FoundInput:
    """What will lie at the start of a link: the one before it, not made yet."""
    slot = KINDS[Kind.EXTEND].slot("start_frame")
    if slot is None:
        raise invalid({"": "Extending is not offered."})
    row = Generation(
        media_type="video",
        state=State.QUEUED,
        aspect_ratio=before.settings.get("aspect_ratio") or "16:9",
        resolution=before.settings.get("resolution") or "720p",
    )
    return FoundInput(slot, lying_of(row, CLIP), source=row)


def _at(slot: str, choice: InputChoice) -> InputChoice:
    return InputChoice(slot, choice.generation, choice.upload, choice.url)


def viewable_links(seat: Seat, chain: Chain) -> list[Generation]:
    """The chain's links that the person may see, the newest of each place, in order."""
    seen = set(access.visible_to(seat).filter(chain=chain).values_list("pk", flat=True))
    return [link for link in links_of(chain) if link.pk in seen]
