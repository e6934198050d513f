"""Which states are alike is said in `models/states.py` alone."""

import ast
import re
from collections.abc import Iterator

import pytest

from generations.models import State
from tests.rules.source import ROOT, modules

MOST = 2
"""More states than this in one literal are a table of their own."""

OWNERS = ("State", "states.State", "models.State")
TABLE = "generations.models.states"


def state_of(node: ast.expr) -> str:
    """The name of the state that an expression is, or nothing."""
    owner, _, name = ast.unparse(node).rpartition(".")
    return name if owner in OWNERS and name in State.names else ""


def literals(tree: ast.Module) -> Iterator[tuple[int, set[str]]]:
    """Line and states of each literal set, tuple, list and dict that has too many of them.

    A dict counts by its keys.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Set | ast.Tuple | ast.List):
            parts = node.elts
        elif isinstance(node, ast.Dict):
            parts = [key for key in node.keys if key is not None]
        else:
            continue
        named = {state_of(part) for part in parts} - {""}
        if len(named) > MOST:
            yield node.lineno, named


@pytest.mark.parametrize(
    "source",
    [
        "frozenset({State.QUEUED, State.SENDING, State.DREAMING})",
        "found = (State.QUEUED, other, State.SENDING, State.DREAMING)",
        "[states.State.QUEUED, State.SENDING, State.DREAMING]",
        "{State.QUEUED: 1, State.SENDING: 2, State.DREAMING: 3}",
        "rows.filter(state__in=[State.QUEUED, State.SENDING, State.FAILED])",
    ],
)
def test_a_table_of_states_is_found(source: str) -> None:
    assert len(list(literals(ast.parse(source)))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "(State.QUEUED, State.SENDING)",
        "(AccountImport.State.RUNNING, AccountImport.State.STOPPED, AccountImport.State.FINISHED)",
        "step(State.QUEUED, State.SENDING, State.DREAMING)",
        "{1: State.QUEUED, 2: State.SENDING, 3: State.DREAMING}",
    ],
)
def test_other_literals_are_not(source: str) -> None:
    assert not list(literals(ast.parse(source)))


def test_the_table_of_facts_is_found() -> None:
    table = next(module for module in modules() if module.name == TABLE)
    assert [states for _, states in literals(table.tree)] == [set(State.names)]


def test_no_other_module_has_a_table_of_states() -> None:
    found = [
        f"{module.where}:{line}: {', '.join(sorted(states))}"
        for module in modules()
        if module.name.startswith("generations.") and module.name != TABLE
        for line, states in literals(module.tree)
    ]
    assert not found, "\n".join(found)


OWN = re.compile(
    r"""["'](awaiting_approval|needs_decision|unconfirmed|stalled|media_lost|given_up)["']"""
)
"""A state of the studio's own in quotes: nothing else has such a name."""


@pytest.mark.parametrize(
    "source", ['{% if generation.state == "needs_decision" %}', "['failed', 'stalled'].includes(s)"]
)
def test_a_state_that_is_named_is_found(source: str) -> None:
    assert OWN.search(source)


@pytest.mark.parametrize("folder", ["templates", "static/js"])
def test_templates_and_scripts_ask_the_facts(folder: str) -> None:
    files = [path for path in (ROOT / folder).rglob("*") if path.suffix in (".html", ".js")]
    assert len(files) >= 20
    found = [str(path) for path in files if OWN.search(path.read_text(encoding="utf-8"))]
    assert not found
