"""The only doors from a uuid in a URL or a form field to an upload."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from generations.media.models import Upload
from generations.media.queries import team_uploads
from studio.errors import NotFound
from studio.teams.models import Team


def usable_uploads(team: Team, uuids: Iterable[UUID]) -> QuerySet[Upload]:
    """Return those of many uploads that the team may use as inputs, leaving out all others."""
    return team_uploads(team).filter(uuid__in=uuids)


def team_upload(team: Team, uuid: UUID) -> Upload:
    """Return one of the team's uploads. Raises NotFound. One query."""
    upload = team_uploads(team).filter(uuid=uuid).first()
    if upload is None:
        raise NotFound
    return upload
