"""Faults that tests switch on, of the network and of the service: one rule per fault.

A rule is a JSON object, in the file of `--faults` or POSTed as a list to /_sandbox/faults:

    operation  an operationId of the contract, or "*" (never matches /_sandbox and /assets)
    kind       close, reset, hang, status, html, delay, drip, truncate, garbage
    after      false: the request is not acted on; true: acted on (charged), then the fault
    times      how many requests it affects (1)
    status     for kinds status and html (500)
    seconds    for hang and delay (60), between two bytes for drip (0.3)

With delay, drip, truncate and garbage the request is always acted on; a delay comes before that
unless `after` is true. The first rule that matches a request applies.
"""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

KINDS = ("close", "reset", "hang", "status", "html", "delay", "drip", "truncate", "garbage")


@dataclass
class Fault:
    """One rule; the module's docstring explains its fields."""

    operation: str
    kind: str
    after: bool = False
    times: int = 1
    status: int = 500
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault kind {self.kind!r}, must be one of {KINDS}")

    @property
    def acts(self) -> bool:
        """Whether the request is carried out before anything goes wrong."""
        return self.after or self.kind in ("delay", "drip", "truncate", "garbage")

    @property
    def pause(self) -> float:
        """`seconds`, or the default of the kind."""
        if self.seconds is not None:
            return self.seconds
        return 0.3 if self.kind == "drip" else 60.0


class Faults:
    """The rules that still apply to some requests."""

    def __init__(self, file: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []
        if file is not None:
            self.replace_json(file.read_bytes())

    def replace_json(self, text: bytes) -> None:
        """Replace the rules by a JSON list. TypeError or ValueError if it cannot be read."""
        rules = json.loads(text)
        if not isinstance(rules, list):
            raise TypeError("faults are a JSON list")
        self.replace(rules)

    def replace(self, rules: list[dict[str, Any]]) -> None:
        """Replace the rules. TypeError or ValueError if one cannot be read."""
        read = [Fault(**each) for each in rules]
        with self._lock:
            self._rules = read

    def listed(self) -> list[dict[str, Any]]:
        """Return the rules that are left, as JSON objects."""
        with self._lock:
            return [asdict(each) for each in self._rules]

    def take(self, operation: str) -> Fault | None:
        """Return the fault for this request, or None. Uses up one of its `times`."""
        with self._lock:
            for each in self._rules:
                if each.operation in (operation, "*"):
                    each.times -= 1
                    self._rules = [rule for rule in self._rules if rule.times > 0]
                    return each
        return None
