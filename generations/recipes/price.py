"""The price of the whole press, what it leaves, and what the settings do not allow."""

from dataclasses import dataclass, field

from generations.luma.pricing import MICROS, format_price
from generations.recipes.check import MOST_VARIATIONS, wrong_count
from generations.recipes.concepts import offered
from generations.recipes.draft import Draft
from generations.recipes.kinds.entry import Contents
from generations.recipes.variables import Expansion
from generations.recipes.variables.expansion import counted
from generations.spending.queries import Balance
from studio.forms import read_count

ASK_ABOVE = 10
"""Generations; a press that makes more is asked about once more."""

ASK_ABOVE_MICROS = 10 * MICROS
SHOWN, ASKED_ABOUT = 5, 3


@dataclass
class Price:
    """The price of the whole press, and what it leaves.

    `asking`: the press is asked about once more; `reasons` say what keeps it from being sent.
    """

    micros: int | None
    variations: int = 1
    balance: Balance | None = None
    reasons: tuple[str, ...] = ()
    expansion: Expansion = field(default_factory=lambda: Expansion(("",)))
    media: str = "video"
    asking: bool = False

    @property
    def count(self) -> int:
        """How many generations the press makes."""
        return self.expansion.count * self.variations

    @property
    def counted(self) -> str:
        """How many, e.g. 3 x 4 = 12 generations; nothing where the prompt has no variables."""
        factors = self.expansion.factors
        if not factors:
            return ""
        return counted((*factors, self.variations) if self.variations > 1 else factors)

    @property
    def shown(self) -> tuple[str, ...]:
        """The first prompts, written out."""
        return self.expansion.prompts[:SHOWN] if self.expansion.factors else ()

    @property
    def more(self) -> int:
        """How many prompts there are beside those shown."""
        return len(self.expansion.prompts) - len(self.shown) if self.shown else 0

    @property
    def things(self) -> str:
        """What the press makes, in words."""
        return f"{self.count:,} {self.media}{'s' if self.count > 1 else ''}"

    @property
    def much(self) -> bool:
        """Whether so many, or so dear, that it is asked about once more."""
        return self.count > ASK_ABOVE or (self.micros or 0) > ASK_ABOVE_MICROS

    @property
    def agreement(self) -> str:
        """What a person agrees to: the count and the price."""
        return f"{self.count}:{'' if self.micros is None else self.micros}"

    @property
    def first(self) -> tuple[str, ...]:
        """The first prompts, for the question; all cost the same."""
        return self.expansion.prompts[:ASKED_ABOUT]

    @property
    def each(self) -> str:
        """What one generation of it costs."""
        return format_price(None if self.micros is None else self.micros // max(1, self.count))

    @property
    def words(self) -> str:
        """As on the button."""
        return format_price(self.micros)

    @property
    def left(self) -> str:
        """What the account holds after it, or nothing where either is unknown."""
        available = self.balance.available_micros if self.balance else None
        if available is None or self.micros is None:
            return ""
        return format_price(available - self.micros)

    @property
    def short(self) -> bool:
        """Whether the account holds less than the price."""
        available = self.balance.available_micros if self.balance else None
        return available is not None and self.micros is not None and available < self.micros

    @property
    def now(self) -> str:
        """What the account holds."""
        available = self.balance.available_micros if self.balance else None
        return "" if available is None else format_price(available, estimate=False)


def price_of(draft: Draft, balance: Balance | None, contents: Contents | None = None) -> Price:
    """Price a draft; settings or variables that make no sense have no price. No query."""
    count = read_count(str(draft.variations)) or 1
    variations = count if count <= MOST_VARIATIONS else 1
    expansion = draft.expansion
    each = draft.entry.price(draft.values, contents).micros if expansion.countable else None
    total = None if each is None else each * expansion.count * variations
    reasons = (*variables_of(draft, variations), *reasons_of(draft, contents or {}))
    return Price(total, variations, balance, reasons, expansion, draft.entry.media_type)


def variables_of(draft: Draft, variations: int) -> tuple[str, ...]:
    """Say what is wrong with the variables, before anything is pressed."""
    expansion = draft.expansion
    if expansion.problems:
        return tuple(expansion.problems.values())
    unfilled = tuple(
        f"{raw} is sent as it stands: there are no rows." for raw in expansion.unfilled
    )
    return (*unfilled[:3], *wrong_count(len(expansion.prompts), variations).values())


def reasons_of(draft: Draft, contents: Contents) -> tuple[str, ...]:
    """Say what its settings and slots do not allow, before anything is pressed.

    What is merely not there yet is not among them: prompts, and slots that are empty.
    """
    given = {**draft.values, **draft.settings}
    found = draft.entry.problems(given, contents, offered())
    empty = {slot.name for slot in draft.entry.slots if not contents.get(slot.name)}
    unread = draft.entry.read(given)[1]
    return tuple(said for name, said in found.items() if name not in {*empty, *unread})
