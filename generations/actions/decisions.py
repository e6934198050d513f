"""Decisions of people about a generation: cancel, try again, stop waiting, fetch the file again.

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
    """Cancel one that has not been sent, and release its hold. Raises Conflict once it is sent.

    While an earlier attempt is in doubt, only the second one is cancelled: the generation needs a
    decision again. At most seven queries.
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
    """Queue a second attempt with a hold of its own, although the first may have been charged.

    The person's consent is written in the event. List passes still look for the first attempt.
    Raises Conflict when no decision is needed any more.
    """
    with transaction.atomic():
        lock_row(generation)
        if not move_locked(
            generation,
            State.QUEUED,
            actor=Actor.USER,
            only_from={State.NEEDS_DECISION},
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
    """Stop waiting for an attempt in doubt. The watcher releases the hold after a day.

    A result that arrives after all is bound and charged. Raises Conflict when no decision is needed
    any more.
    """
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
    """Fetch a result again that could not be fetched. Raises Conflict while that is under way."""
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
