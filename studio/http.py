"""The type of requests in views, and the answer to unsafe requests."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
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
    context: dict[str, Any] | Callable[[], dict[str, Any]],
    *,
    page: str,
    status: int = HTTPStatus.OK,
    said: str = "",
) -> HttpResponse:
    """Answer an unsafe request: the changed fragments to htmx, a redirect to everyone else.

    `fragment` is one template or several (the further ones carry hx-swap-oob); `page` is
    where a browser without JavaScript goes. A `context` that takes queries is a function: it is not
    called for a redirect. `said` is a sentence for both: the fragments read it
    by this name, the page shows it as a message.
    """
    if not getattr(request, "htmx", False):
        if said:
            messages.success(request, said)
        return HttpResponseRedirect(page)
    named = context() if callable(context) else context
    if said:
        named = {**named, "said": said}
    names = (fragment,) if isinstance(fragment, str) else fragment
    body = "".join(render_to_string(name, named, request) for name in names)
    return HttpResponse(body, status=status)


def render_form(
    request: StudioRequest,
    form: str,
    page: str,
    context: dict[str, Any],
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Answer with the template `form` alone to an htmx POST, with its whole `page` to others."""
    alone = request.method == "POST" and bool(request.htmx)
    return render(request, form if alone else page, context, status=status)


def go_to(request: StudioRequest, address: str) -> HttpResponse:
    """Send the browser to another page: by a header for htmx, by a redirect for others."""
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
