"""All writes of teams, memberships and invitations."""

from studio.teams.actions.inviting import accept_invitation, invite_member, join_with_new_account
from studio.teams.actions.making import found_installation, make_team

__all__ = (
    "accept_invitation",
    "found_installation",
    "invite_member",
    "join_with_new_account",
    "make_team",
)
