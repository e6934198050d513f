"""The doors of teams: from an address to a seat, and from a link to its invitation."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase

from studio.accounts.models import User
from studio.errors import NotAllowed, NotFound
from studio.teams import queries
from studio.teams.invitations import hash_of, refuse_closed
from studio.teams.models import Invitation, Membership, Team
from studio.teams.permissions import Permission, allows, permission, refusal

SESSION_KEY = "team"


@dataclass(frozen=True)
class Seat:
    """One person in one team with their role, read from the database for one request."""

    team: Team
    user: User
    role: str

    def can(self, ability: str, *, own: bool = False) -> bool:
        """Whether the role has the ability. `own`: they made the thing themselves."""
        return allows(self.role, ability, own=own)

    def require(self, ability: str, *, own: bool = False) -> None:
        """Raise NotAllowed, with the ability's sentence, unless the role has it."""
        if not self.can(ability, own=own):
            raise NotAllowed(refusal(ability))


def open_seat(user: User | AnonymousUser, team_slug: str, ability: str) -> Seat:
    """Return the person's seat in the team, if their role has the ability.

    Raises NotFound for strangers, exactly as for a team that does not exist, and NotAllowed for a
    member whose role does not have it. A role with "own" passes: the door of the object then calls
    `Seat.require(ability, own=…)`. One query; none for an anonymous visitor.
    """
    membership = _membership(user, team_slug)
    if membership is None or not isinstance(user, User):
        raise NotFound
    if permission(membership.role, ability) not in (Permission.YES, Permission.OWN):
        raise NotAllowed(refusal(ability))
    return Seat(membership.team, user, membership.role)


def _membership(user: User | AnonymousUser, team_slug: str) -> Membership | None:
    if not user.is_authenticated:
        return None
    return queries.memberships_of(user).filter(team__slug=team_slug).first()


def current_team(user: User, session: SessionBase) -> Team | None:
    """Return the team last used in this session, or the first one if that was left since.

    None for a person without a team. One query.
    """
    teams = [membership.team for membership in queries.memberships_of(user)]
    last = session.get(SESSION_KEY)
    return next((team for team in teams if team.slug == last), teams[0] if teams else None)


def remember_team(session: SessionBase, team: Team) -> None:
    """Have `/` open this team in this session. Writes only a change."""
    if session.get(SESSION_KEY) != team.slug:
        session[SESSION_KEY] = team.slug


def open_invitation(token: str) -> Invitation:
    """Return the invitation that a link's token belongs to, with its team and sender.

    Raises NotFound for a token that was never given or was replaced, InvitationClosed when the
    invitation was used or has expired. One query.
    """
    rows = Invitation.objects.select_related("team", "invited_by")
    invitation = rows.filter(token_hash=hash_of(token)).first()
    if invitation is None:
        raise NotFound("There is no such invitation, or a newer link has replaced it.")
    refuse_closed(invitation)
    return invitation
