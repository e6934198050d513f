"""What people decide about a generation under way: cancel, try again, stop waiting, look again.

Each action locks the generation and leaves the object as it is written, ready to be shown.
"""

from django.db import transaction

from generations.lifecycle import hints
from generations.lifecycle.api_key import current_key
from generations.lifecycle.transitions import Actor, lock_row, move_locked
from generations.lifecycle.waiting import open_attempts, release_planned
from generations.models import Attempt, Generation, State
from generations.models.states import BEFORE_SENDING
from generations.spending.actions import place_hold
from studio.accounts.models import User
from studio.clock import now
from studio.errors import Conflict

CONSENT = "Try again, I know it may be charged twice"

TAKEN_BACK = "The second try was not sent. What became of the first is still not known."


def cancel_generation(generation: Generation, *, acting_user: User) -> None:
    """Stop one that has not been sent; its money is released. Raises Conflict once it is sent.

    A second try is taken back: while the first is in doubt the decision is open again.
    At most seven queries.
    """
    with transaction.atomic(savepoint=False):  # nothing inside is caught
        lock_row(generation)
        attempts = open_attempts(generation)
        doubtful = any(one.outcome == Attempt.Outcome.IN_DOUBT for one in attempts)
        taken = move_locked(
            generation,
            State.NEEDS_DECISION if doubtful else State.CANCELLED,
            actor=Actor.USER,
            only_from={State.QUEUED} if doubtful else BEFORE_SENDING,
            acting_user=acting_user,
            note=TAKEN_BACK if doubtful else "",
        )
        if taken:
            release_planned(attempts)
    if not taken:
        raise Conflict(
            "This has been sent to Luma and cannot be stopped there; it will be charged "
            "if it completes."
        )


def try_again(generation: Generation, *, acting_user: User) -> None:
    """Send once more although the first may have been charged: the person said they know.

    A second attempt with its own hold on top of the first; the first is still looked for.
    """
    with transaction.atomic():
        lock_row(generation)
        if not move_locked(
            generation,
            State.QUEUED,
            actor=Actor.USER,
            acting_user=acting_user,
            detail={"consent": CONSENT, "micros": generation.quote_micros},
            not_before=now(),
        ):
            raise Conflict("Somebody was faster, or it arrived meanwhile. Nothing was sent.")
        attempt = Attempt.objects.create(
            generation=generation,
            number=generation.attempts.count() + 1,
            key=current_key(),
            consented_by=acting_user,
        )
        place_hold(generation.team, attempt.uuid, generation.quote_micros)
        transaction.on_commit(lambda: hints.submit([generation]), robust=True)


def stop_waiting(generation: Generation, *, acting_user: User) -> None:
    """Give up on it. The hold is released after a day; if it arrives after all, it is theirs."""
    with transaction.atomic():
        lock_row(generation)
        taken = move_locked(
            generation,
            State.GIVEN_UP,
            actor=Actor.USER,
            acting_user=acting_user,
            note="If it arrives after all, it will appear here and be charged then.",
        )
    if not taken:
        raise Conflict("Somebody was faster, or it arrived meanwhile. Nothing was changed.")


def fetch_again(generation: Generation, *, acting_user: User) -> None:
    """Try once more to fetch media that could not be had."""
    with transaction.atomic():
        lock_row(generation)
        taken = move_locked(
            generation,
            State.STORING,
            actor=Actor.USER,
            acting_user=acting_user,
            not_before=now(),
        )
        if not taken:
            raise Conflict("It is being looked for already.")
        generation.assets.update(tries=0)
        transaction.on_commit(lambda: hints.give("store_assets", generation.pk), robust=True)
