"""The welcome link: how the first person comes in, while nobody has an account."""

from django.db import connection
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from studio.accounts import queries

SALT = "studio.accounts.welcome"


def welcome_token() -> str:
    """Return the token of this installation: 64 hex digits that follow from SECRET_KEY."""
    return salted_hmac(SALT, "first person", algorithm="sha256").hexdigest()


def welcome_url(base: str) -> str | None:
    """Return the link under `base` (scheme and host), or None once an account exists.

    One query.
    """
    if queries.accounts().exists():
        return None
    return base.rstrip("/") + reverse("teams:welcome", args=(welcome_token(),))


def welcome_is_open(token: str) -> bool:
    """Whether the token is right and still good for something. At most one query."""
    return constant_time_compare(token, welcome_token()) and not queries.accounts().exists()


def hold_accounts_still() -> None:
    """Let no other transaction add an account until this one ends.

    SQLite's IMMEDIATE transactions come one at a time already; PostgreSQL is asked for a lock
    that readers do not feel.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE accounts_user IN SHARE ROW EXCLUSIVE MODE")
