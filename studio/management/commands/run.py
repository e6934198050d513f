"""`manage.py run`: web server, worker and, without an API key, the sandbox, in one command."""

import os
import signal
import socket
import sys
import time
from contextlib import closing
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from studio.accounts.welcome import welcome_url
from studio.management.commands.worker import worker_children
from studio.processes.supervisor import Child, Plan, become_supervisor, manage
from studio.settings import ENV


def _static_is_outdated() -> bool:
    """Whether a static file is newer than the last collectstatic."""
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if not manifest.exists():
        return True
    made = manifest.stat().st_mtime
    sources = (path for folder in settings.STATICFILES_DIRS for path in folder.rglob("*"))
    return any(path.stat().st_mtime > made for path in sources)


class Command(BaseCommand):
    """Runs the whole studio until Ctrl-C."""

    help = "Run web, worker and, without LUMAAI_API_KEY, the sandbox."

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        port = self._free_port(ENV.host, ENV.port, "PORT")
        sandbox_port = self._free_port("127.0.0.1", ENV.sandbox_port, "SANDBOX_PORT")
        os.environ.update(PORT=str(port), SANDBOX_PORT=str(sandbox_port))
        self._prepare()
        children = self._children(port, sandbox_port)
        lines = self._lines(port, sandbox_port)
        connection.close()
        become_supervisor(Plan(children, (ENV.host, port), lines, began))

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
        if _static_is_outdated():
            call_command("collectstatic", verbosity=0, interactive=False)

    def _children(self, port: int, sandbox_port: int) -> list[Child]:
        logs = settings.DATA_DIR / "log"
        web = [
            *(sys.executable, "-m", "gunicorn", "studio.wsgi:application"),
            *("--bind", f"{ENV.host}:{port}", "--worker-class", "gthread"),
            *("--workers", str(ENV.web_processes), "--threads", str(ENV.web_threads)),
            *("--graceful-timeout", "2", "--timeout", "60", "--no-control-socket"),
            *("--log-level", "warning", "--backlog", "2048", "--worker-connections", "4096"),
        ]
        children = [Child("web", web, str(logs / "web.log"), parent_gone=signal.SIGTERM)]
        if self._needs_sandbox():
            sandbox = manage(
                *("sandbox", "--host", "127.0.0.1", "--port", str(sandbox_port)),
                *("--data", str(settings.DATA_DIR / "sandbox")),
                *("--key", settings.LUMAAI_API_KEY),
                *ENV.sandbox_options.split(),
            )
            children.append(Child("sandbox", sandbox, str(logs / "sandbox.log"), last=True))
        return children + worker_children(logs)

    def _needs_sandbox(self) -> bool:
        """Whether to run a sandbox: without an API key, unless LUMAAI_BASE_URL names one."""
        return bool(settings.ON_SANDBOX and not ENV.lumaai_base_url)

    def _lines(self, port: int, sandbox_port: int) -> list[str]:
        """Return the lines that say where everything is. One query."""
        base = f"http://localhost:{port}"
        lines = [f"Studio: {base}/"]
        if self._needs_sandbox():
            lines.append(f"Sandbox: http://127.0.0.1:{sandbox_port}/dream-machine/v1")
        first = welcome_url(base)
        return [*lines, f"First sign-in: {first}"] if first else lines
