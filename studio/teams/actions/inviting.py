"""How people come into a team: asked by a member who may, accepted by the one who was asked."""

from datetime import timedelta

from django.db import transaction

from studio.accounts.actions import make_account
from studio.accounts.models import User
from studio.clock import now
from studio.errors import NotAllowed, StudioError
from studio.teams import queries
from studio.teams.happenings import announce
from studio.teams.invitations import (
    A_DAY,
    LIFE,
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
    """Ask an address into the team; return the invitation and the token of its link.

    The token is not kept anywhere and cannot be had again. An open invitation of the same
    address is replaced. `acting_user` None is the operator on the command line, who may give
    any role; others give at most their own. NotAllowed, or StudioError with a sentence.
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
            expires_at=now() + LIFE,
        )
        announce(team, "invitation.made", actor=acting_user, invitation=invitation.pk, role=role)
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
    if team.invitations.filter(created_at__gt=since).count() >= A_DAY:
        raise StudioError(f"A team can send {A_DAY} invitations a day. Try again tomorrow.")


def accept_invitation(invitation: Invitation, *, acting_user: User) -> Membership:
    """Make the invited person a member; the invitation is used up.

    Who is a member already keeps their role. InvitationClosed when it was used, has expired or
    its sender may no longer give that role; NotAllowed for anybody but the invited address.
    """
    if acting_user.email != invitation.email:
        raise NotAllowed(f"This invitation is for {invitation.email}.")
    with transaction.atomic():
        _use_up(invitation)
        membership, _ = Membership.objects.get_or_create(
            team=invitation.team, user=acting_user, defaults={"role": invitation.role}
        )
        announce(
            invitation.team,
            "member.joined",
            actor=acting_user,
            invitation=invitation.pk,
            role=membership.role,
        )
    return membership


def join_with_new_account(invitation: Invitation, *, name: str, password: str) -> User:
    """Make an account for the invited address and accept with it, both or neither.

    Conflict when the address has an account; else as accept_invitation.
    """
    with transaction.atomic():
        user = make_account(invitation.email, name, password)
        accept_invitation(invitation, acting_user=user)
    return user


def _use_up(invitation: Invitation) -> None:
    """Mark the invitation accepted; of two at once, the one whose row changed goes on."""
    _refuse_stale_sender(invitation)
    rows = Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, expires_at__gt=now()
    )
    if not rows.update(accepted_at=now()):
        invitation.refresh_from_db()
        refuse_closed(invitation)


def _refuse_stale_sender(invitation: Invitation) -> None:
    """A link does not outlive its sender's right to give the role."""
    if invitation.invited_by is None:
        return
    role = queries.role_in(invitation.team, invitation.invited_by)
    if role is None or not allows(role, "invite") or not may_grant(role, invitation.role):
        raise InvitationClosed(
            "Whoever sent this invitation may no longer invite. Ask the team for a new link."
        )
