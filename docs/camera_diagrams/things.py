"""What a diagram shows: cameras, people, buildings, arrows.

The colours stand at least 3:1 on the surfaces of both themes; the soft field of view does by its
edge.
"""

from math import cos, radians, sin

from .motion import Still, number, numbers, steps, timing

CAMERA, VIEW, SUBJECT, SCENE = "#768293", "#3f86e8", "#c87a1e", "#868c96"
FLOOR = 28.0  # y of the ground in the side views
EYES = FLOOR - 11.6  # y of a standing figure's eyes


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


def lens(start: str, end: str, still: Still) -> str:
    """A view whose three corners go from one place to another."""
    motion = f'<animate attributeName="points" {steps(start, end)} {timing(2.8)}/>'
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
