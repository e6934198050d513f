"""Places: the plates of each place, far to near, in front of and behind its water."""

from dataclasses import dataclass, replace

from .city import city_plates
from .land import Ridge, ridge_plate
from .mood import Colour, graded
from .plates import Plate
from .trees import Grove, grove_plate
from .world import World

_ROCK = (0.42, 0.40, 0.41)
_GREEN = (0.25, 0.36, 0.20)
_PINE = (0.13, 0.22, 0.17)
_SAND = (0.88, 0.66, 0.44)
_SNOW = (0.88, 0.93, 1.0)
_STRAW = (0.66, 0.58, 0.30)

Part = Ridge | Grove


@dataclass(frozen=True)
class Scenery:
    """Parts of a place: behind is on the far side of its water, before on the near side.

    Without water both are land, with dry between them.
    """

    behind: tuple[Part, ...]
    dry: tuple[Part, ...] = ()
    before: tuple[Part, ...] = ()
    city: bool = False


def _ridge(depth: float, base: float, rise: float, albedo: Colour, cell: float = 0.7) -> Ridge:
    """Return a rounded hill; its haze follows from its depth."""
    nearness = min(1.0, 0.12 + depth**0.6)
    return Ridge(depth, nearness, base, rise, cell, albedo, sharp=False)


_PEAKS = (
    Ridge(0.05, 0.20, 0.01, 0.40, 0.9, _ROCK, snow=0.65, reach=0.1),
    Ridge(0.10, 0.36, 0.02, 0.25, 0.7, _ROCK, snow=0.35, reach=0.2),
)
_LAST_HILL = Ridge(0.85, 1.0, 0.33, 0.09, 0.9, _GREEN, sharp=False, mist=0.0, reach=1.0)

_SCENERIES: dict[str, Scenery] = {
    "mountains": Scenery(
        behind=(*_PEAKS, Ridge(0.2, 0.55, 0.04, 0.13, 0.55, _PINE, reach=0.3)),
        dry=(
            Grove(0.34, 0.68, 0.10, 0.10, 0.055, 0.016, _PINE),
            Grove(0.55, 0.84, 0.20, 0.10, 0.10, 0.03, _PINE, reach=0.5),
        ),
        before=(
            Grove(0.9, 1.0, 0.40, 0.09, 0.24, 0.085, _PINE, mist=0.0, reach=1.0, clearing=0.9),
        ),
    ),
    "hills": Scenery(
        behind=(
            Ridge(0.05, 0.2, 0.01, 0.16, 0.9, _ROCK, reach=0.1),
            _ridge(0.14, 0.03, 0.12, _GREEN),
        ),
        dry=(
            Grove(0.24, 0.55, 0.07, 0.09, 0.028, 0.05, _GREEN, kind="round"),
            _ridge(0.36, 0.14, 0.10, _GREEN),
            Grove(0.52, 0.82, 0.21, 0.10, 0.075, 0.16, _GREEN, kind="round", reach=0.5),
        ),
        before=(
            _LAST_HILL,
            Grove(1.0, 1.0, 0.44, 0.05, 0.05, 0.012, _GREEN, "grass", mist=0.0, reach=1.0),
        ),
    ),
    "meadow": Scenery(
        behind=(
            Ridge(0.04, 0.18, 0.01, 0.10, 1.1, _ROCK, reach=0.1),
            Grove(0.12, 0.36, 0.02, 0.03, 0.045, 0.03, _GREEN, kind="round"),
        ),
        dry=(
            Grove(0.2, 0.5, 0.05, 0.05, 0.06, 0.16, _GREEN, kind="round"),
            _ridge(0.28, 0.10, 0.07, _STRAW, 1.2),
            Grove(0.4, 0.72, 0.15, 0.05, 0.13, 0.5, _GREEN, kind="round", reach=0.4),
            Grove(0.5, 0.78, 0.17, 0.04, 0.035, 0.010, _STRAW, "grass", reach=0.5),
        ),
        before=(
            Grove(0.75, 0.92, 0.28, 0.04, 0.07, 0.014, _STRAW, "grass", mist=0.1, reach=0.6),
            Grove(1.0, 1.0, 0.40, 0.04, 0.15, 0.022, _GREEN, "grass", mist=0.0, reach=1.0),
        ),
    ),
    "desert": Scenery(
        behind=(
            Ridge(0.05, 0.2, 0.01, 0.13, 0.5, (0.66, 0.40, 0.30), reach=0.1),
            _ridge(0.12, 0.03, 0.06, _SAND, 0.9),
        ),
        dry=(_ridge(0.24, 0.08, 0.10, _SAND, 1.0), _ridge(0.42, 0.17, 0.13, _SAND, 1.2)),
        before=(
            replace(_ridge(0.65, 0.28, 0.14, _SAND, 1.5), relief=0.8, reach=0.6),
            replace(_ridge(1.0, 0.42, 0.12, _SAND, 1.7), relief=0.8, mist=0.0, reach=1.0),
        ),
    ),
    "forest": Scenery(
        behind=(
            Ridge(0.05, 0.22, 0.01, 0.22, 0.9, _PINE, reach=0.1),
            Grove(0.12, 0.34, 0.02, 0.10, 0.08, 0.018, _PINE, mist=0.7),
        ),
        dry=(
            Grove(0.22, 0.5, 0.06, 0.08, 0.15, 0.03, _PINE, mist=0.8),
            Grove(0.38, 0.7, 0.13, 0.08, 0.25, 0.055, _PINE, mist=0.7, clearing=0.35),
        ),
        before=(
            Grove(0.62, 0.88, 0.25, 0.07, 0.40, 0.11, _PINE, mist=0.5, clearing=0.8, reach=0.6),
            Grove(1.0, 1.0, 0.42, 0.06, 0.75, 0.2, _PINE, mist=0.0, reach=1.0, clearing=1.3),
        ),
    ),
    "snow": Scenery(
        behind=(
            replace(_PEAKS[0], snow=1.0, albedo=(0.6, 0.64, 0.72)),
            replace(_PEAKS[1], snow=0.9, albedo=(0.6, 0.64, 0.72)),
        ),
        dry=(
            Grove(0.2, 0.5, 0.06, 0.06, 0.06, 0.022, _PINE, mist=0.8),
            _ridge(0.34, 0.11, 0.07, _SNOW, 0.9),
            Grove(0.5, 0.75, 0.17, 0.06, 0.13, 0.12, _PINE, mist=0.5, reach=0.4),
        ),
        before=(
            replace(_ridge(0.72, 0.28, 0.09, _SNOW, 1.2), reach=0.6, mist=0.2),
            replace(_ridge(1.0, 0.40, 0.07, _SNOW, 1.5), mist=0.0, reach=1.0),
        ),
    ),
    "sea": Scenery(
        behind=(
            Ridge(0.04, 0.16, 0.012, 0.07, 0.8, _ROCK, reach=0.06),
            Ridge(0.07, 0.30, 0.014, 0.045, 0.5, _ROCK, reach=0.06),
        ),
    ),
    "beach": Scenery(
        behind=(Ridge(0.05, 0.25, 0.012, 0.10, 0.6, _GREEN, reach=0.06),),
        before=(
            replace(_ridge(0.8, 0.29, 0.10, _SAND, 1.9), mist=0.0, reach=1.0, relief=0.2),
            Grove(1.0, 1.0, 0.44, 0.05, 0.72, 0.34, _PINE, "palm", 0.0, 1.0, clearing=1.3),
        ),
    ),
    "city": Scenery(
        behind=(Ridge(0.03, 0.14, 0.01, 0.10, 0.9, _ROCK, reach=0.1),),
        city=True,
    ),
    "space": Scenery(
        behind=(),
    ),
}  # fmt: skip


def land_plates(world: World) -> tuple[list[Plate], list[Plate]]:
    """Return the plates behind and in front of the water; without water, far and near ones."""
    scenery = _SCENERIES[world.setting.place]
    behind = [_painted(world, part, f"behind {n}") for n, part in enumerate(scenery.behind)]
    if scenery.city:
        behind += city_plates(world)
    dry = () if world.setting.water else scenery.dry
    before = (*dry, *scenery.before)
    return behind, [_painted(world, part, f"before {n}") for n, part in enumerate(before)]


def _painted(world: World, part: Part, name: str) -> Plate:
    albedo = graded(part.albedo, world.setting.tints)
    if isinstance(part, Ridge):
        return ridge_plate(world, replace(part, albedo=albedo), name)
    return grove_plate(world, replace(part, albedo=albedo), name)
