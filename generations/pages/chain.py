"""A chain as its pages show it: its links and their states, and the list of all chains."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse

from generations import access
from generations.luma.pricing import format_price
from generations.models import Chain
from generations.pages.generation import ShownGeneration
from generations.pages.live import EVERY, Poller
from generations.pages.part import Part
from generations.queries.chains import viewable_links
from generations.recipes.again import Remake
from generations.recipes.repair import repair_of
from studio.teams.access import Seat


@dataclass(frozen=True)
class ShownLink:
    """One link of a chain's page. `takes` counts how often it was made."""

    number: int
    shown: ShownGeneration
    takes: int


class ShownChain:
    """A chain with its links, for its page. Some ten queries, however many links."""

    def __init__(self, seat: Seat, chain: Chain) -> None:
        self.chain = chain
        self.rows = viewable_links(seat, chain)
        takes = Counter(chain.links.values_list("chain_position", flat=True))
        self.links = [
            ShownLink(
                (row.chain_position or 0) + 1, ShownGeneration(row), takes[row.chain_position]
            )
            for row in self.rows
        ]
        self.repair = repair_of(seat, chain) if self.broken else Remake()

    @property
    def broken(self) -> bool:
        """Whether a link ended without a result."""
        return any(row.facts.without_result for row in self.rows)

    @property
    def in_progress(self) -> bool:
        """Whether the page has to poll."""
        return any(link.shown.in_progress for link in self.links)

    @property
    def finished(self) -> int:
        """How many links are completed."""
        return sum(link.shown.completed for link in self.links)

    @property
    def seconds(self) -> int:
        """The length of all completed links together."""
        return sum(row.seconds or 0 for row in self.rows if row.facts.completed)

    @property
    def price(self) -> str:
        """What its links cost, without those that were never charged."""
        known = [row.quote_micros for row in self.rows if not row.facts.free]
        total = None if None in known else sum(one for one in known if one is not None)
        return format_price(total, estimate=self.in_progress) if known else "Nothing charged"

    @property
    def edition(self) -> str:
        """A text that changes with everything that the page shows."""
        newest = max((row.pk for row in self.rows), default=0)
        return f"{newest}.{sum(row.version for row in self.rows)}"


@dataclass(frozen=True)
class ShownChainRow:
    """One chain of the list."""

    chain: Chain
    links: list[ShownGeneration]

    @property
    def states(self) -> str:
        """How many of its links are finished, in words."""
        done = sum(link.completed for link in self.links)
        return f"{done} of {len(self.links)} finished"

    @property
    def poster(self) -> str:
        """The address of the first poster, or ""."""
        return next((link.poster for link in self.links if link.poster), "")


def chains_page(seat: Seat, before: UUID | None) -> tuple[list[ShownChainRow], Chain | None]:
    """Return one page of the team's chains, newest first, and its last chain if older ones follow.

    Three queries.
    """
    links = access.visible_generations(seat).order_by("id")
    rows = Chain.objects.filter(team=seat.team, links__in=links).distinct().order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=Chain.objects.filter(uuid=before).values("id")[:1])
    rows = rows.select_related("team", "author").prefetch_related(Prefetch("links", links))
    size = settings.LIBRARY_PAGE_SIZE
    found = list(rows[: size + 1])
    return [_row(one) for one in found[:size]], found[size - 1] if len(found) > size else None


def _row(chain: Chain) -> ShownChainRow:
    newest = {link.chain_position: link for link in chain.links.all()}
    return ShownChainRow(
        chain,
        [ShownGeneration(newest[place]) for place in sorted(newest, key=lambda one: one or 0)],
    )


@dataclass(frozen=True)
class ChainPage(Part):
    """What _chain.html reads. `submit_key` is of the button that repairs the chain."""

    seat: Seat
    chain: Chain
    shown: ShownChain
    can_repair: bool
    submit_key: UUID
    poller: Poller


def chain_page(seat: Seat, row: Chain) -> ChainPage:
    """Return the page of a chain. Some ten queries, however many links."""
    shown = ShownChain(seat, row)
    url = reverse("generations:chain_changes", args=(seat.team.slug, row.uuid))
    return ChainPage(
        seat=seat,
        chain=row,
        shown=shown,
        can_repair=seat.can("retry"),
        submit_key=uuid4(),
        poller=Poller(f"{url}?version={shown.edition}", EVERY if shown.in_progress else None),
    )
