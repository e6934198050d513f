"""Hints: messages in the queue that a row may be worked on.

Only the rows say what is to be done, and the watcher reads them regularly. A hint makes it sooner,
so it is harmless to lose or to repeat one.
"""

from collections.abc import Iterable

import structlog
from django.conf import settings
from django.db import DatabaseError
from django_q.tasks import async_task

from generations.models import Generation

log = structlog.get_logger(__name__)


def submit(generations: Iterable[Generation]) -> None:
    """Hint that these queued generations may be sent."""
    for generation in generations:
        give("submit_generation", generation.pk)


def give(task: str, *ids: int) -> bool:
    """Put a hint into the queue. Return False if the queue cannot take it."""
    try:
        async_task(f"generations.tasks.{task}", *ids)
    except _queue_errors() as error:
        log.warning("hint lost", task=task, ids=ids, reason=type(error).__name__)
        return False
    return True


def _queue_errors() -> tuple[type[Exception], ...]:
    """Return the errors that mean that the queue cannot take a hint."""
    if not settings.Q_CLUSTER.get("redis"):
        return (DatabaseError,)
    # Redis is only installed where it is the queue.
    from redis.exceptions import RedisError

    return (DatabaseError, RedisError)
