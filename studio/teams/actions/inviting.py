"""Inviting people into a team, and accepting an invitation."""

from datetime import timedelta

from django.db import transaction

from studio.accounts.actions import make_account
from studio.accounts.models import User
from studio.clock import now
from studio.errors import NotAllowed, StudioError
from studio.teams import queries
from studio.teams.events import send_team_event
from studio.teams.invitations import (
    DAILY_LIMIT,
    LIFETIME,
    InvitationClosed,
    hash_of,
    new_token,
    refuse_closed,
)
from studio.teams.models import Invitation, Membership, Team
from studio.teams.permissions import allows, may_grant, refusal


def invite_member(
    team: Team, email: str, role: str, *, acting_user: User | None
) -> tuple[Invitation, str]:
    """Invite an e-mail address into the team; return the invitation and its link's token.

    The token is not stored: it cannot be read again. An open invitation of the same address is
    replaced. `acting_user` None is the operator on the command line, who may give any role; others
    give at most their own. Raises NotAllowed, or StudioError with a sentence.
    """
    email = email.strip().lower()
    with transaction.atomic():
        _refuse_invitation(team, email, role, acting_user)
        queries.open_invitations(team).filter(email=email).delete()
        token = new_token()
        invitation = Invitation.objects.create(
            team=team,
            email=email,
            role=role,
            token_hash=hash_of(token),
            invited_by=acting_user,
            expires_at=now() + LIFETIME,
        )
        send_team_event(
            team, "invitation.made", actor=acting_user, invitation=invitation.pk, role=role
        )
    return invitation, token


def _refuse_invitation(team: Team, email: str, role: str, acting_user: User | None) -> None:
    if acting_user is not None:
        own_role = queries.role_in(team, acting_user)
        if own_role is None or not allows(own_role, "invite"):
            raise NotAllowed(refusal("invite"))
        if not may_grant(own_role, role):
            raise NotAllowed(f"You are {own_role} here and cannot make somebody {role}.")
    if queries.members(team).filter(user__email=email).exists():
        raise StudioError(
            f"{email} is in this team already.", fields={"email": "Already a member."}
        )
    since = now() - timedelta(days=1)
    if team.invitations.filter(created_at__gt=since).count() >= DAILY_LIMIT:
        raise StudioError(f"A team can send {DAILY_LIMIT} invitations a day. Try again tomorrow.")


def accept_invitation(invitation: Invitation, *, acting_user: User) -> Membership:
    """Make the invited person a member and mark the invitation as accepted.

    A person who is a member already keeps their role. Raises InvitationClosed when the invitation
    was used, has expired or its sender may no longer give that role, and NotAllowed for anybody
    but the invited address.
    """
    if acting_user.email != invitation.email:
        raise NotAllowed(f"This invitation is for {invitation.email}.")
    with transaction.atomic():
        _mark_accepted(invitation)
        membership, _ = Membership.objects.get_or_create(
            team=invitation.team, user=acting_user, defaults={"role": invitation.role}
        )
        send_team_event(
            invitation.team,
            "member.joined",
            actor=acting_user,
            invitation=invitation.pk,
            role=membership.role,
        )
    return membership


def join_with_new_account(invitation: Invitation, *, name: str, password: str) -> User:
    """Make an account for the invited address and accept the invitation, both or neither.

    Raises Conflict when the address has an account, and as `accept_invitation` does.
    """
    with transaction.atomic():
        user = make_account(invitation.email, name, password)
        accept_invitation(invitation, acting_user=user)
    return user


def _mark_accepted(invitation: Invitation) -> None:
    """Mark the invitation as accepted. Of two requests at once, only one changes the row."""
    _refuse_stale_sender(invitation)
    rows = Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, expires_at__gt=now()
    )
    if not rows.update(accepted_at=now()):
        invitation.refresh_from_db()
        refuse_closed(invitation)


def _refuse_stale_sender(invitation: Invitation) -> None:
    """Raise InvitationClosed if the sender may no longer give the role."""
    if invitation.invited_by is None:
        return
    role = queries.role_in(invitation.team, invitation.invited_by)
    if role is None or not allows(role, "invite") or not may_grant(role, invitation.role):
        raise InvitationClosed(
            "Whoever sent this invitation may no longer invite. Ask the team for a new link."
        )
