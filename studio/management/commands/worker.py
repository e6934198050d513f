"""`manage.py worker`: everything that a worker machine runs: cluster, watcher, watchdog."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from studio.processes.supervisor import CLUSTER, Child, Plan, become_supervisor, manage


def worker_children(logs: Path) -> list[Child]:
    """Return the processes of a worker machine. The watchdog is a thread of the watcher."""
    return [
        Child(CLUSTER, manage("cluster"), str(logs / "cluster.log")),
        Child("watcher", manage("watch"), str(logs / "watcher.log")),
    ]


class Command(BaseCommand):
    """Runs a worker until it is ended."""

    help = "Run the queue's cluster, the watcher and the watchdog."

    def handle(self, *args: Any, **options: Any) -> None:
        become_supervisor(Plan(worker_children(settings.DATA_DIR / "log")))
