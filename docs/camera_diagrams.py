# ruff: noqa: INP001  a script of its own, no part of a package
"""Draws the 34 camera diagrams of static/img/camera: `python docs/camera_diagrams.py`.

Each key has two files of 48 by 32 units: a loop, and under still/ the same without motion, for
people who asked for less of it. Motion is SMIL and colour is in attributes: a page's content
policy has nothing to say about either. The colours stand at least 3:1 on both themes' surfaces,
apart from the soft field of view, whose edges do.
"""

from collections.abc import Callable
from math import cos, radians, sin
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "static" / "img" / "camera"

CAMERA, VIEW, SUBJECT, SCENE = "#768293", "#3f86e8", "#c87a1e", "#868c96"
FLOOR = 28.0  # y of the ground in the side views
EYES = FLOOR - 11.6  # y of a standing figure's eyes

Still = bool
Drawing = Callable[[Still], str]


def number(value: float) -> str:
    """The shortest way to write a coordinate, two digits after the point."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def numbers(*values: float) -> str:
    """Several coordinates, separated by spaces."""
    return " ".join(number(value) for value in values)


# Motion ---------------------------------------------------------------------------------------


def _timing(seconds: float) -> str:
    return f'dur="{number(seconds)}s" repeatCount="indefinite"'


def _steps(start: str, end: str) -> str:
    """Rest, go with an ease, rest: from start to end and never back, for a move has a direction."""
    return (
        f'values="{start};{start};{end};{end}" keyTimes="0;.16;.72;1" calcMode="spline" '
        'keySplines="0 0 1 1;.5 0 .2 1;0 0 1 1"'
    )


def moved(
    content: str, kind: str, start: str, end: str, still: Still, *, seconds: float = 2.8
) -> str:
    """A group whose transform goes from start to end; at rest it stands at its end."""
    motion = (
        f'<animateTransform attributeName="transform" type="{kind}" {_steps(start, end)} '
        f"{_timing(seconds)}/>"
    )
    return f'<g transform="{kind}({end})">{"" if still else motion}{content}</g>'


def turned(content: str, angles: tuple[float, float], centre: str, still: Still) -> str:
    """Turn around a point, degrees clockwise."""
    start, end = (f"{number(angle)} {centre}".strip() for angle in angles)
    return moved(content, "rotate", start, end, still)


def faded(content: str, still: Still, *, seconds: float = 2.8) -> str:
    """Comes and goes, so that a loop does not seem to jump back."""
    motion = (
        '<animate attributeName="opacity" values="0;1;1;0" keyTimes="0;.1;.9;1" '
        f"{_timing(seconds)}/>"
    )
    return content if still else f"<g>{motion}{content}</g>"


def breathing(content: str, still: Still) -> str:
    """For a place that does not move: the view lights up softly."""
    motion = f'<animate attributeName="opacity" values=".35;1;.35" {_timing(2.8)}/>'
    return content if still else f"<g>{motion}{content}</g>"


def swayed(content: str, kind: str, values: str, seconds: float, still: Still) -> str:
    """A group that goes through several values for ever."""
    first = values.split(";", maxsplit=1)[0]
    motion = (
        f'<animateTransform attributeName="transform" type="{kind}" values="{values}" '
        f"{_timing(seconds)}/>"
    )
    return f'<g transform="{kind}({first})">{"" if still else motion}{content}</g>'


# Things ---------------------------------------------------------------------------------------


def at(x: float, y: float, content: str, *, angle: float = 0, scale: float = 1) -> str:
    """Something put in its place."""
    turn = f" rotate({number(angle)})" if angle else ""
    size = f" scale({number(scale)})" if scale != 1 else ""
    return f'<g transform="translate({numbers(x, y)}){turn}{size}">{content}</g>'


def line(path: str, colour: str = SCENE, width: float = 1.4, *, more: str = "") -> str:
    """A stroke with round ends."""
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{number(width)}" '
        f'stroke-linecap="round" stroke-linejoin="round"{more}/>'
    )


def solid(path: str, colour: str) -> str:
    """A filled outline."""
    return f'<path d="{path}" fill="{colour}"/>'


def ground() -> str:
    """The ground of the side views."""
    return line(f"M2 {number(FLOOR)}h44")


def figure(x: float, *, colour: str = SUBJECT, scale: float = 1) -> str:
    """Somebody who stands on the ground, seen from the side."""
    body = solid("M-3.4 0v-4.6a3.4 3.4 0 0 1 6.8 0v4.6z", colour)
    head = f'<circle cy="-11.2" r="2.5" fill="{colour}"/>'
    return at(x, FLOOR - 0.7, body + head, scale=scale)


def above(x: float, y: float) -> str:
    """Somebody seen from above."""
    shoulders = f'<ellipse rx="5.2" ry="2.5" fill="{SUBJECT}" opacity=".6"/>'
    return at(x, y, f'{shoulders}<circle r="2.5" fill="{SUBJECT}"/>')


def block(x: float, width: float, height: float, colour: str = SCENE) -> str:
    """A building on the ground."""
    top = FLOOR - 0.7 - height
    return (
        f'<rect x="{number(x)}" y="{number(top)}" width="{number(width)}" '
        f'height="{number(height)}" rx=".8" fill="{colour}"/>'
    )


def cone(length: float = 15, half: float = 6) -> str:
    """What a camera at 0, 0 that looks to the right has in view."""
    return (
        f'<path d="M4.5 0L{numbers(length, -half)}V{number(half)}z" fill="{VIEW}" '
        f'fill-opacity=".3" stroke="{VIEW}" stroke-width=".9" stroke-linejoin="round"/>'
    )


def camera() -> str:
    """A camera at 0, 0 that looks to the right."""
    lens = solid("M2 -1.3L5 -2.9V2.9L2 1.3z", CAMERA)
    return f'<rect x="-5" y="-3" width="7.5" height="6" rx="1.4" fill="{CAMERA}"/>{lens}'


def eye(length: float = 15, half: float = 6) -> str:
    """A camera with its view."""
    return cone(length, half) + camera()


def arrow(path: str, tip: tuple[float, float], angle: float) -> str:
    """A path with a head at its end; the angle is where it points, 0 to the right."""
    head = at(*tip, line("M-2.2 -2.2L0 0L-2.2 2.2", VIEW, 1.3), angle=angle)
    return line(path, VIEW, 1.3) + head


def arc(centre: tuple[float, float], radius: float, angles: tuple[float, float]) -> str:
    """A round arrow from one angle to the other, degrees clockwise from the right."""

    def point(angle: float) -> tuple[float, float]:
        turn = radians(angle)
        return centre[0] + radius * cos(turn), centre[1] + radius * sin(turn)

    start, end = (point(angle) for angle in angles)
    sweep = 1 if angles[1] > angles[0] else 0
    path = f"M{numbers(*start)}A{numbers(radius, radius)} 0 0 {sweep} {numbers(*end)}"
    return arrow(path, end, angles[1] + (90 if sweep else -90))


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


def lens(start: str, end: str, still: Still) -> str:
    """A view whose three corners go from one place to another."""
    motion = f'<animate attributeName="points" {_steps(start, end)} {_timing(2.8)}/>'
    return (
        f'<polygon points="{end}" fill="{VIEW}" fill-opacity=".3" stroke="{VIEW}" '
        f'stroke-width=".9" stroke-linejoin="round">{"" if still else motion}</polygon>'
    )


def widened(reach: tuple[float, float], start: float, end: float, still: Still) -> str:
    """The view of a camera at 0, 0 with one half height at the start and another at the end."""
    first, last = (
        f"{number(reach[0])},0 {number(reach[1])},{number(-half)} {number(reach[1])},{number(half)}"
        for half in (start, end)
    )
    return lens(first, last, still)


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


# Viewpoint ------------------------------------------------------------------------------------


def viewpoint(x: float, y: float, angle: float, subject: str, view: tuple[float, float]) -> Drawing:
    """A camera in a place from which it looks at something."""

    def draw(still: Still) -> str:
        return ground() + subject + at(x, y, breathing(cone(*view), still) + camera(), angle=angle)

    return draw


def eye_level(still: Still) -> str:
    """As high as the eyes, along a level line."""
    level = line(f"M3 {number(EYES + 0.4)}H46", SCENE, 1, more=' stroke-dasharray="1.5 2.5"')
    view = breathing(cone(24, 5), still)
    return ground() + level + figure(38) + at(9, EYES + 0.4, view + camera())


def ground_level(still: Still) -> str:
    """Close to the ground, between blades of grass."""
    blades = line("M20 28v-3M22 28v-4.5M24 28v-2.5M43 28v-3M45 28v-2", SCENE, 1.1)
    view = breathing(cone(24, 3.2), still)
    return ground() + figure(37, scale=1.55) + at(9, 24.3, view + camera()) + blades


def overhead(still: Still) -> str:
    """Straight down."""
    hung = at(24, 6.5, breathing(cone(20, 11), still) + camera(), angle=90)
    return ground() + figure(24, scale=0.85) + hung


def aerial(still: Still) -> str:
    """High above a town, drifting."""
    town = "".join(
        block(x, width, height, SUBJECT if x == 30 else SCENE)
        for x, width, height in (
            (5, 5, 5),
            (12, 4, 8),
            (18, 6, 4),
            (30, 4, 7),
            (36, 5, 10),
            (42, 4, 4),
        )
    )
    body = at(0, 0, cone(28, 13) + camera(), angle=72, scale=0.75)
    mover = moved(body, "translate", "9 4.5", "23 4.5", still, seconds=3.6)
    hint = arrow("M33 4.5H43", (43, 4.5), 0)
    return ground() + town + faded(mover, still, seconds=3.6) + hint


def over_the_shoulder(still: Still) -> str:
    """Past somebody's shoulder at somebody else."""
    view = at(6, 11.5, breathing(cone(36, 7), still) + camera(), angle=8, scale=0.9)
    return ground() + figure(38) + view + figure(20, colour=SCENE, scale=1.12)


def pov(still: Still) -> str:
    """Out of somebody's eyes, which blink."""
    blink = (
        f'<animate attributeName="opacity" values="1;1;0;1" keyTimes="0;.86;.92;1" {_timing(2.8)}/>'
    )
    view = f"<g>{'' if still else blink}{cone(26, 8)}</g>"
    ball = f'<circle cx="40" cy="23.6" r="3.7" fill="{SUBJECT}"/>'
    pupil = f'<circle cx="11" cy="{number(EYES + 0.2)}" r="1" fill="{VIEW}"/>'
    return ground() + ball + at(7.5, EYES + 0.3, view, angle=6) + figure(9, colour=CAMERA) + pupil


def selfie(still: Still) -> str:
    """From the subject's own hand."""
    phone = f'<rect x="-1.4" y="-3.4" width="2.8" height="6.8" rx=".8" fill="{CAMERA}"/>'
    held = at(33.5, 13.5, at(3, 0, cone(19, 5.5), angle=180) + phone, angle=-12)
    arm = line("M20 21.5L26 21L32.5 16", SUBJECT, 2.2)
    swaying = swayed(held + arm, "rotate", "0 18 24;-4 18 24;0 18 24", 2.8, still)
    return ground() + figure(17) + swaying


# Style ----------------------------------------------------------------------------------------


def static(still: Still) -> str:
    """On a tripod; only the subject moves."""
    legs = line("M10 18L5 28M10 18L15 28M10 18V28", SCENE, 1.5)
    walk = swayed(figure(0), "translate", "30 0;41 0;30 0", 3.6, still)
    return ground() + at(10, 15, cone(34, 10)) + legs + walk + at(10, 15, camera())


def handheld(still: Still) -> str:
    """Slightly unsteady."""
    path = "0 0;.9 -1.3;-.7 -.5;.4 1.2;1.2 .2;-.9 .8;0 0"
    turns = "-2;3;-1;4;-4;1;-2"
    body = swayed(eye(24, 7), "rotate", turns, 1.7, still)
    hand = line("M0 2.6v3.4", SUBJECT, 3)
    shaken = at(10, 16, swayed(hand + body, "translate", path, 1.3, still))
    marks = line("M4.5 6.5q1.5-1.5 3 0t3 0t3 0", VIEW, 1.2)
    return ground() + figure(39) + shaken + marks


def drone(still: Still) -> str:
    """Four rotors over the hills."""
    rotor = swayed(line("M-2.8 0H2.8", CAMERA, 1.2), "scale", "1 1;.3 1;1 1", 0.3, still)
    frame = line("M-5.5 -1.5H5.5M-5.5 -1.5V-2.6M5.5 -1.5V-2.6", CAMERA, 1.2)
    hull = f'<rect x="-2.6" y="-2.2" width="5.2" height="3.4" rx="1.2" fill="{CAMERA}"/>'
    view = at(0, -1, cone(17, 7), angle=58)
    body = view + frame + hull + at(-5.5, -3, rotor) + at(5.5, -3, rotor)
    hills = solid("M2 28q7-9 14 0zM14 28q9-13 18 0z", SCENE) + solid("M30 28q7-8 14 0z", SUBJECT)
    flown = moved(body, "translate", "8 8", "30 7", still, seconds=3.6)
    return ground() + hills + faded(flown, still, seconds=3.6) + arrow("M36.5 6H44", (44, 6), 0)


def bolt_cam(still: Still) -> str:
    """Darts on a robot's arm: nearly no time between here and there."""
    timing = (
        'keyTimes="0;.3;.38;.68;.76;1" calcMode="spline" '
        'keySplines="0 0 1 1;.8 0 .1 1;0 0 1 1;.8 0 .1 1;0 0 1 1"'
    )

    def turning(content: str, here: float, there: float) -> str:
        values = ";".join(map(number, (here, here, there, there, here, here)))
        motion = (
            f'<animateTransform attributeName="transform" type="rotate" values="{values}" '
            f"{timing} {_timing(2.4)}/>"
        )
        return f'<g transform="rotate({number(there)})">{"" if still else motion}{content}</g>'

    joint = f'<circle r="1.5" fill="{SCENE}"/>'
    wrist = at(12, 0, turning(eye(13, 5), 78, 4))
    fore = at(11, 0, turning(line("M0 0H11", SCENE, 2.2) + wrist + joint, 20, 52))
    arm = at(8, 24, turning(line("M0 0H11", SCENE, 2.6) + fore, -98, -56))
    dashes = line("M2.5 6h5M1.5 9.5h4M2.5 13h3", VIEW, 1.2)
    return ground() + figure(42) + block(4, 8, 3.6) + arm + dashes


def tiny_planet(still: Still) -> str:
    """The world as a small globe that turns."""
    world = f'<circle r="7.6" fill="{VIEW}" fill-opacity=".3" stroke="{VIEW}" stroke-width="1.2"/>'
    person = at(0, -FLOOR - 6.6, figure(0, scale=0.6))
    house = f'<rect x="-2.2" y="-12" width="4.4" height="4.4" rx=".5" fill="{SCENE}"/>'
    tree = line("M0 -8V-10", SCENE) + f'<circle cy="-11.3" r="2" fill="{SCENE}"/>'
    tower = f'<rect x="-1.5" y="-14.4" width="3" height="6.8" rx=".5" fill="{CAMERA}"/>'
    things = (person, house, tree, tower, tree, house)
    ring = "".join(at(0, 0, thing, angle=60 * place) for place, thing in enumerate(things))
    return at(24, 16, world + swayed(ring, "rotate", "0;360", 9, still))


def elevator_doors(still: Still) -> str:
    """Doors slide open on the subject."""

    def door(attributes: str, *changes: tuple[str, str, str]) -> str:
        motion = "".join(
            f'<animate attributeName="{name}" {_steps(start, end)} {_timing(2.8)}/>'
            for name, start, end in changes
        )
        rest = " ".join(f'{name}="{end}"' for name, _, end in changes)
        return (
            f'<rect y="8" height="20" fill="{CAMERA}" {attributes} {rest}>'
            f"{'' if still else motion}</rect>"
        )

    left = door('x="10"', ("width", "13.7", "4"))
    right = door("", ("x", "24.3", "34"), ("width", "13.7", "4"))
    frame = line("M9.2 28V7.2H38.8V28", SCENE, 1.8)
    hint = arrow("M20 3.2H13", (13, 3.2), 180) + arrow("M28 3.2H35", (35, 3.2), 0)
    return ground() + figure(24, scale=1.05) + left + right + frame + hint


def other(still: Still) -> str:
    """For a move that the API offers and this folder does not know."""
    return ground() + figure(39) + at(10, 17, eye(24, 7))


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


if __name__ == "__main__":
    write()
