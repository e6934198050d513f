"""How a hint reaches a worker at once: django-q2's ORM broker, woken by the database."""

from django_q.brokers.orm import ORM


class WakingBroker(ORM):
    """The ORM broker."""
