"""The price of a press and the balance after it, in words for pages."""

from dataclasses import dataclass, field

from generations.luma.pricing import MICROS, format_price
from generations.recipes.check import Order
from generations.recipes.variables import Expansion
from generations.recipes.variables.expansion import count_sentence
from generations.spending.queries import Balance

ASK_ABOVE = 10
"""Generations. A press that makes more needs a second confirmation."""

ASK_ABOVE_MICROS = 10 * MICROS
SHOWN, ASKED_ABOUT = 5, 3


@dataclass
class Price:
    """The price of all generations of one press, in micro-dollars.

    `asking`: the page asks for the second confirmation. `reasons` say why it cannot be sent.
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
        """The number of generations."""
        return self.expansion.count * self.variations

    @property
    def count_text(self) -> str:
        """The number in words, e.g. 3 x 4 = 12 generations; empty if there are no variables."""
        factors = self.expansion.factors
        if not factors:
            return ""
        return count_sentence((*factors, self.variations) if self.variations > 1 else factors)

    @property
    def shown_prompts(self) -> tuple[str, ...]:
        """The first prompts that the variables make."""
        return self.expansion.prompts[:SHOWN] if self.expansion.factors else ()

    @property
    def more_prompts(self) -> int:
        """How many prompts there are beside `shown_prompts`."""
        return len(self.expansion.prompts) - len(self.shown_prompts) if self.shown_prompts else 0

    @property
    def made(self) -> str:
        """What the press makes, e.g. 12 videos."""
        return f"{self.count:,} {self.media}{'s' if self.count > 1 else ''}"

    @property
    def needs_agreement(self) -> bool:
        """Whether the press makes or costs so much that it needs a second confirmation."""
        return self.count > ASK_ABOVE or (self.micros or 0) > ASK_ABOVE_MICROS

    @property
    def agreement(self) -> str:
        """The count and the price that a person agrees to, as the form sends them back."""
        return f"{self.count}:{'' if self.micros is None else self.micros}"

    @property
    def first_prompts(self) -> tuple[str, ...]:
        """The prompts that the question of the second confirmation lists."""
        return self.expansion.prompts[:ASKED_ABOUT]

    @property
    def price_of_one(self) -> str:
        """The price of one generation."""
        return format_price(None if self.micros is None else self.micros // max(1, self.count))

    @property
    def text(self) -> str:
        """The price as the button shows it."""
        return format_price(self.micros)

    @property
    def balance_after(self) -> str:
        """The balance after the press; empty if balance or price is unknown."""
        available = self.balance.available_micros if self.balance else None
        if available is None or self.micros is None:
            return ""
        return format_price(available - self.micros)

    @property
    def exceeds_balance(self) -> bool:
        """Whether the price is higher than the balance."""
        available = self.balance.available_micros if self.balance else None
        return available is not None and self.micros is not None and available < self.micros

    @property
    def balance_now(self) -> str:
        """The balance before the press; empty if it is unknown."""
        available = self.balance.available_micros if self.balance else None
        return "" if available is None else format_price(available, estimate=False)


def price_of(order: Order, balance: Balance | None = None) -> Price:
    """Return the price of the press of an order; unknown if its prompts cannot be counted."""
    expansion = order.draft.expansion
    total = None if order.micros is None else order.micros * expansion.count * order.variations
    media = order.entry.media_type
    return Price(total, order.variations, balance, order.reasons, expansion, media)
