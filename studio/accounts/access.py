"""The first door: who is signed in at all."""

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

    A browser is redirected (302). htmx gets 401 with HX-Redirect, and comes back to the page
    it stood on: a fragment's own address is no place to land.
    """

    @wraps(view)
    def signed_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if not getattr(request, "htmx", False):
            return redirect_to_login(_way_back(request))
        response = HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        response["HX-Redirect"] = redirect_to_login(_page_behind(request)).url
        return response

    return signed_in  # type: ignore[return-value]


def _way_back(request: HttpRequest) -> str:
    """The address to return to: this page, or the page whose form was sent."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return _own_path(request, request.headers.get("Referer", ""))


def _page_behind(request: HttpRequest) -> str:
    """The page that htmx stood on when it asked."""
    return _own_path(request, request.headers.get("HX-Current-URL", ""))


def _own_path(request: HttpRequest, address: str) -> str:
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(address)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
