"""The form of a chain as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from generations.media.models import Upload
from generations.media.public_hosts import shown_host
from generations.media.store import file_address
from generations.models import Generation, Kind
from generations.pages.generation import ShownGeneration
from generations.recipes.chain import MOST_LINKS, SHARED_SETTINGS, ChainDraft, chain_order
from generations.recipes.choice import InputChoice
from generations.recipes.inputs import InputRows, row_in, rows_of
from generations.recipes.kinds import KINDS, Setting
from generations.recipes.price import Price
from generations.spending.queries import Balance
from studio.teams.access import Seat


@dataclass(frozen=True)
class ShownItem:
    """One item as the form shows it. `state` is its label while it is not finished."""

    reference: str
    name: str
    icon: str
    picture: str = ""
    link: str = ""
    state: str = ""
    tone: str = ""


@dataclass
class ShownTransition:
    """One link of the form: its kind, its prompt, and what is wrong with it."""

    number: int
    prompt: str
    problem: str = ""
    kind: str = ""
    missing: bool = False

    @property
    def id(self) -> str:
        """Its id in the page."""
        return f"link-{self.number}"


class ShownChainForm:
    """The form of a chain. `pressed`: somebody has tried to send it as it is."""

    def __init__(
        self,
        seat: Seat,
        draft: ChainDraft,
        problems: dict[str, str] | None = None,
        *,
        balance: Balance | None = None,
        pressed: bool = False,
    ) -> None:
        self.draft = draft
        self.notes: list[str] = []
        rows = rows_of(seat, draft.items)
        self.items = found_items(draft.items, rows)
        self.order = chain_order(seat, draft, rows)
        self.problems = {**self.order.problems, **(problems or {})}
        self.pressed = pressed
        self.picking = False
        self.most = MOST_LINKS
        self.price = Price(self.order.total, self.links, balance)

    @property
    def extends(self) -> bool:
        """Whether one video is extended, instead of several items connected."""
        return len(self.items) == 1

    @property
    def links(self) -> int:
        """How many generations it makes."""
        return self.draft.links

    @property
    def heading(self) -> str:
        """The heading of the page."""
        if self.extends:
            return "Extend once" if self.links == 1 else f"Extend {self.links} times"
        return f"Chain of {len(self.items)}" if self.items else "Chain"

    @property
    def transitions(self) -> list[ShownTransition]:
        """The links with their prompts and problems."""
        kinds = self.order.kinds
        return [
            ShownTransition(
                number=at + 1,
                prompt=self.draft.prompt_at(at),
                problem=self.problems.get(f"link-{at + 1}", "").removeprefix(f"Link {at + 1}: "),
                kind=kinds[at].label if at < len(kinds) else "",
                missing=not (self.pressed or self.draft.prompt_of(at)),
            )
            for at in range(min(self.links, MOST_LINKS))
        ]

    @property
    def stretches(self) -> list[tuple[ShownItem, ShownTransition | None]]:
        """Each item with the link that begins at it."""
        after: list[ShownTransition | None] = [*self.transitions, None]
        return list(zip(self.items, after[: len(self.items)], strict=False))

    @property
    def kept_prompt(self) -> str:
        """The prompt of the last item, at which no link begins."""
        return self.draft.prompt_at(len(self.items) - 1) if len(self.items) > 1 else ""

    @property
    def general(self) -> list[str]:
        """What is wrong with the chain as a whole."""
        named = (*SHARED_SETTINGS, "times")
        return [
            said
            for name, said in self.problems.items()
            if name not in named and not name.startswith("link-")
        ]

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """Every reason why it cannot be sent, with the id of its field; equal reasons once."""
        found = [("", said) for said in self.general]
        placed = [name for name in (*SHARED_SETTINGS, "times") if name in self.problems]
        found += [(f"chain-{name}", self.problems[name]) for name in placed]
        wrong = [(one.problem, one.number) for one in self.transitions]
        for said, group in groupby(sorted(one for one in wrong if one[0]), lambda one: one[0]):
            numbers = [number for _, number in group]
            word = "Link" if len(numbers) == 1 else "Links"
            listed = ", ".join(map(str, numbers))
            found.append((f"link-{numbers[0]}-prompt", f"{word} {listed}: {said}"))
        return found

    @property
    def settings(self) -> list[tuple[Setting, Any, str]]:
        """The settings that all links share, each with its value and what is wrong with it."""
        entry = KINDS[Kind.EXTEND]
        fields = [one for name in SHARED_SETTINGS if (one := entry.setting(name)) is not None]
        chosen, problems = self.draft.settings, self.problems
        return [(one, chosen.get(one.name), problems.get(one.name, "")) for one in fields]


def found_items(choices: Sequence[InputChoice], rows: InputRows) -> list[ShownItem]:
    """Return the items in their order. Raises NotFound for one that is not among the rows."""
    return [_item(choice, row_in(rows, choice)) for choice in choices]


def _item(choice: InputChoice, row: Generation | Upload | None) -> ShownItem:
    reference = choice.reference
    if isinstance(row, Generation):
        return _result(reference, ShownGeneration(row))
    if isinstance(row, Upload):
        return ShownItem(reference, row.title, "upload", file_address(row.picture))
    return ShownItem(reference, shown_host(choice.url) or "Address", "link")


def _result(reference: str, shown: ShownGeneration) -> ShownItem:
    row = shown.generation
    state = "" if shown.completed else row.get_state_display()
    return ShownItem(
        reference,
        row.title,
        shown.icon,
        shown.poster,
        row.get_absolute_url(),
        state,
        shown.state.facts.tone,
    )
