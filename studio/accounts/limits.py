"""Rate limits, with allauth's limiter, for pages that are not allauth's own."""

from collections.abc import Callable
from typing import TypeVar

from allauth.decorators import rate_limit
from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def limit_sign_ups(view: View) -> View:
    """Answer 429 to the twenty-first POST within a minute from one network address."""
    limited: View = rate_limit(action="signup")(view)
    return limited
