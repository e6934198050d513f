"""How a generation is told to people: its state in words, icon and tone, its price, its facts."""

from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat

from generations.luma.failures import FailureAdvice, advice_for_failure
from generations.luma.pricing import format_price
from generations.media.models import StoredFile
from generations.media.store import file_address
from generations.models import Generation, Kind, State
from generations.models.states import DEAD, IN_PROGRESS
from generations.recipes.kinds import KINDS, labels_of

USUAL_RATE = 24
"""Frames a second of what Luma makes."""

RATIOS = frozenset({"16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21"})
NOT_CHARGED = frozenset({State.REFUSED, State.CANCELLED})
REFUSED = "Luma refused this. Not charged."
UNSURE = frozenset({State.UNCONFIRMED, State.NEEDS_DECISION, State.GIVEN_UP})


@dataclass(frozen=True)
class StateLook:
    """One state for the eye: an icon of lucide, a tone of the design system."""

    icon: str
    tone: str


STATE_LOOKS: dict[State, StateLook] = {
    State.WAITING: StateLook("hourglass", "quiet"),
    State.AWAITING_APPROVAL: StateLook("stamp", "warn"),
    State.QUEUED: StateLook("clock", "quiet"),
    State.SENDING: StateLook("send", "busy"),
    State.UNCONFIRMED: StateLook("search", "warn"),
    State.NEEDS_DECISION: StateLook("circle-question-mark", "warn"),
    State.DREAMING: StateLook("sparkles", "busy"),
    State.STALLED: StateLook("timer", "warn"),
    State.STORING: StateLook("download", "busy"),
    State.COMPLETED: StateLook("circle-check", "good"),
    State.FAILED: StateLook("circle-x", "bad"),
    State.REFUSED: StateLook("circle-slash", "bad"),
    State.CANCELLED: StateLook("ban", "quiet"),
    State.MEDIA_LOST: StateLook("unplug", "bad"),
    State.GIVEN_UP: StateLook("circle-off", "quiet"),
}

STATE_SENTENCES: dict[State, str] = {
    State.WAITING: "It waits until its source is finished, then goes out by itself.",
    State.QUEUED: "It goes out by itself as soon as there is room. You can close this page.",
    State.SENDING: "It is on its way to Luma.",
    State.UNCONFIRMED: (
        "We do not yet know whether Luma received this. We are checking. You have not lost "
        "anything, and nothing will be sent twice."
    ),
    State.NEEDS_DECISION: (
        "We looked for this at Luma for a while and found no trace of it. It may still have "
        "been charged. Only you can decide whether to send it again."
    ),
    State.DREAMING: "Luma is making it. You can close this page; it arrives all the same.",
    State.STALLED: "Luma has been at this for unusually long. We keep looking.",
    State.STORING: "It is finished and is being copied to your library.",
    State.CANCELLED: "It was cancelled before it was sent.",
    State.MEDIA_LOST: "Luma finished it, but its file could not be had for a week.",
    State.GIVEN_UP: "You stopped waiting for it. If it arrives after all, it appears here.",
}


class ShownGeneration:
    """A generation as templates show it; free of viewer, role and the time of day.

    Reads author, team and the stored files, which `access.visible_to` selects along.
    """

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.state = State(generation.state)
        self.entry = KINDS.get(Kind(generation.kind))

    @property
    def state_look(self) -> StateLook:
        """Icon and tone of the state."""
        return STATE_LOOKS[self.state]

    @property
    def in_progress(self) -> bool:
        """Whether a page has to follow it."""
        return self.state in IN_PROGRESS

    @property
    def completed(self) -> bool:
        """Whether there is something to look at."""
        return self.state == State.COMPLETED

    @property
    def icon(self) -> str:
        """The icon of its kind."""
        return self.entry.icon if self.entry else "sparkles"

    @property
    def ratio(self) -> str:
        """One of the seven ratios, for the box that keeps its place."""
        ratio = self.generation.aspect_ratio
        return ratio if ratio in RATIOS else "16:9"

    @property
    def poster(self) -> str:
        """Address of the still picture, or nothing yet."""
        return _address(self.generation.poster)

    @property
    def thumb(self) -> str:
        """Address of the poster in a card's own size, or nothing."""
        return _address(self.generation.thumb)

    @property
    def preview(self) -> str:
        """Address of the small moving picture, or nothing."""
        return _address(self.generation.preview)

    @property
    def original(self) -> str:
        """Address of the real file, or nothing yet."""
        return _address(self.generation.original)

    @property
    def length(self) -> str:
        """Length of a video as a clock shows it, e.g. 0:05."""
        seconds = self.generation.seconds
        return f"{seconds // 60}:{seconds % 60:02d}" if seconds else ""

    @property
    def facts(self) -> list[str]:
        """Model and size, in the words of the composer."""
        found = (self.label("model"), self.generation.resolution)
        return [fact for fact in found if fact]

    def label(self, name: str) -> str:
        """The composer's word for a setting's value."""
        value = str(self.generation.recipe.get(name, getattr(self.generation, name, "")) or "")
        choices = dict(self.entry.choices(name)) if self.entry else {}
        return choices.get(value) or labels_of(name).get(value, value)

    @property
    def price(self) -> str:
        """What it costs or cost, or the word for why it costs nothing."""
        if self.state == State.FAILED:
            return "Refunded"
        if self.state in NOT_CHARGED:
            return "Not charged"
        if self.state in UNSURE:
            return "Charge not confirmed"
        return format_price(self.generation.quote_micros, estimate=not self.completed)

    @property
    def repairs(self) -> bool:
        """Whether its page offers repair: a broken link, or one whose source came to nothing."""
        dropped = self.state == State.CANCELLED and bool(self.generation.note)
        return dropped or (self.state in DEAD and self.generation.chain_id is not None)

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
        """What went wrong and what to do now, for what failed."""
        failed = self.state == State.FAILED
        return advice_for_failure(self.generation.failure_reason) if failed else None

    @property
    def refusal(self) -> str:
        """Why it was never taken, for what was refused."""
        if self.state != State.REFUSED:
            return ""
        reason = self.generation.failure_reason.rstrip(".")
        return f"Luma refused this: {reason}. Not charged." if reason else REFUSED

    @property
    def sentence(self) -> str:
        """Where it stands, in a sentence; the machinery's own note first."""
        return self.generation.note or STATE_SENTENCES.get(self.state, "")


def _address(stored: StoredFile | None) -> str:
    return file_address(stored) if stored else ""
