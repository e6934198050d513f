"""The states of a generation, and the one table of facts about each."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.db import models

Tone = Literal["quiet", "busy", "warn", "good", "bad"]
"""A tone of the design system (`data-tone`)."""


class State(models.TextChoices):
    """Where a generation is in its life. `lifecycle/transitions.py` has the steps between them."""

    WAITING = "waiting", "Waiting"
    AWAITING_APPROVAL = "awaiting_approval", "Awaiting approval"
    QUEUED = "queued", "Queued"
    SENDING = "sending", "Sending"
    UNCONFIRMED = "unconfirmed", "Checking with Luma"
    NEEDS_DECISION = "needs_decision", "Needs your decision"
    DREAMING = "dreaming", "Dreaming"
    STALLED = "stalled", "Taking unusually long"
    STORING = "storing", "Saving to library"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"
    REFUSED = "refused", "Refused"
    CANCELLED = "cancelled", "Cancelled"
    MEDIA_LOST = "media_lost", "Media lost"
    GIVEN_UP = "given_up", "Given up"

    @property
    def facts(self) -> "StateFacts":
        return FACTS[self]


class Phase(enum.Enum):
    """The part of a generation's life that a state belongs to; every state belongs to one."""

    BEFORE_SENDING = enum.auto()
    """Nothing was sent for it, so it can be cancelled for free."""
    IN_DOUBT = enum.auto()
    """It may be at the API, but no answer has confirmed that."""
    AT_API = enum.auto()
    """The API has accepted it and is making it."""
    STORING = enum.auto()
    """The API has finished it; its files are being copied here."""
    COMPLETED = enum.auto()
    WITHOUT_RESULT = enum.auto()
    """It has ended without a result."""


class Charge(models.TextChoices):
    """Whether the price was charged. A label, where there is one, is shown instead of the price."""

    HELD = "held", ""
    CHARGED = "charged", ""
    NOT_CHARGED = "not_charged", "Not charged"
    REFUNDED = "refunded", "Refunded"
    NOT_CONFIRMED = "not_confirmed", "Charge not confirmed"


@dataclass(frozen=True)
class StateFacts:
    """What is true of every generation in one state. An empty text is not shown."""

    phase: Phase
    undecided: bool
    """It stands still until a person has decided."""
    holds_place: bool
    """It counts against the API's limit of concurrent generations."""
    fetchable: bool
    """A person may ask to fetch its files again."""
    charge: Charge
    why_unusable: str
    """Why no generation may be made from it; empty if one may."""
    icon: str
    """The name of a lucide icon."""
    tone: Tone
    sentence: str = ""
    """Shown on its page, in the queue and in its chain."""
    card_note: str = ""
    """Shown on its card."""
    timeline: str = ""
    """What the timeline says of the step into this state."""
    notice: str = ""
    """What a notice says to its author. Empty: the author gets none."""

    @property
    def terminal(self) -> bool:
        """Whether nothing more happens unless a person asks for it."""
        return self.phase in (Phase.COMPLETED, Phase.WITHOUT_RESULT)

    @property
    def in_progress(self) -> bool:
        """Whether the studio works on it; a page that shows it polls for changes."""
        return not self.terminal and not self.undecided

    @property
    def working(self) -> bool:
        """Whether it was sent and is in progress."""
        return self.in_progress and not self.before_sending

    @property
    def before_sending(self) -> bool:
        """Whether it can still be cancelled for free."""
        return self.phase == Phase.BEFORE_SENDING

    @property
    def in_doubt(self) -> bool:
        return self.phase == Phase.IN_DOUBT

    @property
    def at_api(self) -> bool:
        return self.phase == Phase.AT_API

    @property
    def needs_decision(self) -> bool:
        """Whether its author has to choose between sending it again and giving up on it."""
        return self.undecided and self.in_doubt

    @property
    def completed(self) -> bool:
        return self.phase == Phase.COMPLETED

    @property
    def without_result(self) -> bool:
        """Whether it is terminal and has no result, whatever the reason."""
        return self.phase == Phase.WITHOUT_RESULT

    @property
    def went_wrong(self) -> bool:
        """Whether it has no result and nobody chose that; its author gets a notice."""
        return self.without_result and bool(self.notice)

    @property
    def usable_as_source(self) -> bool:
        """Whether another generation may be made from it, now or once it is finished."""
        return not self.why_unusable

    @property
    def refunded(self) -> bool:
        return self.charge == Charge.REFUNDED

    @property
    def free(self) -> bool:
        """Whether it certainly costs nothing."""
        return self.charge in (Charge.NOT_CHARGED, Charge.REFUNDED)


UNDECIDED_SOURCE = "It cannot be used before somebody has decided about it."
FAILED_SOURCE = "It did not come to be, so it cannot be used. Choose another."

FACTS: dict[State, StateFacts] = {
    State.WAITING: StateFacts(
        phase=Phase.BEFORE_SENDING,
        undecided=False,
        holds_place=False,
        fetchable=False,
        charge=Charge.HELD,
        why_unusable="",
        icon="hourglass",
        tone="quiet",
        sentence="It waits until its source is finished, then goes out by itself.",
    ),
    State.AWAITING_APPROVAL: StateFacts(
        phase=Phase.BEFORE_SENDING,
        undecided=True,
        holds_place=False,
        fetchable=False,
        charge=Charge.HELD,
        why_unusable=UNDECIDED_SOURCE,
        icon="stamp",
        tone="warn",
    ),
    State.QUEUED: StateFacts(
        phase=Phase.BEFORE_SENDING,
        undecided=False,
        holds_place=False,
        fetchable=False,
        charge=Charge.HELD,
        why_unusable="",
        icon="clock",
        tone="quiet",
        sentence="It goes out by itself as soon as there is room. You can close this page.",
        timeline="Queued",
    ),
    State.SENDING: StateFacts(
        phase=Phase.IN_DOUBT,
        undecided=False,
        holds_place=True,
        fetchable=False,
        charge=Charge.HELD,
        why_unusable="",
        icon="send",
        tone="busy",
        sentence="It is on its way to Luma.",
        timeline="Being sent to Luma",
    ),
    State.UNCONFIRMED: StateFacts(
        phase=Phase.IN_DOUBT,
        undecided=False,
        holds_place=False,
        fetchable=False,
        charge=Charge.NOT_CONFIRMED,
        why_unusable="",
        icon="search",
        tone="warn",
        sentence=(
            "We do not yet know whether Luma received this. We are checking. You have not lost "
            "anything, and nothing will be sent twice."
        ),
        card_note=(
            "We do not yet know whether Luma received this. We are checking; nothing is sent twice."
        ),
        timeline="No clear answer: looking for it at Luma",
    ),
    State.NEEDS_DECISION: StateFacts(
        phase=Phase.IN_DOUBT,
        undecided=True,
        holds_place=False,
        fetchable=False,
        charge=Charge.NOT_CONFIRMED,
        why_unusable=UNDECIDED_SOURCE,
        icon="circle-question-mark",
        tone="warn",
        sentence=(
            "We looked for this at Luma for a while and found no trace of it. It may still have "
            "been charged. Only you can decide whether to send it again."
        ),
        card_note="No trace of it at Luma. Open it to decide.",
        timeline="No trace of it: waiting for a decision",
        notice="needs your decision",
    ),
    State.DREAMING: StateFacts(
        phase=Phase.AT_API,
        undecided=False,
        holds_place=True,
        fetchable=False,
        charge=Charge.CHARGED,
        why_unusable="",
        icon="sparkles",
        tone="busy",
        sentence="Luma is making it. You can close this page; it arrives all the same.",
        timeline="Luma took it",
    ),
    State.STALLED: StateFacts(
        phase=Phase.AT_API,
        undecided=False,
        holds_place=False,
        fetchable=False,
        charge=Charge.CHARGED,
        why_unusable="",
        icon="timer",
        tone="warn",
        sentence="Luma has been at this for unusually long. We keep looking.",
        timeline="Taking unusually long",
    ),
    State.STORING: StateFacts(
        phase=Phase.STORING,
        undecided=False,
        holds_place=False,
        fetchable=False,
        charge=Charge.CHARGED,
        why_unusable="",
        icon="download",
        tone="busy",
        sentence="It is finished and is being copied to your library.",
        timeline="Finished at Luma: being copied",
    ),
    State.COMPLETED: StateFacts(
        phase=Phase.COMPLETED,
        undecided=False,
        holds_place=False,
        fetchable=False,
        charge=Charge.CHARGED,
        why_unusable="",
        icon="circle-check",
        tone="good",
        timeline="In the library",
        notice="finished",
    ),
    State.FAILED: StateFacts(
        phase=Phase.WITHOUT_RESULT,
        undecided=False,
        holds_place=False,
        fetchable=False,
        charge=Charge.REFUNDED,
        why_unusable=FAILED_SOURCE,
        icon="circle-x",
        tone="bad",
        timeline="Failed at Luma; the price was refunded",
        notice="failed",
    ),
    State.REFUSED: StateFacts(
        phase=Phase.WITHOUT_RESULT,
        undecided=False,
        holds_place=False,
        fetchable=False,
        charge=Charge.NOT_CHARGED,
        why_unusable=FAILED_SOURCE,
        icon="circle-slash",
        tone="bad",
        timeline="Refused by Luma; nothing was charged",
        notice="refused by Luma",
    ),
    State.CANCELLED: StateFacts(
        phase=Phase.WITHOUT_RESULT,
        undecided=False,
        holds_place=False,
        fetchable=False,
        charge=Charge.NOT_CHARGED,
        why_unusable=FAILED_SOURCE,
        icon="ban",
        tone="quiet",
        sentence="It was cancelled before it was sent.",
        timeline="Cancelled",
    ),
    State.MEDIA_LOST: StateFacts(
        phase=Phase.WITHOUT_RESULT,
        undecided=False,
        holds_place=False,
        fetchable=True,
        charge=Charge.CHARGED,
        why_unusable=FAILED_SOURCE,
        icon="unplug",
        tone="bad",
        sentence="Luma finished it, but its file could not be had for a week.",
        timeline="Its file could not be had",
        notice="lost its file",
    ),
    State.GIVEN_UP: StateFacts(
        phase=Phase.WITHOUT_RESULT,
        undecided=False,
        holds_place=False,
        fetchable=False,
        charge=Charge.NOT_CONFIRMED,
        why_unusable=FAILED_SOURCE,
        icon="circle-off",
        tone="quiet",
        sentence="You stopped waiting for it. If it arrives after all, it appears here.",
        timeline="Given up on",
    ),
}


def states_where(condition: Callable[[StateFacts], bool]) -> frozenset[State]:
    """Return the states whose facts meet a condition, for queries and comparisons."""
    return frozenset(state for state, facts in FACTS.items() if condition(facts))


TERMINAL = states_where(lambda facts: facts.terminal)
IN_PROGRESS = states_where(lambda facts: facts.in_progress)
BEFORE_SENDING = states_where(lambda facts: facts.before_sending)
IN_DOUBT = states_where(lambda facts: facts.in_doubt)
AT_API = states_where(lambda facts: facts.at_api)
HOLDING_PLACE = states_where(lambda facts: facts.holds_place)
WITHOUT_RESULT = states_where(lambda facts: facts.without_result)
