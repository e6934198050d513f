"""The table of permissions: complete, refused when incomplete, and as designed."""

import re

import pytest

from studio.teams.models import Role
from studio.teams.permissions import (
    MEMBERS,
    PATH,
    PERMISSIONS,
    ROLES,
    BrokenTable,
    Permission,
    allows,
    may_grant,
    read_permissions,
    refusal,
)

TEXT = PATH.read_text(encoding="utf-8")

DESIGN = {
    # ability: owner, admin, editor, viewer
    "view_library": "yes yes yes yes",
    "view_generation": "yes yes yes yes",
    "view_private": "own own own own",
    "download_media": "yes yes yes yes",
    "view_upload": "yes yes yes yes",
    "view_queue": "yes yes yes yes",
    "view_members": "yes yes yes yes",
    "see_balance": "yes yes yes no",
    "quote": "yes yes yes no",
    "create": "yes yes yes no",
    "use_as_input": "yes yes yes no",
    "upload": "yes yes yes no",
    "cancel": "yes yes own no",
    "decide": "yes yes own no",
    "trash": "yes yes own no",
    "restore": "yes yes own no",
    "purge": "yes yes no no",
    "delete_upload": "yes yes own no",
    "configure": "yes yes no no",
    "import_account": "yes yes no no",
    "invite": "yes yes no no",
}


@pytest.mark.parametrize(("ability", "answers"), DESIGN.items())
def test_the_table_says_what_the_design_says(ability: str, answers: str) -> None:
    row = PERMISSIONS.abilities[ability]
    assert " ".join(row[role] for role in MEMBERS) == answers


@pytest.mark.parametrize("ability", PERMISSIONS.abilities)
def test_strangers_are_never_told_that_a_team_exists(ability: str) -> None:
    row = PERMISSIONS.abilities[ability]
    assert row["moderator"] == row["outsider"] == Permission.HIDDEN
    assert row["anonymous"] == Permission.LOGIN
    assert not {row[role] for role in MEMBERS} & {Permission.HIDDEN, Permission.LOGIN}


def test_the_members_of_the_table_are_the_roles_of_the_database() -> None:
    assert list(MEMBERS) == list(Role.values)


@pytest.mark.parametrize("role", ROLES)
def test_a_missing_role_stops_the_studio(role: str) -> None:
    broken = re.sub(rf"(, )?\b{role} = \"\w+\"", "", TEXT, count=1).replace("{ , ", "{ ", 1)
    with pytest.raises(BrokenTable, match=f"view_library.*{role}"):
        read_permissions(broken)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('owner = "yes"', 'owner = "maybe"', "maybe"),
        ('owner = "yes"', 'owner = "yes", guest = "yes"', "guest"),
        ("purge         =", "purging       =", "purge"),
        ('"healthz" = { GET = "public" }', '"healthz" = { GET = "fly" }', "fly"),
        ('"healthz" = { GET = "public" }', '"healthz" = { PUT = "public" }', "methods"),
        ('"healthz" = { GET = "public" }', '"healthz" = {}', "methods"),
    ],
)
def test_a_broken_table_is_refused(old: str, new: str, complaint: str) -> None:
    assert old in TEXT
    with pytest.raises(BrokenTable, match=complaint):
        read_permissions(TEXT.replace(old, new, 1))


def test_own_needs_to_be_ones_own() -> None:
    assert allows("editor", "trash", own=True)
    assert not allows("editor", "trash")
    assert not allows("viewer", "trash", own=True)
    assert allows("admin", "trash")


def test_a_spelling_mistake_is_an_error_and_not_a_refusal() -> None:
    with pytest.raises(KeyError):
        allows("owner", "creat")
    with pytest.raises(KeyError):
        allows("ower", "create")
    with pytest.raises(KeyError):
        refusal("view_library")


@pytest.mark.parametrize("ability", PERMISSIONS.refusals)
def test_refusals_are_whole_sentences(ability: str) -> None:
    assert re.fullmatch(r"[A-Z][^.]+\.", refusal(ability))


def test_roles_are_granted_downwards() -> None:
    granted = {a: [b for b in MEMBERS if may_grant(a, b)] for a in MEMBERS}
    assert granted["owner"] == ["owner", "admin", "editor", "viewer"]
    assert granted["admin"] == ["admin", "editor", "viewer"]
    with pytest.raises(ValueError, match="not in tuple"):
        may_grant("owner", "king")
