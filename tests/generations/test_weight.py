"""What a page weighs on the wire, and that styles and scripts keep to their rules."""

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
KILO = 1000


def weight(*paths: Path) -> int:
    """Bytes after gzip, file by file, as they are served."""
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in paths)


def test_own_scripts_weigh_at_most_25_kb() -> None:
    assert weight(*(STATIC / "js").glob("*.js")) <= 25 * KILO


def test_all_scripts_weigh_at_most_40_kb() -> None:
    assert weight(*STATIC.glob("**/*.js")) <= 40 * KILO


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
