"""The only clock: everything in the studio asks it for the time of day, and tests move it."""

from datetime import UTC, datetime, timedelta

_offset = timedelta()


def now() -> datetime:
    """Return the present time in UTC, moved by `shift`."""
    return datetime.now(UTC) + _offset


def shift(by: timedelta) -> None:
    """Move this process's clock, in addition to earlier shifts. For tests."""
    global _offset
    _offset += by


def reset() -> None:
    """Undo every shift of this process's clock."""
    global _offset
    _offset = timedelta()
