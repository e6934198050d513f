"""Processors of log lines: they add the request's id and remove secrets."""

import re
from contextvars import ContextVar
from typing import Final

from structlog.typing import EventDict, WrappedLogger

SECRET_LINKS: Final = re.compile(
    r"(/(?:welcome|invitations|hooks/luma|s|accounts/password/reset/key)/)[^/\s\"'?]+"
)
"""Paths whose last part is a secret that opens something for anybody who reads it."""

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that this thread answers; empty outside of a request."""


def name_request(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Add the id of the request that the line belongs to."""
    name = request_id.get()
    return {**event, "request_id": name} if name else event


def hide_links(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Remove secrets from paths; Django logs the path of every refused request."""
    return {
        key: SECRET_LINKS.sub(r"\1…", value) if isinstance(value, str) else value
        for key, value in event.items()
    }
