"""The health check, and the answers to requests that Django itself refuses."""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from generations.media.limits import REQUEST_TOO_LARGE
from studio.errors import StudioError, TooLarge
from studio.middleware import error_response

TOO_MANY_FILES = "At most {} files at a time. Nothing was charged. Send the others after these."


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 if the database answers. Strangers see no detail. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form with a wrong CSRF token, which mostly means that the session has changed."""
    error = StudioError(
        "Your session changed while this form was open. Reload the page and send it again; "
        "your text is kept. Nothing was charged."
    )
    response = error_response(request, error)
    response.status_code = 403
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that could not be read: 413 if it is too large, 400 otherwise."""
    if isinstance(exception, TooManyFilesSent):
        most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        return error_response(request, TooLarge(TOO_MANY_FILES.format(most)))
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return error_response(request, TooLarge(REQUEST_TOO_LARGE))
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)
