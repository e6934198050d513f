"""`manage.py cluster`: django-q2's cluster. All of its processes end with their parent."""

from typing import Any

from django.core.management.base import BaseCommand
from django_q.cluster import Cluster
from django_q.conf import Conf
from django_q.signals import post_execute

from generations.tasks.heartbeat import note_heartbeat
from studio.processes.parentage import children_end_with_parent


class Command(BaseCommand):
    """Runs the queue's cluster until it is ended."""

    help = "Run the queue's cluster. `manage.py worker` runs it together with the watcher."

    def handle(self, *args: Any, **options: Any) -> None:
        post_execute.connect(note_heartbeat)
        children_end_with_parent()
        cluster = Cluster()
        cluster.start()
        if Conf.SYNC or cluster.sentinel is None:
            return
        cluster.sentinel.join()
        raise SystemExit(cluster.sentinel.exitcode or 0)
