"""The states of a generation: the one table of facts about each."""

from django.db import models


class State(models.TextChoices):
    """Where a generation stands; `states.py` says which steps between them exist."""

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


TERMINAL = frozenset(
    {
        State.COMPLETED,
        State.FAILED,
        State.REFUSED,
        State.CANCELLED,
        State.MEDIA_LOST,
        State.GIVEN_UP,
    }
)


DEAD = TERMINAL - {State.COMPLETED}
"""Nothing can be made from these."""


IN_PROGRESS = frozenset(set(State) - TERMINAL - {State.NEEDS_DECISION, State.AWAITING_APPROVAL})


REMOTE = frozenset({State.DREAMING, State.STALLED})


IN_DOUBT = frozenset({State.SENDING, State.UNCONFIRMED, State.NEEDS_DECISION})
