"""The signal that tells of a change in a team, such as a new member.

The core stands above teams and may not be imported here. It receives `team_event` instead, inside
the transaction that makes the change, and writes its Event rows.
"""

from typing import Any

import structlog
from django.dispatch import Signal

from studio.accounts.models import User
from studio.teams.models import Team

team_event = Signal()
"""Sent with team, verb, actor (None: the command line) and detail (a JSON object)."""

log = structlog.get_logger(__name__)


def send_team_event(team: Team, verb: str, *, actor: User | None, **detail: Any) -> None:
    """Send `team_event` and write a log line. Call it inside the transaction of the change."""
    team_event.send(sender=Team, team=team, verb=verb, actor=actor, detail=detail)
    log.info(verb, team=team.pk, by=actor.pk if actor else None, **detail)
