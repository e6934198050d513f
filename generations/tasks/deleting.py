"""Deleting at the API what was deleted for good here, when that was asked."""

import structlog

from generations.lifecycle.api_key import current_key
from generations.luma.errors import LumaError
from generations.models import Attempt
from generations.tasks import luma
from studio.clock import now

log = structlog.get_logger(__name__)


def delete_remotely(generation_id: int) -> None:
    """Delete every attempt of it at the API; one that the API does not know is done, too.

    May run twice. What fails is tried again by the watcher; another key's is left.
    """
    rows = Attempt.objects.filter(
        generation_id=generation_id,
        delete_asked_at__isnull=False,
        deleted_at__isnull=True,
        remote_id__isnull=False,
        key__base_url=current_key().base_url,
    )
    for attempt in rows:
        try:
            with luma.open_client() as client:
                client.delete_generation(str(attempt.remote_id))
        except LumaError as error:
            log.info("not deleted yet", attempt=attempt.pk, reason=str(error)[:200])
            return
        Attempt.objects.filter(pk=attempt.pk).update(deleted_at=now())
