"""Toasts that a page holds ready."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_block_tag
def error_toast(content: str) -> SafeString:
    """Write the sentence inside as an error; it may go over several lines."""
    return render_to_string("studio/_error.html", {"sentence": " ".join(content.split())})
