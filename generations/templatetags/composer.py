"""Filters of the composer's templates."""

from django import template

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
