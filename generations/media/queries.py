"""Reads of uploads; all return QuerySets."""

from django.db.models import QuerySet

from generations.media.models import Upload
from studio.teams.models import Team


def team_uploads(team: Team) -> QuerySet[Upload]:
    """A team's uploads, newest first, with what a thumbnail shows: one query."""
    return (
        Upload.objects.filter(team=team).select_related("file", "poster", "preview").order_by("-id")
    )
