"""What is read about accounts."""

from django.db.models import QuerySet

from studio.accounts.models import User


def accounts() -> QuerySet[User]:
    """Every account, closed ones too."""
    return User.objects.all()


def account_of(email: str) -> User | None:
    """The account with this address, in whatever case it is written. One query."""
    return User.objects.filter(email=email.strip().lower()).first()
