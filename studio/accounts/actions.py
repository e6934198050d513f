"""All writes of accounts."""

import structlog
from django.db import IntegrityError, transaction

from studio.accounts.models import User
from studio.errors import Conflict

log = structlog.get_logger(__name__)


def make_account(email: str, name: str, password: str, *, operator: bool = False) -> User:
    """Make an account; `operator` gives it the rights to run the installation.

    Raises Conflict when the address has an account already, even one made just now.
    """
    make = User.objects.create_superuser if operator else User.objects.create_user
    try:
        with transaction.atomic():
            user = make(email, password, name=name)
    except IntegrityError as error:
        raise Conflict(
            "There is an account with this address already. Sign in, then open the link again."
        ) from error
    log.info("account.made", user=user.pk, operator=operator)
    return user


def rename_account(user: User, name: str, *, acting_user: User) -> None:
    """Change the name that others see. One query."""
    User.objects.filter(pk=user.pk).update(name=name)
    log.info("account.renamed", user=user.pk, by=acting_user.pk)


def make_moderator(user: User) -> bool:
    """Make the account a moderator of the installation. False when it was one already."""
    changed = User.objects.filter(pk=user.pk, is_moderator=False).update(is_moderator=True)
    if changed:
        log.info("account.became_moderator", user=user.pk)
    return bool(changed)
