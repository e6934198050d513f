"""Presets: saving a recipe under a name, changing, removing and restoring it."""

from typing import Any

from django.db import IntegrityError, transaction

from generations.models import Event, Preset
from studio.accounts.models import User
from studio.clock import now
from studio.errors import Conflict
from studio.teams.access import Seat

MOST_PRESETS = 100
"""Of one person in one team."""
LONGEST_NAME = 80
TAKEN = "There is a preset of this name already. Choose another."


def save_preset(seat: Seat, name: str, content: dict[str, Any], *, shared: bool) -> Preset:
    """Save a recipe under a name. Raises Conflict where the person has one of this name."""
    row = Preset(team=seat.team, author=seat.user, content=content, shared=shared)
    return _write(row, name, "user.preset_saved", seat.user)


def change_preset(preset: Preset, name: str, *, shared: bool, acting_user: User) -> Preset:
    """Rename a preset, or share it or not. Raises as `save_preset`."""
    preset.shared = shared
    return _write(preset, name, "user.preset_changed", acting_user)


def remove_preset(preset: Preset, *, acting_user: User) -> Preset:
    """Remove a preset. It can be restored for a day. A second call keeps the first time."""
    preset.removed_at = preset.removed_at or now()
    return _write(preset, preset.name, "user.preset_removed", acting_user)


def restore_preset(preset: Preset, *, acting_user: User) -> Preset:
    """Restore a removed preset. Raises Conflict where another has its name by now."""
    preset.removed_at = None
    return _write(preset, preset.name, "user.preset_restored", acting_user)


def _write(preset: Preset, name: str, verb: str, acting_user: User) -> Preset:
    preset.name, preset.name_key = name, name.casefold()
    try:
        with transaction.atomic():
            preset.save()
            Event.objects.create(
                team_id=preset.team_id,
                actor=acting_user,
                verb=verb,
                detail={"name": name, "shared": preset.shared},
            )
    except IntegrityError:
        raise Conflict(TAKEN) from None
    return preset
