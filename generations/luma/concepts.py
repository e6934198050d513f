"""The 34 camera concepts, with labels of our own: the API gives only keys.

The keys are the same in three independent sources (ComfyUI's nodes, Replicate's and apiframe's
pages on ray). The API lists those offered today. Which contradict each other is not documented.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum


class CameraGroup(StrEnum):
    """Headings of the picker, as displayed."""

    TRAVEL = "Travel"
    TURN = "Turn"
    LENS = "Lens"
    VIEWPOINT = "Viewpoint"
    STYLE = "Style"


@dataclass(frozen=True, slots=True)
class CameraMove:
    """A concept: its key for the API, a label, and what the camera does in a few words."""

    key: str
    label: str
    group: CameraGroup | None
    hint: str


_WORDS: dict[CameraGroup, tuple[tuple[str, str, str], ...]] = {
    CameraGroup.TRAVEL: (
        ("push_in", "Push in", "Moves towards the subject"),
        ("pull_out", "Pull out", "Moves away from the subject"),
        ("truck_left", "Truck left", "Slides sideways to the left"),
        ("truck_right", "Truck right", "Slides sideways to the right"),
        ("pedestal_up", "Pedestal up", "Rises straight up, looking ahead"),
        ("pedestal_down", "Pedestal down", "Sinks straight down, looking ahead"),
        ("crane_up", "Crane up", "Sweeps up and over the scene"),
        ("crane_down", "Crane down", "Sweeps down into the scene"),
        ("orbit_left", "Orbit left", "Circles the subject to the left"),
        ("orbit_right", "Orbit right", "Circles the subject to the right"),
    ),
    CameraGroup.TURN: (
        ("pan_left", "Pan left", "Turns to the left from one spot"),
        ("pan_right", "Pan right", "Turns to the right from one spot"),
        ("tilt_up", "Tilt up", "Looks up from one spot"),
        ("tilt_down", "Tilt down", "Looks down from one spot"),
        ("roll_left", "Roll left", "Leans over to the left"),
        ("roll_right", "Roll right", "Leans over to the right"),
    ),
    CameraGroup.LENS: (
        ("zoom_in", "Zoom in", "The lens narrows on the subject"),
        ("zoom_out", "Zoom out", "The lens widens to show more"),
        ("dolly_zoom", "Dolly zoom", "Moves one way and zooms the other"),
    ),
    CameraGroup.VIEWPOINT: (
        ("eye_level", "Eye level", "At the height of the eyes"),
        ("low_angle", "Low angle", "Looks up at the subject"),
        ("high_angle", "High angle", "Looks down at the subject"),
        ("ground_level", "Ground level", "Close to the ground"),
        ("overhead", "Overhead", "Looks straight down"),
        ("aerial", "Aerial", "From high above the scene"),
        ("over_the_shoulder", "Over the shoulder", "From behind somebody's shoulder"),
        ("pov", "Point of view", "Through somebody's eyes"),
        ("selfie", "Selfie", "Held at arm's length by the subject"),
    ),
    CameraGroup.STYLE: (
        ("static", "Static", "Stands still"),
        ("handheld", "Handheld", "Carried by hand, slightly unsteady"),
        ("aerial_drone", "Drone", "Flies over the scene"),
        ("bolt_cam", "Bolt cam", "Darts at high speed, as on a robot arm"),
        ("tiny_planet", "Tiny planet", "Wraps the world into a small globe"),
        ("elevator_doors", "Elevator doors", "Doors slide open on the scene"),
    ),
}

CAMERA_MOVES: tuple[CameraMove, ...] = tuple(
    CameraMove(key, label, group, hint)
    for group, words in _WORDS.items()
    for key, label, hint in words
)

NEW, GONE = "New at Luma", "No longer offered"
"""Headings for concepts without a label of ours, and for chosen ones no longer offered."""

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")

CAMERA_KEYS: frozenset[str] = frozenset(move.key for move in CAMERA_MOVES)


def moves_by_group() -> dict[CameraGroup, tuple[CameraMove, ...]]:
    """Return the moves under their headings, in the order of the picker."""
    return {
        group: tuple(move for move in CAMERA_MOVES if move.group is group) for group in CameraGroup
    }


def moves_offered(
    offered: Collection[str], chosen: Iterable[str] = ()
) -> dict[str, tuple[CameraMove, ...]]:
    """Return the offered moves under their headings, then those without a label of ours.

    Chosen moves that are no longer offered come last, so that they can be removed.
    """
    known = {
        str(group): tuple(move for move in moves if move.key in offered)
        for group, moves in moves_by_group().items()
    }
    gone = [key for key in dict.fromkeys(chosen) if key not in offered and sound_key(key)]
    further = {
        NEW: tuple(_unknown(key) for key in offered if key not in CAMERA_KEYS),
        GONE: tuple(_unknown(key) for key in gone),
    }
    return {heading: moves for heading, moves in {**known, **further}.items() if moves}


def sound_key(key: object) -> bool:
    """Whether it has the form of a concept's key."""
    return isinstance(key, str) and _KEY.fullmatch(key) is not None


def _unknown(key: str) -> CameraMove:
    return CameraMove(key, label_for(key), None, "")


def label_for(key: str) -> str:
    """Return the label of a key; for an unknown key, the key made readable."""
    known = next((move.label for move in CAMERA_MOVES if move.key == key), None)
    return known or key.replace("_", " ").strip().capitalize()
