"""`manage.py watch`: the watcher, and the watchdog of this machine's cluster."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from generations.tasks.watching import Watcher
from studio.processes.watchdog import Watchdog, request_cluster_restart


class Command(BaseCommand):
    """Runs the watcher until it is ended."""

    help = "Run the watcher. `manage.py worker` runs it together with the queue's cluster."

    def handle(self, *args: Any, **options: Any) -> None:
        watcher = Watcher()

        def stop(_signal: int, _frame: object) -> None:
            watcher.stopping = True

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        watchdog = Watchdog(request_cluster_restart)
        threading.Thread(target=watchdog.run, name="watchdog", daemon=True).start()
        watcher.run()
