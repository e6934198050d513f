"""What every request passes: an id in the logs, safe headers, and errors as sentences."""

import secrets
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from studio.errors import StudioError
from studio.logs import request_id

GetResponse = Callable[[HttpRequest], HttpResponseBase]

FREE = "Nothing was charged."
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class RequestContextMiddleware:
    """Gives each request an id that stands in every log line and in the answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Bind the id, answer, unbind."""
        name = secrets.token_hex(8)
        token = request_id.set(name)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = name
        return response


class CompressPagesMiddleware(GZipMiddleware):
    """Compresses pages and fragments, and nothing that is streamed.

    Django pads compressed pages with a random length and masks its tokens against BREACH.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Leave everything but whole HTML as it is."""
        page = response.get("Content-Type", "").startswith("text/html")
        if response.streaming or not page:
            return response
        return super().process_response(request, response)


class ResponseHeadersMiddleware:
    """Pages are private and never cached; they may use none of the device's powers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add what the view did not decide itself."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "private, no-store")
            patch_vary_headers(response, ("Cookie", "HX-Request"))
        return response


class StudioErrorMiddleware:
    """Turns a StudioError into its page, or for htmx into a fragment that says the sentence."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on; errors arrive in process_exception."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a StudioError; leave every other exception to Django."""
        if not isinstance(error, StudioError):
            return None
        if _free(request) and FREE not in error.sentence:
            error.sentence = f"{error.sentence} {FREE}"
        return error_response(request, error)


def _free(request: HttpRequest) -> bool:
    """Whether it is a form that would have led to spending, by the mark on its view."""
    view = request.resolver_match.func if request.resolver_match else None
    return request.method == "POST" and hasattr(view, "free_when_refused")


def error_response(request: HttpRequest, error: StudioError) -> HttpResponse:
    """The page or fragment for one error, with its status."""
    htmx = bool(getattr(request, "htmx", False))
    context = {
        "sentence": error.sentence,
        "status": int(error.status),
        "title": HTTPStatus(error.status).phrase,
        "debug": settings.DEBUG,
    }
    template = "studio/_error.html" if htmx else "studio/error.html"
    response = render(request, template, context, status=error.status)
    if htmx:
        response["HX-Retarget"] = "#toasts"
        response["HX-Reswap"] = "beforeend"
    return response
