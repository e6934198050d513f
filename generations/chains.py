"""A chain as its pages show it: the form before it, and what became of its links."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Prefetch
from django.http import QueryDict

from generations import access
from generations.actions import InputChoice
from generations.actions.chains import (
    MOST_LINKS,
    ChainPlan,
    ChainQuote,
    quote_chain,
    quote_repair,
    submit_chain,
    viewable_links,
)
from generations.actions.prompts import remember_prompts
from generations.forms import OLD_FORM, read_uuid
from generations.kinds import KINDS, Field, Settings
from generations.looks import GenerationLook
from generations.luma.pricing import format_price
from generations.models import Chain, Generation, Kind, State
from generations.states import IN_PROGRESS
from studio.errors import NotFound, StudioError
from studio.teams.access import Seat

STANDING_IN = "A prompt that is long enough."
"""Prices do not depend on prompts, so a price is asked for with any."""

FIRST_TIMES = 3
CHOSEN = ("model", "aspect_ratio", "resolution", "duration")


@dataclass(frozen=True)
class ChainDraft:
    """What stands in the form of a chain; nothing is checked."""

    items: tuple[UUID, ...] = ()
    settings: Settings = field(default_factory=dict)
    prompt: str = ""
    prompts: tuple[str, ...] = ()
    times: int = 0
    title: str = ""
    submit_key: UUID = field(default_factory=uuid4)

    @property
    def plan(self) -> ChainPlan:
        """What is to be made of it."""
        items = tuple(InputChoice("item", generation=uuid) for uuid in self.items)
        one = self.times if len(items) == 1 else 0
        return ChainPlan(
            items, dict(self.settings), self.prompt, self.prompts, times=one, title=self.title
        )

    def after(self, step: str) -> "ChainDraft":
        """The draft after a step: earlier:n, later:n, drop:n, or reverse; others change nothing."""
        verb, _, place = step.partition(":")
        items = list(self.items)
        if verb == "reverse":
            return replace(self, items=tuple(items[::-1]))
        at = int(place) if place.isdecimal() else len(items)
        if at >= len(items):
            return self
        if verb == "drop" and len(items) > 1:
            del items[at]
        to = at + {"earlier": -1, "later": 1}.get(verb, 0)
        if to != at and 0 <= to < len(items):
            items[at], items[to] = items[to], items[at]
        return replace(self, items=tuple(items))


def read_chain(data: QueryDict) -> ChainDraft:
    """Read the form, or an address with items alone; a single item is extended."""
    items = [uuid for text in data.getlist("item") if (uuid := read_uuid(text)) is not None]
    times = data.get("times", "")
    entry = KINDS[Kind.EXTEND]
    return ChainDraft(
        items=tuple(items[: MOST_LINKS + 2]),
        settings={name: data.get(name, entry.default(name)) for name in CHOSEN},
        prompt=data.get("prompt", ""),
        prompts=tuple(data.getlist("link_prompt")[:MOST_LINKS]),
        times=min(int(times[:4]), MOST_LINKS + 1) if times.isdecimal() else FIRST_TIMES,
        title=data.get("title", ""),
        submit_key=read_uuid(data.get("submit_key")) or uuid4(),
    )


@dataclass
class Transition:
    """One link of the form: between which items, with what prompt, and what is wrong with it."""

    number: int
    prompt: str
    problem: str = ""
    kind: str = ""


class ChainForm:
    """The form of a chain: items in order, a prompt for each link, settings, price, problems."""

    def __init__(
        self, where: Seat, draft: ChainDraft, problems: dict[str, str] | None = None
    ) -> None:
        self.draft = draft
        self.looks = [GenerationLook(row) for row in found_items(where, draft.items)]
        self.quote = quote_of(where, draft)
        self.problems = {**self.quote.problems, **(problems or {})}
        self.most = MOST_LINKS

    @property
    def extends(self) -> bool:
        """Whether one video is extended, instead of a way made through several items."""
        return len(self.looks) == 1

    @property
    def links(self) -> int:
        """How many generations it makes."""
        return self.draft.plan.links

    @property
    def heading(self) -> str:
        """What the page is called."""
        if self.extends:
            return f"Extend {self.links} times"
        return f"Chain of {len(self.looks)}" if self.looks else "Chain"

    @property
    def transitions(self) -> list[Transition]:
        """The links with their prompts and problems."""
        given, kinds = self.draft.prompts, self.quote.kinds
        return [
            Transition(
                number=at + 1,
                prompt=given[at] if at < len(given) else "",
                problem=self.problems.get(f"link-{at + 1}", ""),
                kind=kinds[at].label if at < len(kinds) else "",
            )
            for at in range(min(self.links, MOST_LINKS))
        ]

    @property
    def stretches(self) -> list[tuple[GenerationLook, Transition | None]]:
        """Each item with the link that begins at it."""
        after: list[Transition | None] = [*self.transitions, None]
        return list(zip(self.looks, after[: len(self.looks)], strict=False))

    @property
    def general(self) -> list[str]:
        """What is wrong with the whole."""
        return [text for name, text in self.problems.items() if not name.startswith("link-")]

    @property
    def settings(self) -> list[tuple[Field, Any]]:
        """The settings that all links share, with what is chosen."""
        entry = KINDS[Kind.EXTEND]
        fields = [one for name in CHOSEN if (one := entry.field(name)) is not None]
        return [(one, self.draft.settings.get(one.name)) for one in fields]

    @property
    def price(self) -> str:
        """The total in words."""
        return format_price(self.quote.total if self.quote.micros else None)

    @property
    def micros(self) -> int | None:
        """The total."""
        return self.quote.total if self.quote.micros else None


def quote_of(where: Seat, draft: ChainDraft) -> ChainQuote:
    """The price of a draft, whatever its prompts."""
    return quote_chain(where, replace(draft.plan, prompt=STANDING_IN, prompts=()))


def found_items(where: Seat, uuids: Sequence[UUID]) -> list[Generation]:
    """The items in their order. Raises NotFound for one that is not theirs. One query."""
    rows = {row.uuid: row for row in access.usable_generations(where, uuids)}
    if set(uuids) - rows.keys():
        raise NotFound
    return [rows[uuid] for uuid in uuids]


def press(
    where: Seat, draft: ChainDraft, quoted: str, key: UUID | None
) -> tuple[Chain | None, dict[str, str]]:
    """Make the chain at the price of the button, or say what is wrong, by link.

    Raises NotFound for items that are not theirs.
    """
    if key is None:
        return None, {"submit_key": OLD_FORM}
    found_items(where, draft.items)
    micros = int(quoted) if quoted.isdecimal() else None
    try:
        made = submit_chain(where, draft.plan, submit_key=key, quoted_micros=micros)
    except StudioError as error:
        return None, error.fields or {"price": error.sentence}
    remember_prompts(where, draft.plan.prompt, *draft.plan.prompts)
    return made, {}


@dataclass(frozen=True)
class LinkLook:
    """One link of a chain's page."""

    number: int
    look: GenerationLook
    takes: int


class ChainLook:
    """A chain with its links, for its page. Some ten queries, however many links."""

    def __init__(self, where: Seat, chain: Chain) -> None:
        self.chain = chain
        self.rows = viewable_links(where, chain)
        takes = Counter(chain.links.values_list("chain_position", flat=True))
        self.links = [
            LinkLook((row.chain_position or 0) + 1, GenerationLook(row), takes[row.chain_position])
            for row in self.rows
        ]
        self.repair = quote_repair(where, chain) if self.broken else ChainQuote()

    @property
    def broken(self) -> bool:
        """Whether something did not come to be."""
        dead = (State.COMPLETED, State.NEEDS_DECISION, State.AWAITING_APPROVAL)
        return any(row.state not in IN_PROGRESS and row.state not in dead for row in self.rows)

    @property
    def in_progress(self) -> bool:
        """Whether the page has to look again."""
        return any(link.look.in_progress for link in self.links)

    @property
    def finished(self) -> int:
        """How many links can be played."""
        return sum(link.look.completed for link in self.links)

    @property
    def seconds(self) -> int:
        """How long the finished links are together."""
        return sum(row.seconds or 0 for row in self.rows if row.state == State.COMPLETED)

    @property
    def price(self) -> str:
        """What its links cost, those apart that were never charged."""
        known = [row.quote_micros for row in self.rows if row.state not in NOT_PAID]
        total = None if None in known else sum(one for one in known if one is not None)
        return format_price(total, estimate=self.in_progress) if known else "Nothing charged"

    @property
    def edition(self) -> str:
        """Changes with every change that the page shows."""
        newest = max((row.pk for row in self.rows), default=0)
        return f"{newest}.{sum(row.version for row in self.rows)}"


NOT_PAID = frozenset({State.FAILED, State.REFUSED, State.CANCELLED})


@dataclass(frozen=True)
class ChainRow:
    """One chain of the list."""

    chain: Chain
    links: list[GenerationLook]

    @property
    def states(self) -> str:
        """How many links there are, and how many are finished."""
        done = sum(link.completed for link in self.links)
        return f"{done} of {len(self.links)} finished"

    @property
    def poster(self) -> str:
        """The first picture there is."""
        return next((link.poster for link in self.links if link.poster), "")


def chain_page(where: Seat, before: UUID | None) -> tuple[list[ChainRow], Chain | None]:
    """One page of the team's chains, newest first, and the last of it if older ones follow.

    Three queries.
    """
    links = access.visible_to(where).order_by("id")
    rows = Chain.objects.filter(team=where.team, links__in=links).distinct().order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=Chain.objects.filter(uuid=before).values("id")[:1])
    rows = rows.select_related("team", "author").prefetch_related(Prefetch("links", links))
    size = settings.LIBRARY_PAGE_SIZE
    found = list(rows[: size + 1])
    return [_row(one) for one in found[:size]], found[size - 1] if len(found) > size else None


def _row(chain: Chain) -> ChainRow:
    newest = {link.chain_position: link for link in chain.links.all()}
    return ChainRow(
        chain, [GenerationLook(newest[place]) for place in sorted(newest, key=lambda one: one or 0)]
    )
