"""Rows of the table: what was measured, its target, and whether that is met."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A figure and its target. `met` is None where there is no target or no figure."""

    name: str
    figure: str
    target: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return {True: "met", False: "NOT MET", None: "-"}[self.met]


Rows = Iterator[Row]


def at_most(name: str, value: float, limit: float, unit: str, *, note: str = "") -> Row:
    """Return a row that is met when the value is no larger than its limit."""
    text = f"{_short(value)} {unit}".strip()
    figure = f"{text} ({note})" if note else text
    return Row(name, figure, f"≤ {_short(limit)} {unit}".strip(), value <= limit)


def not_measured(name: str, why: str) -> Row:
    """Return a row that says why it has no figure."""
    return Row(name, f"not measured: {why}")


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| what | figure | target | |", "| --- | --- | --- | --- |"]
    lines += [f"| {row.name} | {row.figure} | {row.target} | {row.verdict} |" for row in rows]
    return "\n".join(lines)
