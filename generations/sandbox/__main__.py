"""`python -m generations.sandbox`: the sandbox without Django, flags as in `manage.py sandbox`."""

from __future__ import annotations

import argparse
import sys

from . import serve
from .options import add_options, read_options


def main(arguments: list[str] | None = None) -> int:
    """Read the flags, serve, and return the exit status."""
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    add_options(parser)
    return serve(read_options(parser.parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main())
