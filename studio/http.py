"""The type of requests in views, and the answer to unsafe requests."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from studio.accounts.models import User


class StudioRequest(HttpRequest):
    """A request of a signed-in person, as the middleware hands it to a view."""

    htmx: HtmxDetails
    user: "User"


def respond(
    request: HttpRequest,
    fragment: str | tuple[str, ...],
    context: dict[str, Any],
    *,
    page: str,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Answer an unsafe request: the changed fragments to htmx, a redirect to everyone else.

    `fragment` is one template or several (the further ones carry hx-swap-oob); `page` is
    where a browser without JavaScript goes.
    """
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(page)
    names = (fragment,) if isinstance(fragment, str) else fragment
    body = "".join(render_to_string(name, context, request) for name in names)
    return HttpResponse(body, status=status)
