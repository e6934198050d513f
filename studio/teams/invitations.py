"""What an invitation is before and after it is a row: its token, its life, why it is closed."""

import hashlib
import secrets
from datetime import timedelta
from http import HTTPStatus

from studio.clock import now
from studio.errors import StudioError
from studio.teams.models import Invitation

LIFE = timedelta(days=7)
A_DAY = 50
"""How many invitations a team may send in 24 hours."""


class InvitationClosed(StudioError):
    """The link was good once."""

    status = HTTPStatus.GONE


def new_token() -> str:
    """Return a link's token: 43 characters, 256 bits."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return what is stored of a token: SHA-256, 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def refuse_closed(invitation: Invitation) -> None:
    """Raise InvitationClosed unless the invitation can still be accepted."""
    if invitation.accepted_at is not None:
        raise InvitationClosed("This invitation has been used. If it was you, sign in.")
    if invitation.expires_at <= now():
        raise InvitationClosed("This invitation has expired. Ask for a new link.")
