"""A class name stands for one thing in the whole project."""

import ast
from collections import defaultdict
from collections.abc import Iterable

from tests.rules.source import FEWEST_MODULES, Module, modules, within

APART = ("generations.sandbox", "generations.luma.schema")
"""Speak the API's own words."""

COMMANDS = "management"
"""Django calls every command Command."""


def repeated(named: Iterable[tuple[str, ast.Module]]) -> dict[str, list[str]]:
    """Class names that stand in several modules, with those modules."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for module, tree in named:
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                found[node.name].append(module)
    return {name: homes for name, homes in found.items() if len(homes) > 1}


def _read(module: Module) -> bool:
    apart = any(within(module.name, package) for package in APART)
    return not apart and COMMANDS not in module.name.split(".")


def test_no_class_name_stands_twice() -> None:
    read = [(module.name, module.tree) for module in modules() if _read(module)]
    assert len(read) >= FEWEST_MODULES
    assert repeated(read) == {}


def test_the_detector_sees_a_name_that_stands_twice() -> None:
    one, other = ast.parse("class Price: ..."), ast.parse("class Price: ...\nclass Order: ...")
    assert repeated([("a", one), ("b", other)]) == {"Price": ["a", "b"]}
    assert repeated([("a", one)]) == {}
