"""Chains: the content of their form, and the orders of their links.

N pictures or clips become N-1 linked generations in one press, or one clip is extended several
times. Links whose ends are both finished are made side by side; the others wait for their source.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from generations.models import Generation, Kind, State
from generations.recipes.again import total_of
from generations.recipes.check import Order, check, invalid
from generations.recipes.choice import InputChoice, read_reference
from generations.recipes.draft import Draft
from generations.recipes.inputs import (
    InputRows,
    find_inputs,
    rows_of,
    source_input,
)
from generations.recipes.kinds import KINDS, SettingValues
from generations.recipes.kinds.slots import FoundInput
from generations.recipes.variables import escape
from studio.forms import read_count
from studio.teams.access import Seat

MOST_LINKS = 24
LEAST_ITEMS = 2
SHARED_SETTINGS = ("model", "aspect_ratio", "resolution", "duration")
"""The settings that all links share."""

ITEM = "item"
"""The name of an item's field, and the slot of its choice until a link uses it."""


@dataclass(frozen=True)
class ChainDraft:
    """The content of a chain's form; nothing is checked.

    `items` are what the chain leads through, in order. A single one is extended `times` times.
    `prompts` belong to the items at which their links begin and move with them; the prompt of the
    last item is kept and not shown. `prompt` is common to all links.
    """

    items: tuple[InputChoice, ...] = ()
    settings: SettingValues = field(default_factory=dict)
    prompt: str = ""
    prompts: tuple[str, ...] = ()
    times: int = 0
    title: str = ""
    submit_key: UUID = field(default_factory=uuid4)

    @property
    def extends(self) -> bool:
        """Whether one video is extended, instead of leading through several items."""
        return len(self.items) == 1 and self.times != 0

    @property
    def links(self) -> int:
        """How many generations it makes."""
        return self.times if self.extends else max(0, len(self.items) - 1)

    def prompt_of(self, link: int) -> str:
        """Return what a link sends: its own prompt before the common one. Links count from 0."""
        own = self.prompt_at(link).strip()
        return "\n".join(text for text in (own, self.prompt.strip()) if text)

    def prompt_at(self, place: int) -> str:
        """Return the prompt of an item, or of a link of an extension."""
        return self.prompts[place] if place < len(self.prompts) else ""

    def after(self, step: str) -> "ChainDraft":
        """Return the draft after a step, unchanged for a step that it does not know.

        Steps are earlier:n, later:n, drop:n, reverse and add:<reference>.
        """
        verb, _, rest = step.partition(":")
        if verb == "add":
            added = read_reference(ITEM, rest)
            return self.with_items([added] if added else [])
        pairs = [(item, self.prompt_at(at)) for at, item in enumerate(self.items)]
        if verb == "reverse":
            items = [item for item, _ in pairs[::-1]]
            links = [prompt for _, prompt in pairs]
            return self._with_pairs(list(zip(items, [*links[-2::-1], *links[-1:]], strict=True)))
        at = read_count(rest)
        if at is None or at >= len(pairs):
            return self
        if verb == "drop" and len(pairs) > 1:
            del pairs[at]
        to = at + {"earlier": -1, "later": 1}.get(verb, 0)
        if to != at and 0 <= to < len(pairs):
            pairs[at], pairs[to] = pairs[to], pairs[at]
        return self._with_pairs(pairs) if verb in ("earlier", "later", "drop") else self

    def with_items(self, added: Sequence[InputChoice]) -> "ChainDraft":
        """Return the draft with more items at its end, one more at most than a chain may have."""
        return replace(self, items=(*self.items, *added)[: MOST_LINKS + 2])

    def _with_pairs(self, pairs: list[tuple[InputChoice, str]]) -> "ChainDraft":
        items = tuple(item for item, _ in pairs)
        return replace(self, items=items, prompts=tuple(prompt for _, prompt in pairs))


@dataclass(frozen=True)
class ChainOrder:
    """The checked links of a chain in order, and why it cannot be sent.

    `problems` name a common setting, `items`, `times`, or a link as `link-<number>` from 1.
    """

    links: tuple[Order, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every link can be made, whatever its prompt."""
        return bool(self.links) and all(link.problems.keys() <= {"prompt"} for link in self.links)

    @property
    def kinds(self) -> list[Kind]:
        """The kind of each link; none unless all can be made."""
        return [link.entry.kind for link in self.links] if self.complete else []

    @property
    def micros(self) -> list[int | None]:
        """The price of each link in micro-dollars; none unless all can be made."""
        return [link.micros for link in self.links] if self.complete else []

    @property
    def total(self) -> int | None:
        """The price of all links; None when that of one is unknown or one cannot be made."""
        return total_of(self.micros) if self.complete else None

    def require(self) -> None:
        """Raise StudioError with every problem."""
        if self.problems:
            raise invalid(self.problems)


def chain_order(seat: Seat, draft: ChainDraft, rows: InputRows | None = None) -> ChainOrder:
    """Check a chain, link by link. Never raises; problems stand in the order.

    `rows` is what its items refer to, if somebody looked it up before; else two queries at most.
    """
    wrong = _size_problems(draft)
    if wrong:
        return ChainOrder(problems=wrong)
    rows = rows_of(seat, draft.items) if rows is None else rows
    links = _extensions(seat, draft, rows) if draft.extends else _links_between(seat, draft, rows)
    if draft.extends and links[0].entry.kind != Kind.EXTEND:
        return ChainOrder(problems={"items": "Only a video can be extended; this is a picture."})
    return ChainOrder(tuple(links), link_problems(enumerate(links, start=1)))


def link_problems(links: Iterable[tuple[int, Order]]) -> dict[str, str]:
    """Return the problems of numbered links: at a common setting, or at `link-<number>`.

    A link's prompt is named only where nothing else is wrong with the link.
    """
    problems: dict[str, str] = {}
    for number, order in links:
        wrong = dict(order.problems)
        prompt = wrong.pop("prompt", "")
        problems |= {name: said for name, said in wrong.items() if name in SHARED_SETTINGS}
        own = [said for name, said in wrong.items() if name not in SHARED_SETTINGS]
        if own or (prompt and not wrong):
            problems[f"link-{number}"] = f"Link {number}: {' '.join(own) or prompt}"
    return problems


def _size_problems(draft: ChainDraft) -> dict[str, str]:
    if draft.extends and not 1 <= draft.times <= MOST_LINKS:
        return {"times": f"One video, extended 1 to {MOST_LINKS} times."}
    if not draft.extends and not LEAST_ITEMS <= len(draft.items) <= MOST_LINKS + 1:
        return {"items": f"Choose {LEAST_ITEMS} to {MOST_LINKS + 1} pictures or videos."}
    return {}


def _links_between(seat: Seat, draft: ChainDraft, rows: InputRows) -> list[Order]:
    pairs = zip(draft.items, draft.items[1:], strict=False)
    entry = KINDS[Kind.KEYFRAMES]
    orders = []
    for link, (first, second) in enumerate(pairs):
        choices = (_in_slot("start_frame", first), _in_slot("end_frame", second))
        inputs = find_inputs(seat, entry, choices, rows)
        orders.append(check(_link_draft(draft, link, Kind.KEYFRAMES, choices), inputs))
    return orders


def _extensions(seat: Seat, draft: ChainDraft, rows: InputRows) -> list[Order]:
    choices = (_in_slot("start_frame", draft.items[0]),)
    inputs = find_inputs(seat, KINDS[Kind.EXTEND], choices, rows)
    first = check(_link_draft(draft, 0, Kind.EXTEND, choices), inputs)
    if first.entry.kind != Kind.EXTEND:
        return [first]
    before = _future_clip(first)
    rest = (_link_draft(draft, link, Kind.EXTEND) for link in range(1, draft.times))
    return [first, *(check(one, [before]) for one in rest)]


def _link_draft(
    draft: ChainDraft, link: int, kind: Kind, choices: tuple[InputChoice, ...] = ()
) -> Draft:
    """Return a link as a draft. Chains have no variables: braces in their prompts are sent."""
    settings = {**draft.settings, "prompt": escape(draft.prompt_of(link))}
    return Draft(kind, settings, choices)


def _future_clip(before: Order) -> FoundInput:
    """Return the start of a link: the clip of the link before it, which is not made yet."""
    slot = KINDS[Kind.EXTEND].slot("start_frame")
    assert slot is not None  # noqa: S101 - the table of kinds says so
    clip = Generation(
        media_type="video",
        state=State.QUEUED,
        aspect_ratio=before.settings.get("aspect_ratio") or "16:9",
        resolution=before.settings.get("resolution") or "720p",
    )
    return source_input(slot, InputChoice(slot.name), clip)


def _in_slot(slot: str, choice: InputChoice) -> InputChoice:
    return replace(choice, slot=slot, weight=None)
