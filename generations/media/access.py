"""The only door from an upload's uuid in a URL or a form field to the upload."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from generations.media.models import Upload
from generations.media.queries import team_uploads
from studio.errors import NotFound
from studio.teams.models import Team


def usable_uploads(team: Team, uuids: Iterable[UUID]) -> QuerySet[Upload]:
    """Those that this team may put into slots, of many; what is not theirs is left out."""
    return team_uploads(team).filter(uuid__in=uuids)


def team_upload(team: Team, uuid: UUID) -> Upload:
    """One of a team's uploads, or NotFound. One query."""
    upload = team_uploads(team).filter(uuid=uuid).first()
    if upload is None:
        raise NotFound
    return upload
