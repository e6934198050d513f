"""Chains: the draft of a chain, and the orders of its links.

N images or clips become N-1 links in one press, or one clip is extended several times. Links whose
inputs are all finished are made at the same time; the others wait for their source.
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
"""The name of the form field of an item, and the slot of an item that no link uses yet."""


@dataclass(frozen=True)
class ChainDraft:
    """The content of a chain's form; nothing is checked.

    `items` are the inputs that the chain connects, in order. A single item is extended `times`
    times. `prompts` are the links' own prompts: each belongs to the item at which its link begins
    and moves with it; that of the last item is kept but not shown. `prompt` is common to all links.
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
        """Whether one video is extended, instead of several items connected."""
        return len(self.items) == 1 and self.times != 0

    @property
    def links(self) -> int:
        """The number of links."""
        return self.times if self.extends else max(0, len(self.items) - 1)

    def prompt_of(self, link: int) -> str:
        """Return the prompt of a link: its own, then the common one. Links count from 0."""
        own = self.prompt_at(link).strip()
        return "\n".join(text for text in (own, self.prompt.strip()) if text)

    def prompt_at(self, place: int) -> str:
        """Return the prompt of an item, or of a link of an extension."""
        return self.prompts[place] if place < len(self.prompts) else ""

    def after(self, step: str) -> "ChainDraft":
        """Return the draft after a step; an unknown step changes nothing.

        Steps are earlier:n, later:n, drop:n, reverse and add:<reference>; n is an item from 0.
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
        """Return the draft with more items at its end.

        It keeps one item more than a chain may have, so that the check can refuse it.
        """
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
        """Whether no link has a problem apart from its prompt."""
        return bool(self.links) and all(link.problems.keys() <= {"prompt"} for link in self.links)

    @property
    def kinds(self) -> list[Kind]:
        """The kind of each link; empty unless `complete`."""
        return [link.entry.kind for link in self.links] if self.complete else []

    @property
    def micros(self) -> list[int | None]:
        """The price of each link in micro-dollars; empty unless `complete`."""
        return [link.micros for link in self.links] if self.complete else []

    @property
    def total(self) -> int | None:
        """The price of all links; None if one of them is unknown, or unless `complete`."""
        return total_of(self.micros) if self.complete else None

    def require(self) -> None:
        """Raise StudioError with every problem."""
        if self.problems:
            raise invalid(self.problems)


def chain_order(seat: Seat, draft: ChainDraft, rows: InputRows | None = None) -> ChainOrder:
    """Check a chain, link by link. Never raises; the order holds the problems.

    `rows` is what its items refer to, if the caller has it. Two queries at most, none with `rows`.
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
    """Return the problems of numbered links, by shared setting or by `link-<number>`.

    The problem of a prompt is left out if the link has another one.
    """
    problems: dict[str, str] = {}
    for number, order in links:
        wrong = dict(order.problems)
        prompt = wrong.pop("prompt", "")
        problems |= {name: text for name, text in wrong.items() if name in SHARED_SETTINGS}
        own = [text for name, text in wrong.items() if name not in SHARED_SETTINGS]
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
    """Return a link as a draft. Braces are escaped: the prompts of chains have no variables."""
    settings = {**draft.settings, "prompt": escape(draft.prompt_of(link))}
    return Draft(kind, settings, choices)


def _future_clip(before: Order) -> FoundInput:
    """Return the input of a link: the clip of the link before it, which is not made yet."""
    slot = KINDS[Kind.EXTEND].slot("start_frame")
    assert slot is not None  # noqa: S101 - the table of kinds has it
    clip = Generation(
        media_type="video",
        state=State.QUEUED,
        aspect_ratio=before.settings.get("aspect_ratio") or "16:9",
        resolution=before.settings.get("resolution") or "720p",
    )
    return source_input(slot, InputChoice(slot.name), clip)


def _in_slot(slot: str, choice: InputChoice) -> InputChoice:
    return replace(choice, slot=slot, weight=None)
