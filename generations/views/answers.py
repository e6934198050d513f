"""Answers that several views share."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from generations.pages.composer import ShownComposer
from studio.http import StudioRequest, render_form

COMPOSER = "generations/_composer.html"
COMPOSER_PAGE = "generations/create.html"


def answer_composer(
    request: StudioRequest,
    composer: ShownComposer,
    context: dict[str, Any],
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Answer with the composer: alone to an htmx POST, on its page to everyone else.

    Another draft replaces the form: a morph would leave what was typed and not sent yet.
    """
    context = {**context, "composer": composer}
    answer = render_form(request, COMPOSER, COMPOSER_PAGE, context, status)
    if request.method == "POST" and request.htmx and composer.replaced:
        answer["HX-Reswap"] = "outerHTML"
    return answer
