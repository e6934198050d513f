"""Expansion: the prompts that a prompt with variables and its rows stand for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import prod

from generations.recipes.variables.pattern import COUNT_LIMIT, Column, Pattern, read_pattern
from generations.recipes.variables.rows import Rows, WrongRows, read_rows


@dataclass(frozen=True)
class Expansion:
    """The prompts that a prompt stands for; none if there are too many, or `problems` (by field).

    `factors` are the numbers of rows and choices, whose product is the number of prompts.
    `unfilled` are the columns that are sent as they are, because there are no rows.
    """

    prompts: tuple[str, ...] = ()
    factors: tuple[int, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)
    unfilled: tuple[str, ...] = ()

    @property
    def countable(self) -> bool:
        """Whether the number of prompts is known."""
        return bool(self.prompts or self.factors) and self.count < COUNT_LIMIT

    @property
    def count(self) -> int:
        """The number of prompts, COUNT_LIMIT at most."""
        return min(COUNT_LIMIT, prod(self.factors))


def expand(prompt: str, rows: str = "", *, most: int) -> Expansion:
    """Return the prompts of a prompt, one for each row and each choice; `most` at most.

    Rows change slowest, then the choices from the first to the last.
    """
    pattern = read_pattern(prompt)
    try:
        table = read_rows(rows, most)
    except WrongRows as wrong:
        return Expansion(problems={"rows": str(wrong)})
    if table is None:
        unfilled = tuple(one.raw for one in pattern.columns if one.named)
        return _written(pattern, pattern.factors, [{}], most, unfilled)
    problems = _column_problems(pattern.columns, table)
    if problems:
        return Expansion(problems=problems)
    return _written(pattern, (len(table), *pattern.factors), table, most)


def _written(
    pattern: Pattern,
    factors: tuple[int, ...],
    rows: Iterable[dict[str, str]] | Rows,
    most: int,
    unfilled: tuple[str, ...] = (),
) -> Expansion:
    if prod(factors) > most:
        return Expansion((), factors, {"prompt": too_many(factors, most)}, unfilled)
    prompts = tuple(text for row in rows for text in pattern.written(row))
    return Expansion(prompts, factors, unfilled=unfilled)


def count_sentence(factors: tuple[int, ...]) -> str:
    """Return the number of generations in words, e.g. 3 x 4 = 12 generations."""
    count = prod(factors)
    if count > COUNT_LIMIT:
        return f"More than {COUNT_LIMIT:,} generations"
    total = f"{count:,} generation{'s' if count > 1 else ''}"
    signs = " × ".join(f"{factor:,}" for factor in factors)  # noqa: RUF001 - what people read
    return f"{signs} = {total}" if len(factors) > 1 else total


def too_many(factors: tuple[int, ...], most: int) -> str:
    """Return the sentence for more generations than one press may make."""
    return f"{count_sentence(factors)}; {most} at most for one press."


def _column_problems(columns: Iterable[Column], table: Rows) -> dict[str, str]:
    """Return a problem for a column that the rows lack, or that the prompt does not use."""
    there = {name.casefold(): name for name in table.columns}
    named = {one.name.casefold(): one for one in columns}
    for name, column in named.items():
        if column.named and name not in there:
            listed = ", ".join(f"“{one[:40]}”" for one in table.columns[:8])
            return {
                "prompt": f"The rows have no column “{column.name}”; their first line names "
                f"{listed}. Write \\{column.raw} to send it as it stands."
            }
    for name, called in there.items():
        if name not in named:
            return {
                "rows": f"The prompt does not use the column “{called[:60]}”. "
                f"Write {{{{{called[:60]}}}}} in it, or take the column out."
            }
    return {}
