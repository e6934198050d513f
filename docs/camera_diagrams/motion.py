"""How things in a diagram move, and how its numbers are written."""

Still = bool


def number(value: float) -> str:
    """The shortest way to write a coordinate, two digits after the point."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def numbers(*values: float) -> str:
    """Several coordinates, separated by spaces."""
    return " ".join(number(value) for value in values)


def timing(seconds: float) -> str:
    """For ever, each round this long."""
    return f'dur="{number(seconds)}s" repeatCount="indefinite"'


def steps(start: str, end: str) -> str:
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
        f'<animateTransform attributeName="transform" type="{kind}" {steps(start, end)} '
        f"{timing(seconds)}/>"
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
        f"{timing(seconds)}/>"
    )
    return content if still else f"<g>{motion}{content}</g>"


def breathing(content: str, still: Still) -> str:
    """For a place that does not move: the view lights up softly."""
    motion = f'<animate attributeName="opacity" values=".35;1;.35" {timing(2.8)}/>'
    return content if still else f"<g>{motion}{content}</g>"


def swayed(content: str, kind: str, values: str, seconds: float, still: Still) -> str:
    """A group that goes through several values for ever."""
    first = values.split(";", maxsplit=1)[0]
    motion = (
        f'<animateTransform attributeName="transform" type="{kind}" values="{values}" '
        f"{timing(seconds)}/>"
    )
    return f'<g transform="{kind}({first})">{"" if still else motion}{content}</g>'
