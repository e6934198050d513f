"""Functions and files stay small enough to read at once."""

import ast
from statistics import median, quantiles

from tests.rules.source import FEWEST_MODULES, modules

LONGEST_FUNCTION = 60
LONGEST_FILE = 400
MEDIAN = 9
NINE_IN_TEN = 30


def _functions() -> list[tuple[str, int]]:
    """Where each function stands and how many lines it has, decorators not counted."""
    return [
        (f"{module.where}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]


def test_enough_is_measured() -> None:
    assert len(modules()) >= FEWEST_MODULES
    assert len(_functions()) >= 500


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = [f"{where}: {lines}" for where, lines in _functions() if lines > LONGEST_FUNCTION]
    assert not long, "\n".join(long)


def test_most_functions_are_short() -> None:
    lines = [lines for _, lines in _functions()]
    assert median(lines) <= MEDIAN
    assert quantiles(lines, n=10)[-1] <= NINE_IN_TEN


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    lengths = {m.where: len(m.path.read_text(encoding="utf-8").splitlines()) for m in modules()}
    long = {where: lines for where, lines in lengths.items() if lines > LONGEST_FILE}
    assert not long


def test_every_module_says_what_belongs_in_it() -> None:
    silent = [m.where for m in modules() if m.tree.body and not ast.get_docstring(m.tree)]
    assert not silent, "\n".join(silent)
