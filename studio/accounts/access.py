"""The first door: lets only signed-in people through."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def login_required(view: View) -> View:
    """Let signed-in people through; send everybody else to the sign-in page and back.

    A browser is redirected (302). htmx gets 401 with HX-Redirect, and the person returns to the
    page that they were on, because a fragment's address shows no whole page.
    """

    @wraps(view)
    def signed_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if not getattr(request, "htmx", False):
            return redirect_to_login(_return_path(request))
        response = HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        response["HX-Redirect"] = redirect_to_login(_htmx_page(request)).url
        return response

    return signed_in  # type: ignore[return-value]


def _return_path(request: HttpRequest) -> str:
    """Return where to go after signing in: this page, or the page whose form was sent."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return _own_path(request, request.headers.get("Referer", ""))


def _htmx_page(request: HttpRequest) -> str:
    """Return the page that htmx sent the request from."""
    return _own_path(request, request.headers.get("HX-Current-URL", ""))


def _own_path(request: HttpRequest, address: str) -> str:
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(address)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
