"""What every log line says, and what none may say."""

import re
from contextvars import ContextVar
from typing import Final

from structlog.typing import EventDict, WrappedLogger

LINKS: Final = re.compile(
    r"(/(?:welcome|invitations|hooks/luma|s|accounts/password/reset/key)/)[^/\s\"'?]+"
)
"""Addresses whose next part opens something for whoever reads it."""

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that this thread answers; empty outside of one."""


def name_request(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Say which request a line belongs to."""
    name = request_id.get()
    return {**event, "request_id": name} if name else event


def hide_links(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Take the secret part out of addresses; Django writes the path of every refused request."""
    return {
        key: LINKS.sub(r"\1…", value) if isinstance(value, str) else value
        for key, value in event.items()
    }
