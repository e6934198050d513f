"""The quota of a team: how many bytes its files have, and how many they may have."""

from django.conf import settings
from django.db.models import Sum

from generations.media.models import StoredFile
from studio.errors import StudioError
from studio.teams.models import Team

GIGABYTE = 1000**3


class QuotaReached(StudioError):
    """The file would exceed the team's quota. It was not stored."""

    def __init__(self, used: int, quota: int) -> None:
        super().__init__(
            f"Your team has used {gigabytes(used)} of {gigabytes(quota)} GB. "
            "Delete uploads and results that you no longer need, then try again."
        )


def used_bytes(team: Team) -> int:
    """Return the size of all files of a team, uploads and results alike. One query."""
    return StoredFile.objects.filter(team=team).aggregate(sum=Sum("size"))["sum"] or 0


def check_room(team: Team, coming: int) -> None:
    """Raise QuotaReached if `coming` bytes more would exceed the quota. One query.

    Lock the team's row first, so that another request cannot add files at the same time. Results
    of generations count but are never refused, because they were paid for.
    """
    used = used_bytes(team)
    if used + coming > settings.MEDIA_QUOTA:
        raise QuotaReached(used, settings.MEDIA_QUOTA)


def gigabytes(size: int) -> str:
    """Return a number of bytes as gigabytes with at most one decimal, as text."""
    return f"{size / GIGABYTE:.1f}".removesuffix(".0")
