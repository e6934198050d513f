"""The one clock. Tests move it; nothing else in the studio asks for the time of day."""

from datetime import UTC, datetime, timedelta

_offset = timedelta()


def now() -> datetime:
    """The time of day, in UTC, with the shift that a test asked for."""
    return datetime.now(UTC) + _offset


def shift(by: timedelta) -> None:
    """Move the clock of this process, for tests. Adds to an earlier shift."""
    global _offset
    _offset += by


def reset() -> None:
    """Let the clock of this process run true again."""
    global _offset
    _offset = timedelta()
