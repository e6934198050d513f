"""The price of the whole press, what it leaves, and what the settings do not allow."""

from dataclasses import dataclass
from typing import Any

from generations.actions.submission import MOST_VARIATIONS
from generations.concepts import offered_keys
from generations.forms import ComposerForm, Draft
from generations.kinds.entry import Contents
from generations.luma.pricing import format_price
from generations.spending.queries import Balance


@dataclass
class Price:
    """The price of the whole press, and what it leaves."""

    micros: int | None
    variations: int = 1
    balance: Balance | None = None
    reasons: tuple[str, ...] = ()

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
    """Price a draft; settings that make no sense have no price. No query, no network."""
    form = ComposerForm(draft)
    values = {name: form[name].value() for name in draft.entry.fields}
    count = str(draft.variations)
    variations = int(count) if count.isdecimal() and 1 <= int(count) <= MOST_VARIATIONS else 1
    one = draft.entry.price(values, contents).micros
    total = None if one is None else one * variations
    return Price(total, variations, balance, reasons_of(draft, values, contents or {}))


def reasons_of(draft: Draft, values: dict[str, Any], contents: Contents) -> tuple[str, ...]:
    """Say what its settings and slots do not allow, before anything is pressed.

    What is merely not there yet is not among them: the prompt, and slots that are empty.
    """
    given = {**values, **draft.settings, "prompt": "there"}
    found = draft.entry.problems(given, contents, offered_keys())
    empty = {slot.name for slot in draft.entry.slots if not contents.get(slot.name)}
    unread = draft.entry.read(given)[1]
    return tuple(said for name, said in found.items() if name not in {*empty, *unread})
