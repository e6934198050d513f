"""The content of the form of a chain; nothing is checked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from generations.recipes.chain import MOST_LINKS, ChainPlan
from generations.recipes.kinds import Settings
from generations.recipes.recipe import InputChoice, read_reference
from studio.forms import read_count

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
