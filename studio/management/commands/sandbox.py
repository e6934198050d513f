"""`manage.py sandbox`: the Dream Machine API on this machine, for work without key or network."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from generations.sandbox import serve
from generations.sandbox.options import add_options, read_options


class Command(BaseCommand):
    """Serve the sandbox until SIGTERM or SIGINT; touches no database of the studio."""

    help = __doc__
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the sandbox's own flags."""
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit with the sandbox's status."""
        sys.exit(serve(read_options(argparse.Namespace(**options))))
