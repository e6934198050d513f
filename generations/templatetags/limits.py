"""The limits that pages name and that scripts check in the browser."""

from django import template
from django.conf import settings

from generations.luma.capabilities import PROMPT_LONGEST
from generations.media.limits import UPLOAD_BYTES
from generations.recipes.draft_json import LONGEST_SAVED_TEXT

register = template.Library()

LIMITS = {
    "prompt-characters": PROMPT_LONGEST,
    "draft-characters": LONGEST_SAVED_TEXT,
    "image-bytes": UPLOAD_BYTES["image"],
    "video-bytes": UPLOAD_BYTES["video"],
    "upload-files": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
}


@register.simple_tag
def limit(name: str) -> int:
    """Return one of the LIMITS. Raise KeyError for a name that is not among them."""
    return LIMITS[name]
