"""The limits that scripts check in the browser, as values of data attributes."""

from django import template

from generations.luma.capabilities import PROMPT_LONGEST
from generations.media.limits import UPLOAD_BYTES
from generations.recipes.draft_json import LONGEST_SAVED_TEXT

register = template.Library()

LIMITS = {
    "prompt-characters": PROMPT_LONGEST,
    "draft-characters": LONGEST_SAVED_TEXT,
    "image-bytes": UPLOAD_BYTES["image"],
    "video-bytes": UPLOAD_BYTES["video"],
}


@register.simple_tag
def limit(name: str) -> int:
    """Return one of the LIMITS. Raise KeyError for a name that is not among them."""
    return LIMITS[name]
