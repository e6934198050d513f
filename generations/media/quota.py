"""How many bytes a team may keep, and how many it does."""

from django.conf import settings
from django.db.models import Sum

from generations.media.models import StoredFile
from studio.errors import StudioError
from studio.teams.models import Team

GIGABYTE = 1000**3


class QuotaReached(StudioError):
    """The team has no room for another file. Nothing of it was kept."""

    def __init__(self, used: int, quota: int) -> None:
        super().__init__(
            f"Your team has used {gigabytes(used)} of {gigabytes(quota)} GB. "
            "Delete uploads and results that you no longer need, then try again."
        )


def used_bytes(team: Team) -> int:
    """The size of all files of a team: originals, posters, previews, uploads. One query."""
    return StoredFile.objects.filter(team=team).aggregate(sum=Sum("size"))["sum"] or 0


def check_room(team: Team, coming: int) -> None:
    """Refuse what would not fit; `coming` is in bytes. One query. Raises QuotaReached.

    Under a lock on the team it holds against others, too. Results of generations are always
    kept, for they are paid: they count, and are never refused.
    """
    used = used_bytes(team)
    if used + coming > settings.MEDIA_QUOTA:
        raise QuotaReached(used, settings.MEDIA_QUOTA)


def gigabytes(size: int) -> str:
    """Bytes in gigabytes, to a tenth, as text."""
    return f"{size / GIGABYTE:.1f}".removesuffix(".0")
