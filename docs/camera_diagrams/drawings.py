"""Which drawing belongs to which key, and where the files lie."""

from pathlib import Path

from .motion import Still
from .moves import Drawing, crane, dolly, dolly_zoom, orbit, pan, pedestal, roll, tilt, truck, zoom
from .things import figure
from .viewpoints import (
    aerial,
    bolt_cam,
    drone,
    elevator_doors,
    eye_level,
    ground_level,
    handheld,
    other,
    over_the_shoulder,
    overhead,
    pov,
    selfie,
    static,
    tiny_planet,
    viewpoint,
)

FOLDER = Path(__file__).resolve().parent.parent.parent / "static" / "img" / "camera"

DRAWINGS: dict[str, Drawing] = {
    "push_in": dolly(8, 21),
    "pull_out": dolly(21, 8),
    "truck_left": truck(37, 11),
    "truck_right": truck(11, 37),
    "pedestal_up": pedestal(23.5, 9),
    "pedestal_down": pedestal(9, 23.5),
    "crane_up": crane((-14, -58), (2, 30)),
    "crane_down": crane((-58, -14), (30, 2)),
    "orbit_left": orbit(1),
    "orbit_right": orbit(-1),
    "pan_left": pan(-38, -142),
    "pan_right": pan(-142, -38),
    "tilt_up": tilt(14, -30),
    "tilt_down": tilt(-30, 14),
    "roll_left": roll(-18),
    "roll_right": roll(18),
    "zoom_in": zoom(10.5, 4),
    "zoom_out": zoom(4, 10.5),
    "dolly_zoom": dolly_zoom,
    "eye_level": eye_level,
    "low_angle": viewpoint(8, 24.2, -24, figure(37, scale=1.6), (27, 7)),
    "high_angle": viewpoint(8, 6, 27, figure(36), (30, 7)),
    "ground_level": ground_level,
    "overhead": overhead,
    "aerial": aerial,
    "over_the_shoulder": over_the_shoulder,
    "pov": pov,
    "selfie": selfie,
    "static": static,
    "handheld": handheld,
    "aerial_drone": drone,
    "bolt_cam": bolt_cam,
    "tiny_planet": tiny_planet,
    "elevator_doors": elevator_doors,
    "other": other,
}


def diagram(key: str, *, still: Still) -> str:
    """The file of one key."""
    content = DRAWINGS[key](still)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 32">{content}</svg>\n'


def write() -> None:
    """Write both files of every key."""
    (FOLDER / "still").mkdir(parents=True, exist_ok=True)
    for key in DRAWINGS:
        (FOLDER / f"{key}.svg").write_text(diagram(key, still=False))
        (FOLDER / "still" / f"{key}.svg").write_text(diagram(key, still=True))
