"""The diagrams of the camera moves: one of each, small, as drawn, at rest where rest is asked."""

import xml.etree.ElementTree as ET

import pytest

from docs.camera_diagrams.drawings import DRAWINGS, FOLDER, diagram
from generations.luma.concepts import CAMERA_KEYS

SVG = "{http://www.w3.org/2000/svg}"
MOTION = {f"{SVG}animate", f"{SVG}animateTransform"}
ALLOWED = MOTION | {
    f"{SVG}{name}" for name in ("svg", "g", "path", "rect", "circle", "ellipse", "polygon")
}


def test_every_key_and_nothing_else_has_a_drawing() -> None:
    assert set(DRAWINGS) == CAMERA_KEYS | {"other"}
    for folder in (FOLDER, FOLDER / "still"):
        assert {file.stem for file in folder.glob("*.svg")} == set(DRAWINGS)


@pytest.mark.parametrize("key", sorted(DRAWINGS))
def test_the_files_are_as_drawn(key: str) -> None:
    assert (FOLDER / f"{key}.svg").read_text() == diagram(key, still=False)
    assert (FOLDER / "still" / f"{key}.svg").read_text() == diagram(key, still=True)


@pytest.mark.parametrize("key", sorted(DRAWINGS))
def test_a_diagram_moves_and_its_still_does_not(key: str) -> None:
    moving = {one.tag for one in ET.fromstring(diagram(key, still=False)).iter()}
    still = {one.tag for one in ET.fromstring(diagram(key, still=True)).iter()}
    assert not still & MOTION
    assert moving & MOTION or key == "other"


@pytest.mark.parametrize("key", sorted(DRAWINGS))
def test_a_diagram_holds_shapes_only_and_is_small(key: str) -> None:
    text = diagram(key, still=False)
    root = ET.fromstring(text)
    assert root.get("viewBox") == "0 0 48 32"
    assert {one.tag for one in root.iter()} <= ALLOWED
    names = {name for one in root.iter() for name in one.attrib}
    assert not {name for name in names if name == "style" or name.startswith("on")}
    assert len(text) <= 2048


def test_no_two_moves_look_the_same() -> None:
    assert len({diagram(key, still=False) for key in DRAWINGS}) == len(DRAWINGS)
    assert len({diagram(key, still=True) for key in DRAWINGS}) == len(DRAWINGS)


def test_every_loop_ends() -> None:
    for key in DRAWINGS:
        for one in ET.fromstring(diagram(key, still=False)).iter():
            if one.tag in MOTION:
                assert one.get("repeatCount") == "indefinite"
                assert 0 < float((one.get("dur") or "0s").removesuffix("s")) <= 9


def _channels(colour: str) -> list[float]:
    values = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]


def _luminance(colour: str) -> float:
    red, green, blue = _channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("surface", ["#ffffff", "#1e2023"])
def test_its_colours_stand_out_on_both_themes(surface: str) -> None:
    from docs.camera_diagrams.things import CAMERA, SCENE, SUBJECT, VIEW

    for colour in (CAMERA, VIEW, SUBJECT, SCENE):
        light, dark = sorted((_luminance(colour), _luminance(surface)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3
