"""docs/api-coverage.md names every operation, each request field, its control and its test."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from generations.luma.schema import REQUEST_BY_TYPE
from generations.models import Kind
from generations.recipes.kinds import KINDS
from tests.rules.source import ROOT

PAGE = ROOT / "docs" / "api-coverage.md"
CONTRACT = ROOT / "tests" / "luma" / "contract.json"
OPERATIONS, FIELDS = "## Operations", "## Fields"


@cache
def rows(heading: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the table under a heading as cells, without the table's head."""
    part = PAGE.read_text(encoding="utf-8").partition(f"{heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return tuple(tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:])


def quoted(cell: str) -> list[str]:
    """Return the texts in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def paths(annotation: Any, path: str = "") -> Iterator[str]:
    """Yield the fields of a request down to its values; `[]` means each of a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            yield from paths(field.annotation, f"{path}.{name}" if path else name)
        return
    inner = [one for one in get_args(annotation) if _holds_models(one) or _is_list(one)]
    if _is_list(annotation):
        yield from paths(get_args(annotation)[0], f"{path}[]")
    elif inner:
        for one in inner:
            yield from paths(one, path)
    else:
        yield path


def _is_list(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) is list


def _holds_models(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    return any(_holds_models(one) for one in get_args(annotation))


def documented(operation: str, column: int) -> list[str]:
    """Return the cells of one column in all rows of an operation."""
    return [row[column] for row in rows(FIELDS) if row[0] == "every" or operation in quoted(row[0])]


def test_fields_are_found_at_every_depth() -> None:
    assert {
        "prompt",
        "concepts[].key",
        "keyframes.frame0.type",
        "keyframes.frame0.id",
        "keyframes.frame1.url",
    } <= set(paths(REQUEST_BY_TYPE["video"]))
    assert "character_ref.identity0.images[]" in set(paths(REQUEST_BY_TYPE["image"]))


@pytest.mark.parametrize("operation", REQUEST_BY_TYPE)
def test_the_table_has_exactly_the_fields_of_the_request(operation: str) -> None:
    said = [name for cell in documented(operation, 1) for name in quoted(cell)]
    assert sorted(said) == sorted(set(paths(REQUEST_BY_TYPE[operation])))


@pytest.mark.parametrize("kind", KINDS)
def test_every_control_of_a_kind_stands_beside_its_field(kind: str) -> None:
    entry = KINDS[Kind(kind)]
    said = " · ".join(documented(entry.operation, 2))
    labels = [*(one.label for one in entry.settings), *(one.label for one in entry.slots)]
    assert [label for label in labels if label not in said] == []


def test_every_operation_of_the_contract_has_a_row_and_no_other() -> None:
    said = {name for row in rows(OPERATIONS) for name in quoted(row[0])}
    operations = json.loads(CONTRACT.read_text())["operations"].values()
    assert said == {f"{one['method'].upper()} {one['path']}" for one in operations}


def test_every_kind_stands_at_its_operation() -> None:
    said = " · ".join(row[1] for row in rows(OPERATIONS))
    assert [entry.label for entry in KINDS.values() if entry.label not in said] == []


def test_every_test_that_is_named_exists() -> None:
    named = {name for row in rows(OPERATIONS) for name in quoted(row[2])}
    named |= {name for row in rows(FIELDS) for name in quoted(row[3])}
    tests = ROOT / "tests"
    source = "\n".join(path.read_text(encoding="utf-8") for path in tests.rglob("test_*.py"))
    files = {
        str(path.relative_to(tests / "generations")) for path in tests.rglob("generations/**/*.py")
    }
    gone = {
        name
        for name in named
        if not (name in files if name.endswith(".py") else f"def {name}(" in source)
    }
    assert gone == set()
