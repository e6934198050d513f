"""Names of uploaded files, as text to show. They are never used for a path."""

import re

NAME_LENGTH = 200

# Control characters, halves of surrogate pairs, and marks that change the direction of reading.
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def shown_name(name: str | None) -> str:
    """Return the uploaded name without invisible characters, at most 200 characters."""
    return _INVISIBLE.sub("", name or "").strip()[:NAME_LENGTH]
