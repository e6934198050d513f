"""Pages of the building itself: health, and answers to what went wrong."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from studio.errors import StudioError
from studio.middleware import error_response


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Say whether the database answers; no detail for strangers. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose session changed."""
    error = StudioError(
        "Your session changed while this form was open. Reload the page and send it again; "
        "your text is kept. Nothing was charged."
    )
    response = error_response(request, error)
    response.status_code = 403
    return response
