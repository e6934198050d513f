"""Names that came from outside, as text to show: never used for a path."""

import re

NAME_LENGTH = 200

# Control characters, halves of surrogate pairs, and what turns the direction of reading.
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def shown_name(name: str | None) -> str:
    """The name a file came with, without what is not to be shown, at most 200 characters."""
    return _UNSHOWN.sub("", name or "").strip()[:NAME_LENGTH]
