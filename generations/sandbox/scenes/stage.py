"""The stage: a whole scene built from a setting, and the pictures that a camera takes of it."""

import math

import numpy as np
from PIL import Image

from .air import Aurora, Fireflies, Rain, Snowfall, Stars, fog_plates, lightning
from .camera import Move
from .lens import Doors, Lens, Planet, Shoulder, rolled
from .noise import smoothstep
from .places import land_plates
from .plates import Picture, Plate, joined
from .resample import View
from .setting import Setting
from .sky import sky_plates
from .specs import Size
from .subjects import subject_plates
from .video_file import Planes
from .water import Water
from .world import World, world_of

_SHORE_DEPTH = 0.1
_VIGNETTE = 0.42
_JOINT = 0.075
_PLAIN = Lens()


class Stage:
    """A built scene; picture() may be called for any moment in any order.

    Moments 0 to 1 cover `seconds` of time.
    """

    def __init__(
        self,
        setting: Setting,
        size: Size,
        *,
        seconds: float = 5,
        still: bool = False,
        lens: Lens = _PLAIN,
    ) -> None:
        self.size = size
        self.seconds = seconds
        self.world = world_of(setting, size, still=still)
        self._sky = sky_plates(self.world)
        behind, before = land_plates(self.world)
        beyond, close = subject_plates(self.world)
        behind, before = _sorted([*behind, *beyond]), _sorted([*before, *close])
        far, near = _among(behind, before, fog_plates(self.world))
        self._behind, self._before = joined(far, _JOINT), joined(near, _JOINT)
        rough = setting.place in ("sea", "beach")
        self._water = Water(self.world, size, rough=rough) if setting.water else None
        self._vignette = _vignette(size)
        self._lens = lens
        self._planet = Planet(size) if lens.planet else None
        self._doors = Doors(size) if lens.doors else None
        self._shoulder = Shoulder(size) if lens.shoulder else None
        self._add_air(setting)

    def _add_air(self, setting: Setting) -> None:
        weather = setting.weather
        dark = setting.light == "night"
        thick = bool(weather & {"rain", "fog"})
        count = 2600 if "stars" in weather or setting.place == "space" else 900
        self._stars = Stars(self.world, count) if dark and not thick else None
        self._aurora = Aurora(self.world, self.size) if "aurora" in weather else None
        self._rain = Rain(self.world, self.size) if "rain" in weather else None
        flies = "fireflies" in weather
        self._fireflies = Fireflies(self.world, self.size) if flies else None
        self._snow = Snowfall(self.world, self.size) if "snowfall" in weather else None

    def picture(self, move: Move, moment: float, opened: float = 1.0) -> Planes:
        """Return the picture at a moment of 0 to 1; opened is how far doors are open, 0 to 1."""
        picture = Picture(*self.size)
        self._paint_sky(picture, move, moment)
        front = self._views(self._before, move, moment)
        reach = min([p.covers_from(v, picture.width) for p, v in front] + [picture.height])
        if self._water is None:
            self._lay(picture, [*self._views(self._behind, move, moment), *front], picture.height)
        else:
            shore = self._shore(move)
            self._lay(picture, self._views(self._behind, move, moment), shore)
            self._paint_water(picture, move, moment, (shore, reach))
            self._lay(picture, front, picture.height)
        self._paint_air(picture, moment)
        if self._shoulder:
            self._shoulder.paint(picture, -2 * move.pan)
        if self._doors:
            self._doors.paint(picture, opened)
        picture.y.paste(16, (0, 0), self._vignette)
        return self._through_lens(picture.planes(), move)

    def _through_lens(self, planes: Planes, move: Move) -> Planes:
        if self._planet:
            return self._planet.bent(planes, move.roll)
        return rolled(planes, move.roll, self._lens.roll_room)

    def _paint_sky(self, picture: Picture, move: Move, moment: float) -> None:
        backdrop, *clouds = self._views(self._sky, move, moment)
        self._lay(picture, [backdrop], picture.height)
        if self._stars:
            self._stars.paint(picture, backdrop[1], moment)
        if self._aurora:
            self._aurora.paint(picture, moment)
        self._lay(picture, clouds, picture.height)
        if "lightning" in self.world.setting.weather:
            flash = lightning(moment, self.seconds, self.world.setting.seed)
            if flash > 0.01:
                picture.y = Image.blend(picture.y, Image.new("L", self.size, 220), flash * 0.7)

    def _paint_water(
        self, picture: Picture, move: Move, moment: float, rows: tuple[int, int]
    ) -> None:
        view = self._view(move, 0.0)
        sun_x = (self.world.sun_x - view.left) * view.scale
        cycles = max(1, round(self.seconds * 0.7))
        if self._water:
            self._water.paint(picture, rows[0], rows[1], moment, sun_x, cycles)

    def _paint_air(self, picture: Picture, moment: float) -> None:
        if self._fireflies:
            self._fireflies.paint(picture, moment)
        if self._rain:
            self._rain.paint(picture, moment, self.seconds)
        if self._snow:
            self._snow.paint(picture, moment, self.seconds)

    def _lay(self, picture: Picture, plates: list[tuple[Plate, View]], limit: int) -> None:
        """Paint the plates far to near, each only where no nearer one hides it."""
        bands = []
        for plate, view in reversed(plates):
            bands.append((plate, view, limit))
            limit = min(limit, plate.covers_from(view, picture.width))
        for plate, view, last in reversed(bands):
            plate.lay(picture, view, last)

    def _views(self, plates: list[Plate], move: Move, moment: float) -> list[tuple[Plate, View]]:
        swing = math.sin(2 * math.pi * (moment - 0.5)) / 2 * self.world.frame[0]
        seen = []
        for plate in plates:
            view = self._view(move, plate.depth)
            seen.append((plate, view._replace(left=view.left + plate.drift * swing)))
        return seen

    def _view(self, move: Move, depth: float) -> View:
        view = view_of(self.world, move, depth)
        return view._replace(scale=view.scale * self.size[0] / self.world.frame[0])

    def _shore(self, move: Move) -> int:
        """Return the picture row at which the water begins."""
        view = self._view(move, _SHORE_DEPTH)
        row = (self.world.horizon + 0.012 * self.world.unit - view.top) * view.scale
        return min(self.size[1], max(0, int(row // 2) * 2))


def _among(
    behind: list[Plate], before: list[Plate], fog: list[Plate]
) -> tuple[list[Plate], list[Plate]]:
    """Return both groups of plates, with the fog banks inserted by depth."""
    edge = max((plate.depth for plate in behind), default=0.0)
    far = _sorted([*behind, *(bank for bank in fog if bank.depth <= edge)])
    return far, _sorted([*before, *(bank for bank in fog if bank.depth > edge)])


def _sorted(plates: list[Plate]) -> list[Plate]:
    return sorted(plates, key=lambda plate: plate.depth)


def _vignette(size: Size) -> Image.Image:
    """Return a mask that darkens the corners."""
    columns = np.linspace(-1, 1, size[0], dtype=np.float32)[None, :]
    rows = np.linspace(-1, 1, size[1], dtype=np.float32)[:, None]
    away = np.hypot(columns, rows) / math.sqrt(2)
    return Image.fromarray((smoothstep(0.5, 1.1, away) * _VIGNETTE * 255).astype(np.uint8))


def view_of(world: World, move: Move, depth: float) -> View:
    """Return the view at a depth, in world pixels: scale 1 is the view as composed.

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
