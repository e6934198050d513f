"""How long things usually take, for cards."""

from django import template

from generations.models import Generation
from generations.pages import usual_times

register = template.Library()


@register.filter
def usual_time(generation: Generation) -> str:
    """Write how long such a generation usually takes, e.g. 1:40; "" below five samples."""
    return str(usual_times.usual_time(generation) or "")
