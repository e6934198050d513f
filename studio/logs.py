"""What log lines may not say."""

import re
from typing import Final

from structlog.typing import EventDict, WrappedLogger

LINKS: Final = re.compile(
    r"(/(?:welcome|invitations|hooks/luma|s|accounts/password/reset/key)/)[^/\s\"'?]+"
)
"""Addresses whose next part opens something for whoever reads it."""


def hide_links(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Take the secret part out of addresses; Django writes the path of every refused request."""
    return {
        key: LINKS.sub(r"\1…", value) if isinstance(value, str) else value
        for key, value in event.items()
    }
