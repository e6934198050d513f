"""The only door from an upload's uuid in a URL or a form field to the upload."""

from uuid import UUID

from generations.media.models import Upload
from generations.media.queries import team_uploads
from studio.errors import NotFound
from studio.teams.models import Team


def usable_upload(team: Team, uuid: UUID) -> Upload:
    """An upload that this team may put into a slot. One query. Raises NotFound."""
    upload = team_uploads(team).filter(uuid=uuid).first()
    if upload is None:
        raise NotFound
    return upload
