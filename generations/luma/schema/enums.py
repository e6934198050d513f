"""Enums of the contract, and its two open lists of values."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, TypeAlias


class State(StrEnum):
    """States of a generation. `Generation.state` accepts others, too, as the API may add some."""

    QUEUED = "queued"
    DREAMING = "dreaming"
    COMPLETED = "completed"
    FAILED = "failed"


class GenerationType(StrEnum):
    """Type of a generation's result."""

    VIDEO = "video"
    IMAGE = "image"


class AspectRatio(StrEnum):
    """Width to height of the output."""

    SQUARE = "1:1"
    WIDE = "16:9"
    TALL = "9:16"
    CLASSIC = "4:3"
    CLASSIC_TALL = "3:4"
    CINEMA = "21:9"
    CINEMA_TALL = "9:21"


class VideoModel(StrEnum):
    """Models that make videos."""

    RAY_2 = "ray-2"
    RAY_FLASH_2 = "ray-flash-2"


class ReframeVideoModels(StrEnum):
    """Models that reframe videos."""

    RAY_2 = "ray-2"
    RAY_FLASH_2 = "ray-flash-2"


class ModifyVideoModel(StrEnum):
    """Models that modify videos."""

    RAY_2 = "ray-2"
    RAY_FLASH_2 = "ray-flash-2"


class ImageModel(StrEnum):
    """Models that make images."""

    PHOTON_1 = "photon-1"
    PHOTON_FLASH_1 = "photon-flash-1"


class ReframeImageModels(StrEnum):
    """Models that reframe images."""

    PHOTON_1 = "photon-1"
    PHOTON_FLASH_1 = "photon-flash-1"


class ImageFormat(StrEnum):
    """File format of an image result."""

    JPG = "jpg"
    PNG = "png"


class ModifyVideoMode(StrEnum):
    """How far a result may differ from its source: adhere least, reimagine most, 3 more than 1."""

    ADHERE_1 = "adhere_1"
    ADHERE_2 = "adhere_2"
    ADHERE_3 = "adhere_3"
    FLEX_1 = "flex_1"
    FLEX_2 = "flex_2"
    FLEX_3 = "flex_3"
    REIMAGINE_1 = "reimagine_1"
    REIMAGINE_2 = "reimagine_2"
    REIMAGINE_3 = "reimagine_3"


# The contract accepts any other string, too.
VideoModelOutputResolution: TypeAlias = Literal["540p", "720p", "1080p", "4k"] | str  # noqa: PYI051
VideoModelOutputDuration: TypeAlias = Literal["5s", "9s"] | str  # noqa: PYI051

# Defaults that the contract states at the enum; a request may still leave the field out.
ENUM_DEFAULTS: dict[type[StrEnum], StrEnum] = {
    AspectRatio: AspectRatio.WIDE,
    ImageModel: ImageModel.PHOTON_1,
    ImageFormat: ImageFormat.JPG,
}
