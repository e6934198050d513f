"""Reads of accounts."""

from django.db.models import QuerySet

from studio.accounts.models import User


def accounts() -> QuerySet[User]:
    """Return all accounts, inactive ones too."""
    return User.objects.all()


def account_of(email: str) -> User | None:
    """Return the account of an e-mail address, in upper or lower case. One query."""
    return User.objects.filter(email=email.strip().lower()).first()
