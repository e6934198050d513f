"""What a page weighs on the wire, and that styles and scripts keep to their rules."""

import gzip
import re
from pathlib import Path

import pytest
from django.test import Client

from generations.models import Kind
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.making import address, as_person, keep_film, make, make_image, of_team

STATIC = Path(__file__).parents[2] / "static"
KILO = 1000


def weight(*paths: Path) -> int:
    """Bytes after gzip, file by file, as they are served."""
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in paths)


PAGES = (
    *("library", "trash_list", "queue", "settings", "chains", "chain_new"),
    *(f"create?kind={kind}" for kind in Kind.values),
)
_LINKED = re.compile(r'<(?:script src|link rel="stylesheet" href)="/static/([^"?]+)')
_LATER = re.compile(r"<template\b.*?</template>", re.DOTALL)


def linked(page: str) -> list[Path]:
    """The scripts and styles that a page loads with itself; a template's wait until it is used."""
    return [STATIC / name for name in dict.fromkeys(_LINKED.findall(_LATER.sub("", page)))]


def opened(client: Client, person: User, address: str) -> list[Path]:
    answer = as_person(client, person).get(address)
    assert answer.status_code == 200
    return linked(answer.content.decode())


def check_weight(paths: list[Path]) -> None:
    scripts = [path for path in paths if path.suffix == ".js"]
    own = [path for path in scripts if "vendor" not in path.parts]
    assert len(own) >= 4
    assert weight(*own) <= 25 * KILO
    assert weight(*scripts) <= 40 * KILO
    assert weight(*(path for path in paths if path.suffix == ".css")) <= 20 * KILO


@pytest.mark.parametrize("name", PAGES)
def test_page_loads_little_with_itself(client: Client, team: Team, ada: User, name: str) -> None:
    view, _, query = name.partition("?")
    make_image(team, ada)
    paths = opened(client, ada, f"{of_team(view, team)}?{query}")
    check_weight(paths)
    later = {"st-reframe.js", "st-frame-picker.js"} & {path.name for path in paths}
    assert later == ({"st-reframe.js"} if "reframe" in query else set())


def test_pages_of_a_video_load_little(client: Client, team: Team, ada: User) -> None:
    row = make(team, ada, original=keep_film(team))
    for name in ("generation", "lineage"):
        check_weight(opened(client, ada, address(name, row)))


STYLES = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_every_style_lives_in_a_layer_and_forces_nothing(path: Path) -> None:
    css = path.read_text()
    assert css.startswith("/*")
    assert "@layer" in css
    assert "!important" not in css


@pytest.mark.parametrize(
    "path",
    [path for path in STYLES if path.name not in ("tokens.css",)],
    ids=lambda path: path.name,
)
def test_colours_are_tokens(path: Path) -> None:
    css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", css)
    assert "hsl(" not in css


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_small_say_what_they_are_and_build_no_html(path: Path) -> None:
    script = path.read_text()
    assert script.startswith("/*")
    assert "innerHTML" not in script
    assert "insertAdjacentHTML" not in script
    assert not re.search(r"^import |\beval\(|new Function", script, flags=re.MULTILINE)
    assert weight(path) <= 5 * KILO
