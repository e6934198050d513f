"""The places from which a camera looks, and the styles of shooting."""

from collections.abc import Callable

from .motion import Still, breathing, faded, moved, number, steps, swayed, timing
from .things import (
    CAMERA,
    EYES,
    FLOOR,
    SCENE,
    SUBJECT,
    VIEW,
    arrow,
    at,
    block,
    camera,
    cone,
    eye,
    figure,
    ground,
    line,
    solid,
)

Drawing = Callable[[Still], str]

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
        f'<animate attributeName="opacity" values="1;1;0;1" keyTimes="0;.86;.92;1" {timing(2.8)}/>'
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
    rhythm = (
        'keyTimes="0;.3;.38;.68;.76;1" calcMode="spline" '
        'keySplines="0 0 1 1;.8 0 .1 1;0 0 1 1;.8 0 .1 1;0 0 1 1"'
    )

    def turning(content: str, here: float, there: float) -> str:
        values = ";".join(map(number, (here, here, there, there, here, here)))
        motion = (
            f'<animateTransform attributeName="transform" type="rotate" values="{values}" '
            f"{rhythm} {timing(2.4)}/>"
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
            f'<animate attributeName="{name}" {steps(start, end)} {timing(2.8)}/>'
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
