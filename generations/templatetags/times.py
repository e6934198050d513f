"""Moments in templates: in UTC as they are sent, in the reader's time once st-time wakes up."""

from datetime import datetime

from django import template
from django.template.defaultfilters import date
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

MINUTE = r"j M Y, H:i \U\T\C"


@register.simple_tag
def ago(at: datetime, written: str = MINUTE, css_class: str = "") -> SafeString:
    """Write how long ago it was; `written` is the format that is there before st-time wakes up."""
    marks = format_html('class="{}" ', css_class) if css_class else ""
    inside = (marks, date(at, "c"), date(at, written))
    return format_html('<st-time {}mode="ago" datetime="{}">{}</st-time>', *inside)


@register.simple_tag
def elapsed(at: datetime) -> SafeString:
    """Write how long it has been going on."""
    inside = (date(at, "c"), date(at, r"H:i \U\T\C"))
    return format_html('<st-time mode="elapsed" datetime="{}">since {}</st-time>', *inside)
