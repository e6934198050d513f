"""Filters and tags of the composer's templates."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generations.recipes.kinds import Field

register = template.Library()

ICONS = {
    "model": "box",
    "aspect_ratio": "ratio",
    "resolution": "scan",
    "duration": "timer",
    "loop": "repeat",
    "format": "file-image",
    "mode": "blend",
    "variations": "copy",
}


@register.filter
def setting_icon(name: str) -> str:
    """Return the icon of a setting, by its field's name."""
    return ICONS.get(name, "sliders-horizontal")


@register.simple_tag
def data_models(setting: Field, value: str) -> SafeString | str:
    """Name the models that have a choice, if not all of them have it."""
    names = setting.models_with(value)
    return format_html('data-models="{}"', " ".join(names)) if names else ""
