"""`manage.py run`: web, worker and, without a key, the sandbox, in one command."""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from studio.accounts.welcome import welcome_url
from studio.management.commands.worker import guard_cluster, worker_children
from studio.settings import ENV
from studio.supervisor import Child, Supervisor, manage


class Command(BaseCommand):
    """Runs the whole studio until Ctrl-C."""

    help = "Run web, worker and, without LUMAAI_API_KEY, the sandbox."

    def handle(self, *args: Any, **options: Any) -> None:
        port = self._free_port(ENV.host, ENV.port, "PORT")
        sandbox_port = self._free_port("127.0.0.1", ENV.sandbox_port, "SANDBOX_PORT")
        os.environ.update(PORT=str(port), SANDBOX_PORT=str(sandbox_port))
        self._prepare()
        supervisor = Supervisor(self._children(port, sandbox_port), self._say)
        guard_cluster(supervisor)
        supervisor.ticks.append(self._announcement(port, sandbox_port))
        raise SystemExit(supervisor.run())

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _free_port(self, host: str, port: int, name: str) -> int:
        with closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"Port {port} of {host} cannot be used ({error.strerror}). "
                    f"Choose another: {name}={port + 10} make run"
                ) from error
            chosen: int = probe.getsockname()[1]
            return chosen

    def _prepare(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._say("Preparing the database …")
            call_command("migrate", verbosity=0, interactive=False)
        if not (settings.STATIC_ROOT / "staticfiles.json").exists():
            call_command("collectstatic", verbosity=0, interactive=False)
        connection.close()

    def _children(self, port: int, sandbox_port: int) -> list[Child]:
        logs = settings.DATA_DIR / "log"
        web = [
            *(sys.executable, "-m", "gunicorn", "studio.wsgi:application"),
            *("--bind", f"{ENV.host}:{port}", "--worker-class", "gthread"),
            *("--workers", str(ENV.web_processes), "--threads", str(ENV.web_threads)),
            *("--graceful-timeout", "2", "--timeout", "60", "--no-control-socket"),
            *("--log-level", "warning", "--backlog", "2048", "--worker-connections", "4096"),
        ]
        children = [Child("web", web, logs / "web.log", parent_gone=signal.SIGTERM)]
        if self._own_sandbox():
            sandbox = manage(
                *("sandbox", "--host", "127.0.0.1", "--port", str(sandbox_port)),
                *("--data", str(settings.DATA_DIR / "sandbox")),
                *("--key", settings.LUMAAI_API_KEY),
                *os.environ.get("SANDBOX_OPTIONS", "").split(),
            )
            children.append(Child("sandbox", sandbox, logs / "sandbox.log"))
        return children + worker_children(logs)

    def _own_sandbox(self) -> bool:
        """Without a key the studio needs a sandbox; with an address there is one already."""
        return bool(settings.ON_SANDBOX and not ENV.lumaai_base_url)

    def _announcement(self, port: int, sandbox_port: int) -> Callable[[], None]:
        """Say where everything is, once the web answers."""
        told = False
        started = time.monotonic()

        def announce() -> None:
            nonlocal told
            if told or not self._answers(ENV.host, port):
                return
            told = True
            base = f"http://localhost:{port}"
            self._say(f"Studio: {base}/")
            if self._own_sandbox():
                self._say(f"Sandbox: http://127.0.0.1:{sandbox_port}/dream-machine/v1")
            first = welcome_url(base)
            if first:
                self._say(f"First sign-in: {first}")
            self._say(f"Ready in {time.monotonic() - started:.1f} s. Ctrl-C ends everything.")

        return announce

    def _answers(self, host: str, port: int) -> bool:
        reachable = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
        try:
            with closing(socket.create_connection((reachable, port), timeout=0.2)):
                return True
        except OSError:
            return False
