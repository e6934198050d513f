"""`manage.py worker`: all that a worker machine runs: cluster, watcher and watchdog."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from studio.supervisor import Child, Supervisor, manage
from studio.watchdog import Watchdog


def worker_children(logs: Path) -> list[Child]:
    """Return the processes of a worker machine."""
    return [
        Child("cluster", manage("cluster"), logs / "cluster.log"),
        Child("watcher", manage("watch"), logs / "watcher.log"),
    ]


def guard_cluster(supervisor: Supervisor) -> None:
    """Let the watchdog restart the cluster when it goes deaf."""

    def bite() -> None:
        supervisor.say("The queue went deaf; starting its cluster again.")
        supervisor.restart("cluster")

    supervisor.ticks.append(Watchdog(bite).tick)


class Command(BaseCommand):
    """Runs a worker until it is ended."""

    help = "Run the queue's cluster, the watcher and the watchdog."

    def handle(self, *args: Any, **options: Any) -> None:
        supervisor = Supervisor(worker_children(settings.DATA_DIR / "log"), self.stdout.write)
        guard_cluster(supervisor)
        raise SystemExit(supervisor.run())
