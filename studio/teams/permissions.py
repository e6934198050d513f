"""The table of permissions: reads and checks permissions.toml, and answers from it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

PATH: Final = Path(__file__).with_name("permissions.toml")

ROLES: Final = ("owner", "admin", "editor", "viewer", "moderator", "outsider", "anonymous")
"""The columns of the table, those of members first."""

MEMBERS: Final = ROLES[:4]
"""The roles of a team, from the most powerful to the least."""

METHODS: Final = frozenset({"GET", "POST"})
"""The HTTP methods of the studio's pages; HEAD is treated as GET."""

OPEN_ROUTES: Final = frozenset({"public", "signed-in", "signed", "staff", "callback"})
"""What a route may name instead of an ability of a team."""


class Permission(StrEnum):
    """One cell of the table: what a role may do. OWN: only with what they made themselves.

    HIDDEN answers like an address that does not exist; LOGIN leads to the sign-in page.
    """

    YES = "yes"
    OWN = "own"
    NO = "no"
    HIDDEN = "hidden"
    LOGIN = "login"


class BrokenTable(Exception):
    """permissions.toml is incomplete or contradicts itself; the studio does not start with it."""


@dataclass(frozen=True)
class PermissionTable:
    """The table as read.

    `abilities` maps ability to role to permission, `refusals` ability to sentence, and `routes`
    URL name to method to an ability or a word of OPEN_ROUTES.
    """

    abilities: Mapping[str, Mapping[str, Permission]]
    refusals: Mapping[str, str]
    routes: Mapping[str, Mapping[str, str]]


def read_permissions(text: str) -> PermissionTable:
    """Parse the table. Raises BrokenTable, which names the first incomplete row."""
    tables = tomllib.loads(text)
    abilities = {name: _read_row(name, row) for name, row in tables["abilities"].items()}
    refusals = _read_refusals(tables["refusals"], abilities)
    routes = {name: _read_route(name, row, abilities) for name, row in tables["routes"].items()}
    return PermissionTable(
        MappingProxyType(abilities), MappingProxyType(refusals), MappingProxyType(routes)
    )


def _read_row(name: str, row: dict[str, str]) -> Mapping[str, Permission]:
    if set(row) != set(ROLES):
        wrong = sorted(set(row) ^ set(ROLES))
        raise BrokenTable(f"Ability {name}: roles missing or unknown: {', '.join(wrong)}")
    try:
        return MappingProxyType({role: Permission(row[role]) for role in ROLES})
    except ValueError as error:
        raise BrokenTable(f"Ability {name}: {error}") from error


def _read_refusals(
    sentences: dict[str, str], abilities: Mapping[str, Mapping[str, Permission]]
) -> dict[str, str]:
    refusing = {
        n for n, row in abilities.items() if {Permission.NO, Permission.OWN} & set(row.values())
    }
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


def permission(role: str, ability: str) -> Permission:
    """Return the table's cell. Raises KeyError for an unknown role or ability."""
    return PERMISSIONS.abilities[ability][role]


def allows(role: str, ability: str, *, own: bool = False) -> bool:
    """Whether the role has the ability. `own`: the person made the thing themselves.

    Raises KeyError for an unknown role or ability: a spelling mistake must not pass for a refusal.
    """
    cell = permission(role, ability)
    return cell is Permission.YES or (cell is Permission.OWN and own)


def refusal(ability: str) -> str:
    """Return the sentence for a member who does not have the ability."""
    return PERMISSIONS.refusals[ability]


def may_grant(own_role: str, role: str) -> bool:
    """Whether a member may give the role to somebody: at most their own.

    Raises ValueError for what is no role of a team.
    """
    return MEMBERS.index(own_role) <= MEMBERS.index(role)
