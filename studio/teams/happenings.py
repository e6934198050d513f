"""What happens in a team, announced: written to the log here, and to Event rows by the core.

The core stands above teams and may not be imported here; it listens to `happened` instead, inside
the transaction that made it happen.
"""

from typing import Any

import structlog
from django.dispatch import Signal

from studio.accounts.models import User
from studio.teams.models import Team

happened = Signal()
"""Sent with team, verb, actor (None: the command line) and detail (a JSON object)."""

log = structlog.get_logger(__name__)


def announce(team: Team, verb: str, *, actor: User | None, **detail: Any) -> None:
    """Tell the log and whoever listens. Call it inside the transaction."""
    happened.send(sender=Team, team=team, verb=verb, actor=actor, detail=detail)
    log.info(verb, team=team.pk, by=actor.pk if actor else None, **detail)
