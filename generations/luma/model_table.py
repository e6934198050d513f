"""The table of models: what each can do, under which label and at which rates.

Choices, rules, labels and prices follow from it. A new model is a new row here, its name in
`schema.enums`, and its rates in rates.toml. The facts are from docs.lumalabs.ai
(/docs/video-generation, /docs/modify-video, /docs/reframe-video-image).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property


class Operation(StrEnum):
    """What the API can be asked for: the generation_type of each request."""

    VIDEO = "video"
    IMAGE = "image"
    REFRAME_IMAGE = "reframe_image"
    REFRAME_VIDEO = "reframe_video"
    MODIFY_VIDEO = "modify_video"
    UPSCALE_VIDEO = "upscale_video"
    ADD_AUDIO = "add_audio"


@dataclass(frozen=True, slots=True)
class Resolution:
    """A resolution of videos. `scale` is the length of a side where 720p has 1."""

    name: str
    scale: Fraction


@dataclass(frozen=True, slots=True)
class ModelOffer:
    """What a model can do in one operation. It has no setting whose tuple is empty.

    `durations` and `longest_source` are in seconds; None means that no limit is documented.
    """

    aspect_ratios: tuple[str, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    durations: tuple[int, ...] = ()
    longest_source: int | None = None

    def values(self, setting: str) -> tuple[str, ...]:
        """Return the API's values of a setting, in the order in which they are offered."""
        if setting == "resolution":
            return tuple(each.name for each in self.resolutions)
        if setting == "duration":
            return tuple(f"{seconds}s" for seconds in self.durations)
        return self.aspect_ratios if setting == "aspect_ratio" else ()


@dataclass(frozen=True, slots=True)
class LumaModel:
    """One row: the API's name of a model, its label on pages, and its offer by operation.

    `rates` is its name in rates.toml.
    """

    name: str
    label: str
    rates: str
    offers: Mapping[Operation, ModelOffer]


@dataclass(frozen=True)
class ModelTable:
    """All models, in the order in which they are offered, and what follows from all together."""

    rows: tuple[LumaModel, ...]

    def serving(self, operation: str) -> tuple[LumaModel, ...]:
        """Return the models that have the operation."""
        return tuple(row for row in self.rows if operation in row.offers)

    def find(self, name: str) -> LumaModel | None:
        """Return a model by the API's name for it."""
        return next((row for row in self.rows if row.name == name), None)

    def offer(self, name: str, operation: Operation) -> ModelOffer | None:
        """Return what a model can do in an operation, or None if it does not have it."""
        row = self.find(name)
        return row.offers.get(operation) if row else None

    def values(self, operation: Operation, setting: str) -> tuple[str, ...]:
        """Return the values of a setting that at least one model has, smallest first."""
        offers = [row.offers[operation] for row in self.serving(operation)]
        found = dict.fromkeys(value for offer in offers for value in offer.values(setting))
        if setting == "resolution":
            return tuple(name for name in self.scales if name in found)
        return tuple(sorted(found, key=lambda value: self.seconds.get(value, 0)))

    def models_with(self, operation: Operation, setting: str, value: str) -> tuple[str, ...]:
        """Return the names of the models that have a value of a setting."""
        rows = self.serving(operation)
        return tuple(row.name for row in rows if value in row.offers[operation].values(setting))

    @cached_property
    def scales(self) -> dict[str, Fraction]:
        """The scale of every resolution, smallest first."""
        every = {each for offer in self._offers for each in offer.resolutions}
        return {each.name: each.scale for each in sorted(every, key=lambda each: each.scale)}

    @cached_property
    def seconds(self) -> dict[str, int]:
        """The seconds of every duration, by the API's value for it."""
        return {f"{each}s": each for offer in self._offers for each in offer.durations}

    @property
    def _offers(self) -> list[ModelOffer]:
        return [offer for row in self.rows for offer in row.offers.values()]


_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21")
_RESOLUTIONS = (
    Resolution("540p", Fraction(3, 4)),
    Resolution("720p", Fraction(1)),
    Resolution("1080p", Fraction(3, 2)),
    Resolution("4k", Fraction(3)),
)
_CREATE = ModelOffer(_RATIOS, _RESOLUTIONS, durations=(5, 9))
_PICTURE = {Operation.IMAGE: ModelOffer(_RATIOS), Operation.REFRAME_IMAGE: ModelOffer(_RATIOS)}

MODELS = ModelTable(
    (
        LumaModel(
            "ray-2",
            label="Ray 2",
            rates="ray-2",
            offers={
                Operation.VIDEO: _CREATE,
                Operation.MODIFY_VIDEO: ModelOffer(longest_source=10),
                Operation.REFRAME_VIDEO: ModelOffer(_RATIOS, longest_source=10),
            },
        ),
        LumaModel(
            "ray-flash-2",
            label="Ray Flash 2",
            rates="ray-flash-2",
            offers={
                Operation.VIDEO: _CREATE,
                Operation.MODIFY_VIDEO: ModelOffer(longest_source=15),
                Operation.REFRAME_VIDEO: ModelOffer(_RATIOS, longest_source=30),
            },
        ),
        LumaModel("photon-1", label="Photon", rates="photon-1", offers=_PICTURE),
        LumaModel("photon-flash-1", label="Photon Flash", rates="photon-flash-1", offers=_PICTURE),
    )
)
"""Read it as `model_table.MODELS` when it is used: a test may have put another table there."""
