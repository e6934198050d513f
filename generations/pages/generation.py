"""A generation as templates show it: its state, its price, its files and its settings."""

from django.template.defaultfilters import filesizeformat

from generations.luma.failures import FailureAdvice, advice_for_failure
from generations.luma.pricing import format_price
from generations.media.models import StoredFile
from generations.media.store import file_address
from generations.models import Generation, Kind, State
from generations.recipes.kinds import KINDS, labels_of

USUAL_RATE = 24
"""Frames a second of what Luma makes."""

RATIOS = frozenset({"16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21"})
REFUSED = "Luma refused this. Not charged."


class ShownGeneration:
    """What templates display of a generation. The same for every viewer, role and time of day.

    Reads author, team and stored files, which `access.visible_generations` selects too.
    """

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.state = State(generation.state)
        self.entry = KINDS.get(Kind(generation.kind))

    @property
    def in_progress(self) -> bool:
        """Whether a page has to poll for it."""
        return self.state.facts.in_progress

    @property
    def completed(self) -> bool:
        """Whether it has a result."""
        return self.state.facts.completed

    @property
    def icon(self) -> str:
        """The icon of its kind."""
        return self.entry.icon if self.entry else "sparkles"

    @property
    def ratio(self) -> str:
        """One of the seven ratios, for the box that reserves its room."""
        ratio = self.generation.aspect_ratio
        return ratio if ratio in RATIOS else "16:9"

    @property
    def poster(self) -> str:
        """The address of the poster, or ""."""
        return _address(self.generation.poster)

    @property
    def thumb(self) -> str:
        """The address of the poster in the size of a card, or ""."""
        return _address(self.generation.thumb)

    @property
    def preview(self) -> str:
        """The address of the preview, or ""."""
        return _address(self.generation.preview)

    @property
    def original(self) -> str:
        """The address of the original, or ""."""
        return _address(self.generation.original)

    @property
    def length(self) -> str:
        """Length of a video as a clock shows it, e.g. 0:05."""
        seconds = self.generation.seconds
        return f"{seconds // 60}:{seconds % 60:02d}" if seconds else ""

    @property
    def details(self) -> list[str]:
        """Model and size, in the words of the composer."""
        found = (self.label("model"), self.generation.resolution)
        return [fact for fact in found if fact]

    def label(self, name: str) -> str:
        """Return the label of a setting's value, as in the composer."""
        value = str(self.generation.recipe.get(name, getattr(self.generation, name, "")) or "")
        choices = dict(self.entry.choices(name)) if self.entry else {}
        return choices.get(value) or labels_of(name).get(value, value)

    @property
    def price(self) -> str:
        """What it costs or cost, or the word for why it costs nothing."""
        words = str(self.state.facts.charge.label)
        return words or format_price(self.generation.quote_micros, estimate=not self.completed)

    @property
    def repairs(self) -> bool:
        """Whether its page offers repair: it, or its source, ended without a result."""
        dropped = self.state == State.CANCELLED and bool(self.generation.note)
        return dropped or (self.state.facts.without_result and self.generation.chain_id is not None)

    @property
    def rate(self) -> float:
        """Frames a second of a video."""
        original = self.generation.original
        return (original.rate if original else None) or USUAL_RATE

    @property
    def file_facts(self) -> str:
        """Pixels, kind and size of the original, once it is stored."""
        file = self.generation.original
        if file is None:
            return ""
        pixels = f"{file.width} \u00d7 {file.height}" if file.width and file.height else ""
        kind = file.content_type.rpartition("/")[2].upper()
        return " · ".join(filter(None, (pixels, kind, filesizeformat(file.size))))

    @property
    def advice(self) -> FailureAdvice | None:
        """What went wrong and what to do now, for one that failed."""
        failed = self.state == State.FAILED
        return advice_for_failure(self.generation.failure_reason) if failed else None

    @property
    def refusal(self) -> str:
        """Why Luma refused it, for one that was refused."""
        if self.state != State.REFUSED:
            return ""
        reason = self.generation.failure_reason.rstrip(".")
        return f"Luma refused this: {reason}. Not charged." if reason else REFUSED

    @property
    def sentence(self) -> str:
        """Its note, or the sentence of its state."""
        return self.generation.note or self.state.facts.sentence


def _address(stored: StoredFile | None) -> str:
    return file_address(stored) if stored else ""
