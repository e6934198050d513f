"""Who may do what: permissions.toml, read once and checked row by row."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

PATH: Final = Path(__file__).with_name("permissions.toml")

ROLES: Final = ("owner", "admin", "editor", "viewer", "moderator", "outsider", "anonymous")
"""Every column of the table, members first."""

MEMBERS: Final = ROLES[:4]
"""The roles of a team, the one that may most first."""

METHODS: Final = frozenset({"GET", "POST"})
"""What the studio's pages answer; HEAD goes with GET."""

OPEN_ROUTES: Final = frozenset({"public", "signed-in", "signed", "staff", "callback"})
"""What a route may say instead of an ability of a team."""


class Answer(StrEnum):
    """What one role is answered in one row."""

    YES = "yes"
    OWN = "own"
    NO = "no"
    HIDDEN = "hidden"
    LOGIN = "login"


class BrokenTable(Exception):
    """permissions.toml cannot be believed; the studio does not start with it."""


@dataclass(frozen=True)
class Permissions:
    """The table as read. `routes` maps URL name to method to ability or open word."""

    abilities: Mapping[str, Mapping[str, Answer]]
    refusals: Mapping[str, str]
    routes: Mapping[str, Mapping[str, str]]


def read_permissions(text: str) -> Permissions:
    """Parse the table; raise BrokenTable that names the first row which is not whole."""
    tables = tomllib.loads(text)
    abilities = {name: _read_row(name, row) for name, row in tables["abilities"].items()}
    refusals = _read_refusals(tables["refusals"], abilities)
    routes = {name: _read_route(name, row, abilities) for name, row in tables["routes"].items()}
    return Permissions(
        MappingProxyType(abilities), MappingProxyType(refusals), MappingProxyType(routes)
    )


def _read_row(name: str, row: dict[str, str]) -> Mapping[str, Answer]:
    if set(row) != set(ROLES):
        wrong = sorted(set(row) ^ set(ROLES))
        raise BrokenTable(f"Ability {name}: roles missing or unknown: {', '.join(wrong)}")
    try:
        return MappingProxyType({role: Answer(row[role]) for role in ROLES})
    except ValueError as error:
        raise BrokenTable(f"Ability {name}: {error}") from error


def _read_refusals(
    sentences: dict[str, str], abilities: Mapping[str, Mapping[str, Answer]]
) -> dict[str, str]:
    refusing = {n for n, row in abilities.items() if {Answer.NO, Answer.OWN} & set(row.values())}
    if set(sentences) != refusing:
        wrong = sorted(set(sentences) ^ refusing)
        raise BrokenTable(f"Refusals missing or without use: {', '.join(wrong)}")
    return sentences


def _read_route(name: str, row: dict[str, str], abilities: Mapping[str, Any]) -> Mapping[str, str]:
    if not row or not set(row) <= METHODS:
        raise BrokenTable(f"Route {name}: methods are {', '.join(sorted(METHODS))}")
    for word in row.values():
        if word not in abilities and word not in OPEN_ROUTES:
            raise BrokenTable(f"Route {name}: no such ability: {word}")
    return MappingProxyType(row)


PERMISSIONS: Final = read_permissions(PATH.read_text(encoding="utf-8"))


def answer(role: str, ability: str) -> Answer:
    """Return the table's cell. KeyError for a role or ability that has none."""
    return PERMISSIONS.abilities[ability][role]


def allows(role: str, ability: str, *, own: bool = False) -> bool:
    """Whether the role may; `own` says that the person made the thing themselves.

    KeyError for a role or ability that the table does not have: a spelling mistake must not
    read as a refusal.
    """
    cell = answer(role, ability)
    return cell is Answer.YES or (cell is Answer.OWN and own)


def refusal(ability: str) -> str:
    """Return the sentence for a member without the right."""
    return PERMISSIONS.refusals[ability]


def may_grant(own_role: str, role: str) -> bool:
    """Whether a member may give somebody the role: at most their own. ValueError for others."""
    return MEMBERS.index(own_role) <= MEMBERS.index(role)
