"""Where Luma calls back. A callback is a hint: it is kept, answered, and never believed."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from generations.actions.callbacks import Receipt, receive_callback

STATUS = {Receipt.TAKEN: 200, Receipt.UNKNOWN: 404, Receipt.NOT_KEPT: 503}
"""Anything but 200 makes Luma send it again."""


@csrf_exempt
@require_POST
def luma(request: HttpRequest, token: str) -> HttpResponse:
    """Answer one callback, with nothing in the body."""
    return HttpResponse(status=STATUS[receive_callback(token, request)])
