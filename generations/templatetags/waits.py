"""How long things usually take, for cards."""

from django import template

from generations.models import Generation
from generations.pages import queue

register = template.Library()


@register.filter
def usually(generation: Generation) -> str:
    """Write how long such a one usually takes, e.g. 1:40; nothing below five samples."""
    return str(queue.usual(generation) or "")
