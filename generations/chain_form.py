"""The form of a chain: its items in order, a prompt for each link, what is wrong, and the price."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from generations.actions import InputChoice
from generations.actions.chains import CHOSEN, MOST_LINKS, ChainPlan, quote_chain, submit_chain
from generations.actions.prompts import remember_prompts
from generations.composer import Price, take_file
from generations.forms import OLD_FORM, read_count, read_reference, read_uuid, write_reference
from generations.inputs import Rows, row_in, rows_of
from generations.kinds import KINDS, Field, Settings
from generations.looks import GenerationLook
from generations.media.models import Upload
from generations.media.names import shown_name
from generations.media.public_hosts import shown_host
from generations.media.store import file_address
from generations.models import Chain, Generation, Kind
from generations.spending.queries import Balance
from studio.errors import StudioError
from studio.teams.access import Seat

ITEM = "item"
FIRST_TIMES = 3


@dataclass(frozen=True)
class ChainDraft:
    """What stands in the form of a chain; nothing is checked.

    A prompt belongs to the item at which its link begins and goes where that goes; the one of the
    last item is kept out of sight.
    """

    items: tuple[InputChoice, ...] = ()
    settings: Settings = field(default_factory=dict)
    prompt: str = ""
    prompts: tuple[str, ...] = ()
    times: int = 0
    title: str = ""
    submit_key: UUID = field(default_factory=uuid4)

    @property
    def plan(self) -> ChainPlan:
        """What is to be made of it."""
        one = self.times if len(self.items) == 1 else 0
        return ChainPlan(
            self.items, dict(self.settings), self.prompt, self.prompts, times=one, title=self.title
        )

    def prompt_at(self, place: int) -> str:
        """The prompt that belongs to an item, or to a link of an extension."""
        return self.prompts[place] if place < len(self.prompts) else ""

    def after(self, step: str) -> "ChainDraft":
        """The draft after earlier:n, later:n, drop:n, reverse or add:<reference>; else as it is."""
        verb, _, rest = step.partition(":")
        if verb == "add":
            added = read_reference(ITEM, rest)
            return self.with_items([added] if added else [])
        pairs = [(item, self.prompt_at(at)) for at, item in enumerate(self.items)]
        if verb == "reverse":
            items = [item for item, _ in pairs[::-1]]
            links = [prompt for _, prompt in pairs]
            return self._of(list(zip(items, [*links[-2::-1], *links[-1:]], strict=True)))
        at = read_count(rest)
        if at is None or at >= len(pairs):
            return self
        if verb == "drop" and len(pairs) > 1:
            del pairs[at]
        to = at + {"earlier": -1, "later": 1}.get(verb, 0)
        if to != at and 0 <= to < len(pairs):
            pairs[at], pairs[to] = pairs[to], pairs[at]
        return self._of(pairs) if verb in ("earlier", "later", "drop") else self

    def with_items(self, added: Sequence[InputChoice]) -> "ChainDraft":
        """The draft with more at its end; a single video that was extended becomes a way."""
        return replace(self, items=(*self.items, *added)[: MOST_LINKS + 2])

    def _of(self, pairs: list[tuple[InputChoice, str]]) -> "ChainDraft":
        items = tuple(item for item, _ in pairs)
        return replace(self, items=items, prompts=tuple(prompt for _, prompt in pairs))


def read_chain(data: QueryDict) -> ChainDraft:
    """Read the form, or an address with items alone; a single item is extended."""
    texts = [*data.getlist(ITEM), f"url:{data.get('item_url', '')}"]
    items = [one for text in texts if (one := _read_item(text)) is not None]
    times = data.get("times", "")
    entry = KINDS[Kind.EXTEND]
    return ChainDraft(
        items=tuple(items[: MOST_LINKS + 2]),
        settings={name: data.get(name, entry.default(name)) for name in CHOSEN},
        prompt=data.get("prompt", ""),
        prompts=tuple(data.getlist("link_prompt")[: MOST_LINKS + 2]),
        times=min(int(times[:4]), MOST_LINKS + 1) if times.isdecimal() else FIRST_TIMES,
        title=data.get("title", ""),
        submit_key=read_uuid(data.get("submit_key")) or uuid4(),
    )


def _read_item(text: str) -> InputChoice | None:
    """Read one item: a reference, or a uuid alone, which is a generation's."""
    return read_reference(ITEM, text if ":" in text else f"generation:{text}")


@dataclass
class Brought:
    """A draft with the files that came with it; `notes` and `problems` name those they are about.

    Problems are by field, as those of a quote.
    """

    draft: ChainDraft
    notes: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)


def bring(where: Seat, draft: ChainDraft, files: "Sequence[UploadedFile[bytes]]") -> Brought:
    """Store the files that came with the form and add them; what cannot be taken is said."""
    brought, wrong = Brought(draft), []
    for file in files:
        where.require("upload")
        name = shown_name(file.name)
        try:
            upload = take_file(where, file)
        except StudioError as error:
            wrong.append(f"{name}: {error.sentence}")
            continue
        brought.draft = brought.draft.with_items([InputChoice(ITEM, upload=upload.uuid)])
        brought.notes += [f"{name}: {upload.notice}"] if upload.notice else []
    if wrong:
        brought.problems["items"] = " ".join(wrong)
    return brought


@dataclass(frozen=True)
class ChainItem:
    """One item as the form shows it; `state` in words and its tone where it is not finished."""

    reference: str
    name: str
    icon: str
    picture: str = ""
    link: str = ""
    state: str = ""
    tone: str = ""


@dataclass
class Transition:
    """One link of the form: what it is, its prompt, and what is wrong with it."""

    number: int
    prompt: str
    problem: str = ""
    kind: str = ""
    missing: bool = False

    @property
    def id(self) -> str:
        """What its place is called."""
        return f"link-{self.number}"


class ChainForm:
    """The form of a chain. `pressed`: somebody has tried to send it as it is."""

    def __init__(
        self,
        where: Seat,
        draft: ChainDraft,
        problems: dict[str, str] | None = None,
        *,
        balance: Balance | None = None,
        pressed: bool = False,
    ) -> None:
        self.draft = draft
        self.notes: list[str] = []
        rows = rows_of(where, draft.items)
        self.items = found_items(draft.items, rows)
        self.quote = quote_chain(where, draft.plan, rows)
        self.problems = {**self.quote.problems, **(problems or {})}
        self.pressed = pressed
        self.picking = False
        self.most = MOST_LINKS
        total = self.quote.total if self.quote.micros else None
        self.price = Price(total, self.links, balance)

    @property
    def extends(self) -> bool:
        """Whether one video is extended, instead of a way made through several items."""
        return len(self.items) == 1

    @property
    def links(self) -> int:
        """How many generations it makes."""
        return self.draft.plan.links

    @property
    def heading(self) -> str:
        """What the page is called."""
        if self.extends:
            return "Extend once" if self.links == 1 else f"Extend {self.links} times"
        return f"Chain of {len(self.items)}" if self.items else "Chain"

    @property
    def transitions(self) -> list[Transition]:
        """The links with their prompts and problems."""
        kinds = self.quote.kinds
        return [
            Transition(
                number=at + 1,
                prompt=self.draft.prompt_at(at),
                problem=self.problems.get(f"link-{at + 1}", "").removeprefix(f"Link {at + 1}: "),
                kind=kinds[at].label if at < len(kinds) else "",
                missing=not (self.pressed or self.draft.plan.prompt_of(at)),
            )
            for at in range(min(self.links, MOST_LINKS))
        ]

    @property
    def stretches(self) -> list[tuple[ChainItem, Transition | None]]:
        """Each item with the link that begins at it."""
        after: list[Transition | None] = [*self.transitions, None]
        return list(zip(self.items, after[: len(self.items)], strict=False))

    @property
    def kept_prompt(self) -> str:
        """The prompt of the last item, at which no link begins."""
        return self.draft.prompt_at(len(self.items) - 1) if len(self.items) > 1 else ""

    @property
    def general(self) -> list[str]:
        """What is wrong with the whole."""
        named = (*CHOSEN, "times")
        return [
            said
            for name, said in self.problems.items()
            if name not in named and not name.startswith("link-")
        ]

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """Every reason why it cannot be sent, with where it belongs; the same of several once."""
        found = [("", said) for said in self.general]
        placed = [name for name in (*CHOSEN, "times") if name in self.problems]
        found += [(f"chain-{name}", self.problems[name]) for name in placed]
        wrong = [(one.problem, one.number) for one in self.transitions]
        for said, group in groupby(sorted(one for one in wrong if one[0]), lambda one: one[0]):
            numbers = [number for _, number in group]
            word = "Link" if len(numbers) == 1 else "Links"
            listed = ", ".join(map(str, numbers))
            found.append((f"link-{numbers[0]}-prompt", f"{word} {listed}: {said}"))
        return found

    @property
    def settings(self) -> list[tuple[Field, Any, str]]:
        """The settings that all links share, with what is chosen and what is wrong with it."""
        entry = KINDS[Kind.EXTEND]
        fields = [one for name in CHOSEN if (one := entry.field(name)) is not None]
        chosen, problems = self.draft.settings, self.problems
        return [(one, chosen.get(one.name), problems.get(one.name, "")) for one in fields]


def found_items(choices: Sequence[InputChoice], rows: Rows) -> list[ChainItem]:
    """The items in their order. Raises NotFound for one that is not among the rows."""
    return [_item(choice, row_in(rows, choice)) for choice in choices]


def _item(choice: InputChoice, row: Generation | Upload | None) -> ChainItem:
    reference = write_reference(choice)
    if isinstance(row, Generation):
        return _result(reference, GenerationLook(row))
    if isinstance(row, Upload):
        return ChainItem(reference, row.title, "upload", file_address(row.picture))
    return ChainItem(reference, shown_host(choice.url) or "Address", "link")


def _result(reference: str, look: GenerationLook) -> ChainItem:
    row = look.generation
    state = "" if look.completed else row.get_state_display()
    return ChainItem(
        reference,
        row.title,
        look.icon,
        look.poster,
        row.get_absolute_url(),
        state,
        look.state_look.tone,
    )


def press(
    where: Seat, draft: ChainDraft, quoted_micros: int | None, key: UUID | None
) -> tuple[Chain | None, dict[str, str]]:
    """Make the chain at the price of the button, or say what is wrong, by link.

    Raises NotFound for items that are not theirs.
    """
    if key is None:
        return None, {"submit_key": OLD_FORM}
    found_items(draft.items, rows_of(where, draft.items))
    try:
        made = submit_chain(where, draft.plan, submit_key=key, quoted_micros=quoted_micros)
    except StudioError as error:
        return None, error.fields or {"price": error.sentence}
    remember_prompts(where, draft.plan.prompt, *draft.plan.prompts[: draft.plan.links])
    return made, {}
