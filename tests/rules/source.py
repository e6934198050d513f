"""The studio's own source, read once for the tests of its rules."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("studio", "generations")

FEWEST_MODULES = 100
"""A rule that finds less than this has stopped looking; the number may grow with the studio."""


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name, path and syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def where(self) -> str:
        """The path under the project's root, for messages."""
        return str(self.path.relative_to(ROOT))

    @property
    def package(self) -> str:
        """What a relative import counts from."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the studio except migrations, which Django writes."""
    return tuple(_read(path) for package in PACKAGES for path in _files(ROOT / package))


def _files(folder: Path) -> Iterator[Path]:
    return (p for p in sorted(folder.rglob("*.py")) if "migrations" not in p.parts)


def _read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, ast.parse(path.read_text(encoding="utf-8"), str(path)))


def imports_of(module: Module) -> Iterator[str]:
    """Dotted names that the module imports when it runs, inside functions too.

    `from a import b` gives a.b when that is a module of the studio, else a. What stands under
    `if TYPE_CHECKING:` never runs and is left out.
    """
    known = {other.name for other in modules()}
    for node in _running(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full in known else base


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.package.split(".")
    base = ".".join(parts[: len(parts) - node.level + 1])
    return f"{base}.{node.module}" if node.module else base


def _running(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _running(child)


def within(name: str, package: str) -> bool:
    """Whether a dotted name is the package or inside it."""
    return name == package or name.startswith(f"{package}.")


def dotted(node: ast.expr) -> str:
    """`a.b.c` of an expression; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (front := dotted(node.value)):
        return f"{front}.{node.attr}"
    return ""
