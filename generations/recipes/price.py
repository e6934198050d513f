"""The price of a whole press, and what it leaves of the balance."""

from dataclasses import dataclass, field

from generations.luma.pricing import MICROS, format_price
from generations.recipes.check import Order
from generations.recipes.variables import Expansion
from generations.recipes.variables.expansion import count_sentence
from generations.spending.queries import Balance

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
    def count_text(self) -> str:
        """How many, e.g. 3 x 4 = 12 generations; nothing where the prompt has no variables."""
        factors = self.expansion.factors
        if not factors:
            return ""
        return count_sentence((*factors, self.variations) if self.variations > 1 else factors)

    @property
    def shown_prompts(self) -> tuple[str, ...]:
        """The first prompts, written out."""
        return self.expansion.prompts[:SHOWN] if self.expansion.factors else ()

    @property
    def more_prompts(self) -> int:
        """How many prompts there are beside those shown."""
        return len(self.expansion.prompts) - len(self.shown_prompts) if self.shown_prompts else 0

    @property
    def made(self) -> str:
        """What the press makes, in words."""
        return f"{self.count:,} {self.media}{'s' if self.count > 1 else ''}"

    @property
    def needs_agreement(self) -> bool:
        """Whether so many, or so dear, that it is asked about once more."""
        return self.count > ASK_ABOVE or (self.micros or 0) > ASK_ABOVE_MICROS

    @property
    def agreement(self) -> str:
        """What a person agrees to: the count and the price."""
        return f"{self.count}:{'' if self.micros is None else self.micros}"

    @property
    def first_prompts(self) -> tuple[str, ...]:
        """The first prompts, for the question; all cost the same."""
        return self.expansion.prompts[:ASKED_ABOUT]

    @property
    def price_of_one(self) -> str:
        """What one generation of it costs."""
        return format_price(None if self.micros is None else self.micros // max(1, self.count))

    @property
    def text(self) -> str:
        """As on the button."""
        return format_price(self.micros)

    @property
    def balance_after(self) -> str:
        """What the account holds after it, or nothing where either is unknown."""
        available = self.balance.available_micros if self.balance else None
        if available is None or self.micros is None:
            return ""
        return format_price(available - self.micros)

    @property
    def exceeds_balance(self) -> bool:
        """Whether the account holds less than the price."""
        available = self.balance.available_micros if self.balance else None
        return available is not None and self.micros is not None and available < self.micros

    @property
    def balance_now(self) -> str:
        """What the account holds."""
        available = self.balance.available_micros if self.balance else None
        return "" if available is None else format_price(available, estimate=False)


def price_of(order: Order, balance: Balance | None = None) -> Price:
    """Return the price of a whole press; none while its variables make no sense. No query."""
    expansion = order.draft.expansion
    total = None if order.micros is None else order.micros * expansion.count * order.variations
    media = order.entry.media_type
    return Price(total, order.variations, balance, order.reasons, expansion, media)
