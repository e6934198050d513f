"""The trash: moving generations into it, restoring them, and purging them.

Also the deletion of presets and prompts that were removed.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import F

from generations.lifecycle import hints
from generations.media import store
from generations.models import FILES, Event, Generation, Preset, SavedPrompt, State
from generations.models.states import TERMINAL
from studio.accounts.models import User
from studio.clock import now
from studio.errors import Conflict

REMOVED_STAYS = timedelta(days=1)
"""How long a removed preset or prompt can be restored."""


def trash_generation(generation: Generation, *, acting_user: User) -> None:
    """Move a generation to the trash. A second call changes nothing.

    Generations that were made from it stay as they are. Raises Conflict while it is in progress.
    """
    rows = Generation.objects.filter(pk=generation.pk, trashed_at__isnull=True)
    with transaction.atomic():
        taken = rows.filter(state__in=TERMINAL).update(
            trashed_at=now(), trashed_by=acting_user, version=F("version") + 1
        )
        if taken:
            _event(generation, "user.trashed", acting_user)
            return
    if rows.filter(state=State.NEEDS_DECISION).exists():
        raise Conflict("It needs your decision first: try again, or stop waiting.")
    if rows.exists():
        raise Conflict("It is still under way. Cancel it, or wait until it is finished.")


def restore_generation(generation: Generation, *, acting_user: User) -> None:
    """Restore a generation from the trash. Raises Conflict once it is purged."""
    with transaction.atomic():
        taken = Generation.objects.filter(
            pk=generation.pk, trashed_at__isnull=False, purged_at__isnull=True
        ).update(trashed_at=None, trashed_by=None, version=F("version") + 1)
        if taken:
            _event(generation, "user.restored", acting_user)
            return
    if generation.purged_at is not None:
        raise Conflict("Its files are gone for good, so it cannot be restored.")


def purge_generation(
    generation: Generation, *, acting_user: User | None, remotely: bool = False
) -> None:
    """Delete the files of a generation for good. The row stays, for the ledger and for lineage.

    Files are deleted after the commit; a kill in between leaves files that the store's sweep
    removes. `remotely` asks the worker to delete it at the API, too. Raises Conflict unless it is
    in the trash, and while a generation in progress uses it.
    """
    with transaction.atomic():
        if generation.used_in.exclude(generation__state__in=TERMINAL).exists():
            raise Conflict("Something that is being made still uses it.")
        taken = Generation.objects.filter(
            pk=generation.pk,
            trashed_at__isnull=False,
            purged_at__isnull=True,
            state__in=TERMINAL,
        ).update(
            purged_at=now(),
            version=F("version") + 1,
            **dict.fromkeys(FILES),
        )
        if not taken:
            raise Conflict("Only what lies in the trash can be deleted for good.")
        files = [getattr(generation, name) for name in FILES]
        generation.assets.update(file=None)
        _event(generation, "user.purged" if acting_user else "timer.purged", acting_user)
        if remotely:
            generation.attempts.filter(remote_id__isnull=False, deleted_at=None).update(
                delete_asked_at=now()
            )
            transaction.on_commit(lambda: hints.give("delete_remotely", generation.pk), robust=True)
        for stored in files:
            if stored is not None:
                store.remove(stored)


def _event(generation: Generation, verb: str, acting_user: User | None) -> None:
    Event.objects.create(
        team_id=generation.team_id, generation=generation, actor=acting_user, verb=verb
    )


def delete_removed() -> None:
    """Delete presets and prompts of all teams that were removed REMOVED_STAYS ago."""
    before = now() - REMOVED_STAYS
    Preset.objects.filter(removed_at__lt=before).delete()
    SavedPrompt.objects.filter(removed_at__lt=before).delete()
