"""Variables in a prompt: choices `{dawn|noon|dusk}`, and columns `{{product}}` of pasted rows."""

from generations.recipes.variables.expansion import Expansion, expand
from generations.recipes.variables.pattern import Pattern, escape, read_pattern
from generations.recipes.variables.rows import LARGEST_ROWS, Rows, WrongRows, read_file, read_rows

__all__ = [
    "LARGEST_ROWS",
    "Expansion",
    "Pattern",
    "Rows",
    "WrongRows",
    "escape",
    "expand",
    "read_file",
    "read_pattern",
    "read_rows",
]
