"""Decorators of views that take a form."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponseBase

from generations.composer.reading import WrongFormat

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def takes_forms(view: View) -> View:
    """Refuse bodies that are not forms with 415."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and request.content_type not in FORMS:
            raise WrongFormat
        return view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]


def free_when_refused(view: View) -> View:
    """Mark a view whose refusals say that nothing was charged. The middleware reads the mark."""
    view.free_when_refused = True  # type: ignore[attr-defined]
    return view
