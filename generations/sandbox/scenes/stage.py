"""Stage: the plates of a scene in their order, and the picture a camera takes of them."""

import math

from .camera import Move
from .film import Planes
from .land import Ridge, ridge_plate
from .orders import Size
from .plates import Picture, Plate
from .resample import View
from .setting import Setting
from .sky import sky_plates
from .world import World, world_of


class Stage:
    """A built scene; picture() may be called for any moment in any order."""

    def __init__(self, setting: Setting, size: Size, *, still: bool = False) -> None:
        self.size = size
        self.world = world_of(setting, size, still=still)
        self.plates = [*sky_plates(self.world), *land_plates(self.world)]

    def picture(self, move: Move, moment: float) -> Planes:
        """What the camera sees at a moment of 0 to 1."""
        picture = Picture(*self.size)
        views = [self._view(move, plate, moment) for plate in self.plates]
        limit = picture.height
        bands = []
        for plate, view in zip(reversed(self.plates), reversed(views), strict=True):
            bands.append((plate, view, limit))
            limit = min(limit, plate.covers_from(view))
        for plate, view, last in reversed(bands):
            plate.lay(picture, view, last)
        return picture.planes()

    def _view(self, move: Move, plate: Plate, moment: float) -> View:
        view = view_of(self.world, move, plate.depth)
        enlarged = self.size[0] / self.world.frame[0]
        drift = plate.drift * self.world.frame[0] * math.sin(2 * math.pi * (moment - 0.5)) * 0.5
        return View(view.left + drift, view.top, view.scale * enlarged)


def view_of(world: World, move: Move, depth: float) -> View:
    """What a camera sees at a depth, in world pixels: scale 1 is the composed view.

    A dolly magnifies about the horizon, a zoom about the centre.
    """
    width, height = world.frame
    scale = (1 + move.zoom) * (1 + move.dolly * depth)
    left = world.width / 2 + (move.pan + move.truck * depth) * width - width / 2 / scale
    below_centre = (world.horizon - world.height / 2 + move.tilt * height) * (1 + move.zoom)
    level = world.horizon - move.pedestal * depth * height
    top = level - (height / 2 + below_centre) / scale
    left = min(max(0.0, left), world.width - width / scale)
    top = min(max(0.0, top), world.height - height / scale)
    return View(left, top, scale)


def land_plates(world: World) -> list[Plate]:
    """The land of the setting's place, far to near."""
    rock = (0.42, 0.40, 0.40)
    green = (0.24, 0.34, 0.20)
    ridges = [
        Ridge(0.06, 0.22, 0.02, 0.42, 0.9, rock, snow=0.6),
        Ridge(0.14, 0.42, 0.06, 0.27, 0.7, rock, snow=0.3),
        Ridge(0.28, 0.62, 0.12, 0.18, 0.6, green),
        Ridge(0.5, 0.82, 0.22, 0.14, 0.7, green, sharp=False),
        Ridge(0.9, 1.0, 0.36, 0.12, 0.9, green, sharp=False, mist=0.0, reach=1.0),
    ]
    return [ridge_plate(world, ridge, f"ridge {n}") for n, ridge in enumerate(ridges)]
