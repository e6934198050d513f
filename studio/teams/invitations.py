"""Tokens and limits of invitations, and the reasons why one can no longer be accepted."""

import hashlib
import secrets
from datetime import timedelta
from http import HTTPStatus

from studio.clock import now
from studio.errors import StudioError
from studio.teams.models import Invitation

LIFETIME = timedelta(days=7)
DAILY_LIMIT = 50
"""The most invitations that a team may send in 24 hours."""


class InvitationClosed(StudioError):
    """The invitation was used or has expired."""

    status = HTTPStatus.GONE


def new_token() -> str:
    """Return a new token for a link: 43 characters, 256 bits."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return the hash under which a token is stored: SHA-256, 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def refuse_closed(invitation: Invitation) -> None:
    """Raise InvitationClosed unless the invitation can still be accepted."""
    if invitation.accepted_at is not None:
        raise InvitationClosed("This invitation has been used. If it was you, sign in.")
    if invitation.expires_at <= now():
        raise InvitationClosed("This invitation has expired. Ask for a new link.")
