"""Middleware: an id for the log, response headers, compression, and pages for errors."""

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

NOT_CHARGED = "Nothing was charged."
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class RequestContextMiddleware:
    """Gives each request an id, which is in its log lines and in its response."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Set the id for the time of the request."""
        name = secrets.token_hex(8)
        token = request_id.set(name)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = name
        return response


class CompressPagesMiddleware(GZipMiddleware):
    """Compresses pages and fragments, but nothing that is streamed.

    Django pads compressed pages with a random length and masks its tokens against BREACH.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress the response if it is whole HTML."""
        html = response.get("Content-Type", "").startswith("text/html")
        if response.streaming or not html:
            return response
        return super().process_response(request, response)


class ResponseHeadersMiddleware:
    """Adds headers: pages are private, not cached, and may use no device such as a camera."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers that the view did not set."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "private, no-store")
            patch_vary_headers(response, ("Cookie", "HX-Request"))
        return response


class StudioErrorMiddleware:
    """Turns a StudioError into a page, or for htmx into a fragment, with its sentence."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; Django calls process_exception for errors."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a StudioError; leave every other exception to Django."""
        if not isinstance(error, StudioError):
            return None
        if _would_have_spent(request) and NOT_CHARGED not in error.sentence:
            error.sentence = f"{error.sentence} {NOT_CHARGED}"
        return error_response(request, error)


def _would_have_spent(request: HttpRequest) -> bool:
    """Whether the form would have spent money, by the mark `free_when_refused` on its view."""
    view = request.resolver_match.func if request.resolver_match else None
    return request.method == "POST" and hasattr(view, "free_when_refused")


def error_response(request: HttpRequest, error: StudioError) -> HttpResponse:
    """Return the page, or for htmx the fragment, of an error, with its status."""
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
