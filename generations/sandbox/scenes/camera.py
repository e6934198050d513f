"""The camera: how each camera concept of the API moves the view over time."""

import math
from dataclasses import dataclass, fields

from .lens import Lens
from .noise import Floats
from .setting import Setting


@dataclass(frozen=True)
class Move:
    """Where the camera is at one moment; zero is the view as composed.

    pan, tilt, truck and pedestal are parts of the frame's width or height (right and up positive),
    pan and tilt shift everything, truck and pedestal by depth. zoom and dolly magnify (0 is none),
    zoom everything, dolly by depth. roll is degrees clockwise. shake is the strength of a hand,
    bob of footsteps.
    """

    pan: float = 0.0
    tilt: float = 0.0
    truck: float = 0.0
    pedestal: float = 0.0
    zoom: float = 0.0
    dolly: float = 0.0
    roll: float = 0.0
    shake: float = 0.0
    bob: float = 0.0

    def plus(self, other: "Move", part: float = 1.0) -> "Move":
        """Return the sum of both moves, with the other multiplied by a factor."""
        return Move(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) * part for f in fields(Move)}
        )


_REST, _PLAIN = Move(), Lens()


@dataclass(frozen=True)
class Concept:
    """A camera concept: travel happens from start to end, stance is constant."""

    travel: Move = _REST
    stance: Move = _REST
    eager: bool = False
    lens: Lens = _PLAIN


CONCEPTS: dict[str, Concept] = {
    "static": Concept(),
    "pan_left": Concept(Move(pan=-0.26)),
    "pan_right": Concept(Move(pan=0.26)),
    "truck_left": Concept(Move(truck=-0.34, pan=-0.03)),
    "truck_right": Concept(Move(truck=0.34, pan=0.03)),
    "tilt_up": Concept(Move(tilt=0.2)),
    "tilt_down": Concept(Move(tilt=-0.2)),
    "pedestal_up": Concept(Move(pedestal=0.2)),
    "pedestal_down": Concept(Move(pedestal=-0.2)),
    "push_in": Concept(Move(dolly=0.34, zoom=0.04)),
    "pull_out": Concept(Move(dolly=-0.34, zoom=-0.04)),
    "zoom_in": Concept(Move(zoom=0.36)),
    "zoom_out": Concept(Move(zoom=-0.36)),
    "orbit_left": Concept(Move(truck=-0.38, pan=0.13)),
    "orbit_right": Concept(Move(truck=0.38, pan=-0.13)),
    "roll_left": Concept(Move(roll=-14)),
    "roll_right": Concept(Move(roll=14)),
    "handheld": Concept(Move(dolly=0.05), Move(shake=1.0)),
    "dolly_zoom": Concept(Move(dolly=0.5, zoom=-0.28)),
    "crane_up": Concept(Move(pedestal=0.2, tilt=-0.06, dolly=0.05)),
    "crane_down": Concept(Move(pedestal=-0.2, tilt=0.06, dolly=0.05)),
    "aerial": Concept(Move(truck=0.1, dolly=0.14), Move(tilt=-0.07, pedestal=0.1)),
    "aerial_drone": Concept(
        Move(dolly=0.26, pedestal=0.09, truck=0.08, roll=4), Move(tilt=-0.05, pedestal=0.05)
    ),
    "overhead": Concept(Move(pedestal=0.08, roll=5), Move(tilt=-0.1, pedestal=0.08)),
    "high_angle": Concept(Move(dolly=0.08), Move(tilt=-0.09, pedestal=0.06)),
    "low_angle": Concept(Move(dolly=0.08), Move(tilt=0.09, pedestal=-0.06)),
    "ground_level": Concept(Move(truck=0.12), Move(pedestal=-0.1, tilt=0.04)),
    "eye_level": Concept(Move(dolly=0.1)),
    "pov": Concept(Move(dolly=0.28), Move(shake=0.5, bob=1.0)),
    "selfie": Concept(Move(truck=0.1, pan=-0.08, dolly=0.06), Move(shake=0.9, tilt=0.03)),
    "over_the_shoulder": Concept(
        Move(dolly=0.07, truck=0.05), Move(shake=0.25), lens=Lens(shoulder=True)
    ),
    "bolt_cam": Concept(Move(dolly=0.5, zoom=0.2, pan=0.1, roll=3), eager=True),
    "tiny_planet": Concept(Move(roll=70), lens=Lens(planet=True)),
    "elevator_doors": Concept(Move(dolly=0.12), lens=Lens(doors=True)),
}
_IDLE = Concept(Move(dolly=0.09, truck=0.07))


_SWAYS = (2, 3, 5, 8, 13)
_MOST_ROLL = 16.0


class Path:
    """The camera's path through a video: all concepts together, from moment 0 (start) to 1 (end).

    A loop goes there and back, so that its end meets its start.
    """

    def __init__(self, concepts: tuple[str, ...], setting: Setting, *, loop: bool) -> None:
        known = [CONCEPTS[key] for key in concepts if key in CONCEPTS]
        self._loop = loop
        self._eager = any(concept.eager for concept in known)
        self.travel, self.stance = Move(), Move()
        for concept in known or [self._idle(setting)]:
            self.travel = self.travel.plus(concept.travel)
            self.stance = self.stance.plus(concept.stance)
        self.lens = self._lens([concept.lens for concept in known])
        random = setting.random("hand")
        self._phases = random.uniform(0, 2 * math.pi, (2, len(_SWAYS)))

    def _lens(self, lenses: list[Lens]) -> Lens:
        planet = any(lens.planet for lens in lenses)
        room = abs(self.travel.roll) / 2 + abs(self.stance.roll)
        return Lens(
            roll_room=0.0 if planet else min(room, _MOST_ROLL),
            planet=planet,
            doors=any(lens.doors for lens in lenses),
            shoulder=any(lens.shoulder for lens in lenses),
        )

    @staticmethod
    def _idle(setting: Setting) -> Concept:
        side = 1 if setting.seed % 2 else -1
        return Concept(Move(dolly=_IDLE.travel.dolly, truck=_IDLE.travel.truck * side))

    def progress(self, moment: float) -> float:
        """Return the share of the path that is covered, 0 to 1; a loop ends at 0."""
        if self._loop:
            return (1 - math.cos(2 * math.pi * moment)) / 2
        if self._eager:
            return moment**3 * (10 - 15 * moment + 6 * moment * moment)
        soft = moment * moment * (3 - 2 * moment)
        return 0.65 * moment + 0.35 * soft

    def centred(self, moment: float) -> Move:
        """Return the move around the composed view: it is reached half way.

        Magnification never falls below none, as nothing is painted outside.
        """
        progress = self.progress(moment)
        move = self.stance.plus(self.travel, progress - 0.5)
        zoom = self.travel.zoom * progress if self.travel.zoom > 0 else 0
        dolly = self.travel.dolly * progress if self.travel.dolly > 0 else 0
        zoom = -self.travel.zoom * (1 - progress) if self.travel.zoom < 0 else zoom
        dolly = -self.travel.dolly * (1 - progress) if self.travel.dolly < 0 else dolly
        return self._by_hand(
            Move(
                move.pan,
                move.tilt,
                move.truck,
                move.pedestal,
                zoom,
                dolly,
                move.roll,
                move.shake,
                move.bob,
            ),
            moment,
        )

    def by_hand(self, moment: float) -> Move:
        """Return only the shake of a hand-held camera and the bob of steps."""
        return self._by_hand(Move(shake=self.stance.shake, bob=self.stance.bob), moment)

    def _by_hand(self, move: Move, moment: float) -> Move:
        if not move.shake and not move.bob:
            return move
        sway = [self._swaying(phases, moment) for phases in self._phases]
        steps = math.sin(moment * 2 * math.pi * 8) * move.bob
        return move.plus(
            Move(
                pan=sway[0] * 0.02 * move.shake,
                tilt=sway[1] * 0.025 * move.shake + steps * 0.006,
            )
        )

    @staticmethod
    def _swaying(phases: Floats, moment: float) -> float:
        """Return waves with whole periods, so that a hand-held loop has no jump."""
        waves = zip(_SWAYS, phases, strict=True)
        return sum(
            math.sin(2 * math.pi * n * moment + float(p)) / math.pow(n, 0.7) for n, p in waves
        )
