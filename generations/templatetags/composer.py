"""Filters of the composer's templates: icons of settings, and the words for inputs."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generations.media import store
from generations.media.models import StoredFile
from generations.pages import slots
from generations.recipes.kinds import Setting
from generations.recipes.kinds.slots import FoundInput

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


@register.filter
def file_address(file: StoredFile | None) -> str:
    """Return the address of a stored file; "" for none."""
    return store.file_address(file) if file else ""


@register.filter
def check_name(found: FoundInput) -> str:
    """Return the short name of an input's address check; "" for an input without one."""
    return slots.check_name(found)


@register.filter
def unchecked(found: FoundInput) -> bool:
    """Whether nothing is known yet of an input's address."""
    return slots.unchecked(found)


@register.filter
def verdict(found: FoundInput) -> str:
    """Return what the check of an input's address found, in a sentence."""
    return slots.verdict(found)


@register.filter
def doubtful(found: FoundInput) -> bool:
    """Whether the check of an input's address found something to think about."""
    return slots.doubtful(found)


@register.simple_tag
def data_models(setting: Setting, value: str) -> SafeString | str:
    """Name the models that have a choice, if not all of them have it."""
    names = setting.models_with(value)
    return format_html('data-models="{}"', " ".join(names)) if names else ""
