"""Reads of uploads. All functions return QuerySets."""

from django.db.models import QuerySet

from generations.media.models import Upload
from studio.teams.models import Team


def team_uploads(team: Team) -> QuerySet[Upload]:
    """Return a team's uploads, newest first, with the files that a thumbnail needs. One query."""
    return (
        Upload.objects.filter(team=team).select_related("file", "poster", "preview").order_by("-id")
    )
