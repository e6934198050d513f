"""The view of Luma's callbacks. What a callback says is stored, and asked of Luma again."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from generations.actions.callbacks import Receipt, receive_callback

STATUS = {Receipt.TAKEN: 200, Receipt.UNKNOWN: 404, Receipt.NOT_KEPT: 503}
"""Luma sends a callback again after any answer but 200."""


@csrf_exempt
@require_POST
def luma(request: HttpRequest, token: str) -> HttpResponse:
    """Answer one callback, with nothing in the body."""
    return HttpResponse(status=STATUS[receive_callback(token, request)])
