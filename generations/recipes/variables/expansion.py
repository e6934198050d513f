"""From a prompt and rows to the prompts that they stand for, or to why not, by field."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import prod

from generations.recipes.variables.pattern import COUNT_LIMIT, Column, Pattern, read_pattern
from generations.recipes.variables.rows import Rows, WrongRows, read_rows


@dataclass(frozen=True)
class Expansion:
    """What a prompt stands for. `prompts` are empty where there are too many or `problems`.

    `factors` are rows and choices that multiply; `unfilled` what stands in double braces and,
    for want of rows, is sent as it stands.
    """

    prompts: tuple[str, ...] = ()
    factors: tuple[int, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)
    unfilled: tuple[str, ...] = ()

    @property
    def countable(self) -> bool:
        """Whether it is known how many prompts there are."""
        return bool(self.prompts or self.factors) and self.count < COUNT_LIMIT

    @property
    def count(self) -> int:
        """How many prompts there are, at most COUNT_LIMIT."""
        return min(COUNT_LIMIT, prod(self.factors))


def expand(prompt: str, rows: str = "", *, most: int) -> Expansion:
    """Write out a prompt, once for each row and each choice; at most `most` prompts.

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
    """In words, e.g. 3 x 4 = 12 generations, with the sign that people use."""
    many = prod(factors)
    if many > COUNT_LIMIT:
        return f"More than {COUNT_LIMIT:,} generations"
    said = f"{many:,} generation{'s' if many > 1 else ''}"
    signs = " × ".join(f"{factor:,}" for factor in factors)  # noqa: RUF001 - what people read
    return f"{signs} = {said}" if len(factors) > 1 else said


def too_many(factors: tuple[int, ...], most: int) -> str:
    """The sentence against more generations than one press makes."""
    return f"{count_sentence(factors)}; {most} at most for one press."


def _column_problems(columns: Iterable[Column], table: Rows) -> dict[str, str]:
    """Columns that are named and not there, and those that are there and not named."""
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
