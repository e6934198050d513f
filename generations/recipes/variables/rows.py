"""Reading rows that were pasted or uploaded: CSV with commas, semicolons or tabs."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LARGEST_ROWS = 200_000
"""Bytes."""

_DELIMITERS = ("\t", ";", ",")


class WrongRows(ValueError):
    """The text is no table. str() is the sentence to show."""


@dataclass(frozen=True)
class Rows:
    """A table: the names of its columns, and rows with a value for each."""

    columns: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]

    def __iter__(self) -> Iterator[Mapping[str, str]]:
        """Yield the rows, by case-folded names of columns."""
        names = [name.casefold() for name in self.columns]
        return (dict(zip(names, row, strict=True)) for row in self.values)

    def __len__(self) -> int:
        return len(self.values)


def read_rows(text: str, most: int) -> Rows | None:
    """Return the table of a text, `most` rows at most; None for an empty text. Raises WrongRows."""
    text = text.removeprefix("\ufeff")
    if not text.strip():
        return None
    if len(text.encode(errors="replace")) > LARGEST_ROWS:
        raise WrongRows(f"{LARGEST_ROWS // 1000} kB of rows at most.")
    found = _lines(text, most + 2)
    columns = _columns(found[0][1] if found else [""])
    lines = found[1:]
    for number, line in lines:
        if len(line) != len(columns):
            raise WrongRows(_uneven_sentence(number, len(line), len(columns)))
    if not lines:
        raise WrongRows("There are columns and no rows. The first line names the columns.")
    if len(lines) > most:
        raise WrongRows(f"{most} rows at most for one press.")
    return Rows(columns, tuple(tuple(cell.strip() for cell in line) for _, line in lines))


def read_file(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or Windows-1252. Raises WrongRows."""
    if len(content) > LARGEST_ROWS:
        raise WrongRows(f"The file is larger than {LARGEST_ROWS // 1000} kB.")
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return _require_text(text)
    raise WrongRows("This file is no text. Save the table as CSV.")


def _require_text(text: str) -> str:
    if not text.strip():
        raise WrongRows("The file is empty.")
    return text


def _lines(text: str, most: int) -> list[tuple[int, list[str]]]:
    """Return the first lines that are not empty, with their numbers in the text."""
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 1
    try:
        for line in reader:
            if any(cell.strip() for cell in line):
                found.append((number, line))
            if len(found) == most:
                break
            number = reader.line_num + 1
    except csv.Error:
        raise WrongRows(
            f"Line {number} cannot be read: a quote there is not closed, or text follows it."
        ) from None
    return found


def _delimiter(text: str) -> str:
    """Return the delimiter that gives the first line the most columns; a tab if none does."""
    return max(_DELIMITERS, key=lambda one: _width(text, one))


def _width(text: str, delimiter: str) -> int:
    """Return how many columns the first line that is not empty has with a delimiter."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return next((len(line) for line in reader if line), 0)
    except csv.Error:
        return 0


def _columns(header: list[str]) -> tuple[str, ...]:
    names = tuple(name.strip() for name in header)
    seen: set[str] = set()
    for place, name in enumerate(names, start=1):
        if not name:
            raise WrongRows(f"The first line names the columns, and column {place} has no name.")
        if name.casefold() in seen:
            raise WrongRows(f"Two columns are called “{name[:60]}”.")
        seen.add(name.casefold())
    return names


def _uneven_sentence(number: int, given: int, wanted: int) -> str:
    values = f"{given} value{'s' if given > 1 else ''}"
    return f"Line {number} has {values}; the first line names {wanted}."
