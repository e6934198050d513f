"""The moves of a camera and of its lens: travel, turn, zoom."""

from collections.abc import Callable

from .motion import Still, faded, moved, number, swayed, turned
from .things import (
    SCENE,
    SUBJECT,
    VIEW,
    above,
    arc,
    arrow,
    at,
    block,
    camera,
    cone,
    eye,
    figure,
    ground,
    lens,
    line,
    solid,
    widened,
)

Drawing = Callable[[Still], str]

# Travel ---------------------------------------------------------------------------------------


def dolly(start: float, end: float) -> Drawing:
    """Forth or back along the line of sight."""

    def draw(still: Still) -> str:
        mover = moved(eye(15, 6.5), "translate", f"{number(start)} 18", f"{number(end)} 18", still)
        way = 1 if end > start else -1
        hint = arrow(f"M{number(start)} 6H{number(end)}", (end, 6), 0 if way > 0 else 180)
        return ground() + figure(41) + faded(mover, still) + hint

    return draw


def truck(start: float, end: float) -> Drawing:
    """Sideways, seen from above."""

    def draw(still: Still) -> str:
        body = at(0, 0, eye(16, 6), angle=-90)
        mover = moved(body, "translate", f"{number(start)} 19.8", f"{number(end)} 19.8", still)
        hint = arrow(f"M{number(start)} 28.6H{number(end)}", (end, 28.6), 0 if end > start else 180)
        return above(24, 4) + faded(mover, still) + hint

    return draw


def pedestal(start: float, end: float) -> Drawing:
    """Straight up or down on a column."""

    def draw(still: Still) -> str:
        column = line("M14 28V5", SCENE, 1.6)
        mover = moved(eye(14, 5), "translate", f"14 {number(start)}", f"14 {number(end)}", still)
        hint = arrow(f"M4 {number(start)}V{number(end)}", (4, end), 90 if end > start else -90)
        return ground() + block(31, 5, 21) + figure(41) + column + faded(mover, still) + hint

    return draw


def crane(arm: tuple[float, float], look: tuple[float, float]) -> Drawing:
    """At the end of a boom, looking at the subject all the way. Angles in degrees."""

    def draw(still: Still) -> str:
        inner = (look[0] - arm[0], look[1] - arm[1])
        head = at(17, 0, turned(eye(13, 4.5), inner, "", still))
        boom = turned(line("M-3.5 0H16", SCENE, 1.8) + head, arm, "", still)
        base = solid("M5.5 28L8 22.5L10.5 28z", SCENE)
        hint = arc(
            (8, 23),
            24.5,
            (arm[0] - 14, arm[1] + 1) if arm[0] > arm[1] else (arm[0] + 1, arm[1] - 14),
        )
        return ground() + figure(43) + base + at(8, 23, faded(boom, still)) + hint

    return draw


def orbit(way: int) -> Drawing:
    """All the way around the subject, seen from above."""

    def draw(still: Still) -> str:
        ring = f'<circle r="10.4" fill="none" stroke="{SCENE}" stroke-dasharray="1.5 2.5"/>'
        body = at(0, 10.4, cone(11, 4) + camera(), angle=-90)
        turning = swayed(body, "rotate", f"{40 * way};{400 * way}", 4.5, still)
        hint = arc((0, 0), 13.8, (98 + 75 * way, 80 + 175 * way) if way > 0 else (7, -75))
        return at(24, 16, ring + above(0, 0) + turning + hint)

    return draw


# Turn -----------------------------------------------------------------------------------------


def pan(start: float, end: float) -> Drawing:
    """Turns on the spot, seen from above."""

    def draw(still: Still) -> str:
        scene = above(6, 10.5) + above(42, 10.5)
        turning = turned(eye(17, 6), (start, end), "", still)
        hint = arc((24, 25.5), 21, (-90 + (start + 90) / 2, -90 + (end + 90) / 2))
        return scene + at(24, 25.5, faded(turning, still)) + hint

    return draw


def tilt(start: float, end: float) -> Drawing:
    """Looks up or down on the spot, seen from the side."""

    def draw(still: Still) -> str:
        tower = block(35, 8, 23, SUBJECT)
        legs = line("M10 21L6.5 28M10 21L13.5 28", SCENE, 1.5)
        turning = turned(eye(17, 5), (start, end), "", still)
        hint = arc((10, 19), 21.5, (start * 0.8, end))
        return ground() + tower + legs + at(10, 19, faded(turning, still)) + hint

    return draw


def roll(end: float) -> Drawing:
    """The picture's frame leans over."""

    def draw(still: Still) -> str:
        scene = ground() + block(10, 5, 9) + figure(24) + block(33, 6, 12)
        frame = (
            f'<rect x="10" y="7.5" width="28" height="19" rx="2" fill="{VIEW}" '
            f'fill-opacity=".18" stroke="{VIEW}" stroke-width="1.6"/>'
        )
        turning = turned(frame, (0, end), "24 17", still)
        hint = arc((24, 22), 19, (-72, -108) if end < 0 else (-108, -72))
        return scene + faded(turning, still) + hint

    return draw


# Lens -----------------------------------------------------------------------------------------


def zoom(start: float, end: float) -> Drawing:
    """The camera stays, its view narrows or widens."""

    def draw(still: Still) -> str:
        view = widened((4.5, 29), start, end, still)
        legs = line("M10 20L6.5 28M10 20L13.5 28", SCENE, 1.5)
        inwards = end < start
        top = arrow(
            "M44 2.5V7" if inwards else "M44 8V3.5",
            (44, 7.5 if inwards else 3),
            90 if inwards else -90,
        )
        low = arrow(
            "M44 25.5V21" if inwards else "M44 20V24.5",
            (44, 20.5 if inwards else 25),
            -90 if inwards else 90,
        )
        return (
            ground() + figure(34) + legs + at(10, 16.5, faded(view, still) + camera()) + top + low
        )

    return draw


def dolly_zoom(still: Still) -> str:
    """The camera goes back while the view narrows: the subject keeps its size."""
    view = lens("25.5,17 38,9 38,25", "11.5,17 38,9 38,25", still)
    mover = moved(camera(), "translate", "21 17", "7 17", still)
    hint = arrow("M22 5H8", (8, 5), 180) + arrow("M31 5H40", (40, 5), 0)
    return ground() + figure(38) + faded(view + mover, still) + hint
