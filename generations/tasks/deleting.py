"""Deleting generations at the API that were purged here."""

import structlog

from generations.lifecycle.api_key import current_key
from generations.luma.errors import LumaError
from generations.models import Attempt
from generations.tasks import luma
from studio.clock import now

log = structlog.get_logger(__name__)


def delete_remotely(generation_id: int) -> None:
    """Delete all attempts of a generation at the API for which that was asked.

    May run twice: one that the API does not know counts as deleted. After a failure the watcher
    gives another hint. Attempts at another address than the present key's are left.
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
