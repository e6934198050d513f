#!/usr/bin/env python
"""Django's command line for the studio."""

import os
import signal
import sys


def main() -> None:
    """Run one management command."""
    if sys.argv[1:2] == ["run"]:
        # Ctrl-C ends a start at once: an exception could be swallowed by what is just imported.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    try:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
