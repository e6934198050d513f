"""Where Luma calls back. A callback is a hint: kept, answered with 200, and never believed."""

import hashlib

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from generations import hints
from generations.access import attempt_of
from generations.models import Attempt, CallbackDelivery
from generations.tokens import read_token

log = structlog.get_logger(__name__)

MOST_BYTES = 262_144
MOST_DELIVERIES = 50


@csrf_exempt
@require_POST
def luma(request: HttpRequest, token: str) -> HttpResponse:
    """Keep the delivery and answer exactly 200: anything else would be sent again.

    The token is checked before the body is read. A wrong one gets 404. Three queries, one insert
    and a hint.
    """
    genuine = read_token(token)
    try:
        attempt = attempt_of(genuine) if genuine else None
        if attempt is None:
            return HttpResponseNotFound()
        _keep(attempt, request)
    except DatabaseError:
        log.exception("callback not kept")
        return HttpResponse(status=503)
    return HttpResponse()


def _keep(attempt: Attempt, request: HttpRequest) -> None:
    """A leaked address fills no disk: beyond MOST_DELIVERIES only the watcher looks."""
    if attempt.callbacks.count() >= MOST_DELIVERIES:
        return
    body = _body(request)
    CallbackDelivery.objects.create(
        attempt=attempt, body=body, sha256=hashlib.sha256(body).hexdigest()
    )
    hints.give("look_at_attempt", attempt.pk)


def _body(request: HttpRequest) -> bytes:
    try:
        return request.read(MOST_BYTES)
    except (UnreadablePostError, RawPostDataException):
        return b""
