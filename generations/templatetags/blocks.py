"""Block tags: what is inside is written over several lines, and leaves as one."""

import re

from django import template
from django.template.loader import render_to_string
from django.utils.html import strip_spaces_between_tags
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_BREAK = re.compile(r"\s*\n\s*")


@register.simple_block_tag
def compact(content: str) -> SafeString:
    """Drop line breaks and indents: a page has many cards, and each keeps its HTML in the cache."""
    joined = _BREAK.sub(" ", content.strip())
    return mark_safe(strip_spaces_between_tags(joined))  # noqa: S308 - rendered already


@register.simple_block_tag
def error_toast(content: str) -> SafeString:
    """Render the sentence inside as an error toast."""
    return render_to_string("studio/_error.html", {"sentence": " ".join(content.split())})
