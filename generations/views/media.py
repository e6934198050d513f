"""The view of stored files, for a session that may see them or a signed address."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from generations import access
from generations.media import serving, store
from generations.media.models import StoredFile
from studio.accounts.models import User
from studio.errors import NotFound


@require_safe
def media(request: HttpRequest, uuid: UUID, name: str) -> HttpResponseBase:
    """Send a stored file, with Range. Strangers get 404, as for a file that does not exist."""
    return serving.file_response(request, _openable(request, uuid))


def _openable(request: HttpRequest, uuid: UUID) -> StoredFile:
    if "signature" in request.GET:
        if not store.check_signature(uuid, request.GET.dict()):
            raise NotFound
        return access.signed_file(uuid)
    if not isinstance(request.user, User):
        raise NotFound
    return access.viewable_file(request.user, uuid)
