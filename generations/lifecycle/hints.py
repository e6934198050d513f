"""Hints to the queue: look at this row now. Losing or repeating one is harmless.

The rows are the truth and the watcher looks at them by itself; a hint only makes it sooner.
"""

from collections.abc import Iterable

import structlog
from django.conf import settings
from django.db import DatabaseError
from django_q.tasks import async_task

from generations.models import Generation

log = structlog.get_logger(__name__)


def submit(generations: Iterable[Generation]) -> None:
    """These are queued: send them."""
    for generation in generations:
        give("submit_generation", generation.pk)


def give(task: str, *ids: int) -> bool:
    """Put one hint into the queue; False when the queue cannot take it."""
    try:
        async_task(f"generations.tasks.{task}", *ids)
    except _queue_errors() as error:
        log.warning("hint lost", task=task, ids=ids, reason=type(error).__name__)
        return False
    return True


def _queue_errors() -> tuple[type[Exception], ...]:
    """What says that the queue cannot take a hint. Redis is loaded only where it is the queue."""
    if not settings.Q_CLUSTER.get("redis"):
        return (DatabaseError,)
    from redis.exceptions import RedisError

    return (DatabaseError, RedisError)
