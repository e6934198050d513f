"""The settings of a sandbox: one dataclass and the command line flags that fill it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OPENING_CENTS = 500_000.0


@dataclass(frozen=True, kw_only=True)
class Options:
    """Settings of one sandbox; `directory` is created when missing.

    `pace` scales how long dreaming lasts: 1 is about 4 s for a 5 s video at 720p, 0 is as fast as
    it renders. `credits` is the balance of a new directory in cents; an existing directory keeps
    its balance. `faults` is a JSON file; `faults.py` describes it.
    """

    directory: Path
    host: str = "127.0.0.1"
    port: int = 8001
    key: str = "sandbox"
    pace: float = 1.0
    limits: bool = True
    credits: float = OPENING_CENTS
    faults: Path | None = None


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the flags on `parser`; the management command gives Django's parser."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8001, help="0 takes a free port")
    parser.add_argument("--data", type=Path, required=True, help="directory that keeps its state")
    parser.add_argument("--key", default="sandbox", help="the API key that it accepts")
    parser.add_argument("--pace", type=_not_negative, default=1.0, help="0 fastest, 20 like real")
    parser.add_argument("--limits", choices=("on", "off"), default="on", help="the tier's limits")
    parser.add_argument("--credits", type=_not_negative, default=OPENING_CENTS, help="in cents")
    parser.add_argument("--faults", type=Path, default=None, help="JSON file, for tests")


def read_options(arguments: argparse.Namespace) -> Options:
    """Return the parsed flags as `Options`."""
    known: dict[str, Any] = {name: getattr(arguments, name) for name in _SAME_NAME}
    return Options(directory=arguments.data, limits=arguments.limits == "on", **known)


_SAME_NAME = ("host", "port", "key", "pace", "credits", "faults")


def _not_negative(text: str) -> float:
    number = float(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError("must be 0 or more")
    return number
