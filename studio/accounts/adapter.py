"""How allauth signs people in and up here."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: the welcome link and invitations make accounts."""
