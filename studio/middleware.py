"""What every request passes: an id in the logs, safe headers, and errors as sentences."""

import secrets
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from studio.errors import StudioError

GetResponse = Callable[[HttpRequest], HttpResponseBase]

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class RequestContextMiddleware:
    """Gives each request an id that stands in every log line and in the answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Bind the id, answer, unbind."""
        request_id = secrets.token_hex(8)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


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
        return error_response(request, error)


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
