"""The welcome link, with which the first account is made."""

from django.db import connection
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from studio.accounts import queries

SALT = "studio.accounts.welcome"


def welcome_token() -> str:
    """Return the token of this installation: 64 hex digits, computed from SECRET_KEY."""
    return salted_hmac(SALT, "first person", algorithm="sha256").hexdigest()


def welcome_url(base: str) -> str | None:
    """Return the link under `base` (scheme and host), or None once there is an account.

    One query.
    """
    if queries.accounts().exists():
        return None
    return base.rstrip("/") + reverse("teams:welcome", args=(welcome_token(),))


def welcome_is_open(token: str) -> bool:
    """Whether the token is right and there is no account yet. At most one query."""
    return constant_time_compare(token, welcome_token()) and not queries.accounts().exists()


def lock_accounts() -> None:
    """Let no other transaction add an account until this one ends.

    SQLite runs IMMEDIATE transactions one at a time anyway; on PostgreSQL it takes a lock that
    does not block readers.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE accounts_user IN SHARE ROW EXCLUSIVE MODE")
