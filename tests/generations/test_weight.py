"""What a page weighs on the wire, and that styles and scripts keep to their rules."""

import gzip
import re
from pathlib import Path

import pytest
from django.test import Client

from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.making import as_person, make, of_team

STATIC = Path(__file__).parents[2] / "static"
KILO = 1000


def weight(*paths: Path) -> int:
    """Bytes after gzip, file by file, as they are served."""
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in paths)


PAGES = {
    "library": {},
    "create": {"kind": "reframe_video"},
    "chain_new": {},
}
"""Pages with the most on them, each with what it is asked for."""


@pytest.mark.parametrize("name", PAGES)
def test_scripts_of_a_page_weigh_at_most_25_kb_and_40_with_others_work(
    client: Client, team: Team, ed: User, name: str
) -> None:
    make(team, ed)
    body = as_person(client, ed).get(of_team(name, team), PAGES[name]).content.decode()
    paths = [STATIC / path for path in re.findall(r'<script src="/static/([^"]+)"', body)]
    own = [path for path in paths if path.parent.name == "js"]
    assert len(own) >= 8
    assert weight(*own) <= 25 * KILO
    assert weight(*paths) <= 40 * KILO


def test_styles_weigh_at_most_20_kb() -> None:
    assert weight(*(STATIC / "css").glob("*.css")) <= 20 * KILO


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
