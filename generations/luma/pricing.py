"""Estimates of what an operation costs, in micro-dollars: None where unknown, never 0.

USD = width x height x 24 x seconds / 1e6 x rate, the formula behind Luma's own printed example
(docs.lumalabs.ai/docs/modify-video: $1.75 for 5 s of 720p). The rates are in rates.toml, with
their source and date.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Protocol

from generations.luma import model_table
from generations.luma.model_table import Operation
from generations.luma.schema import (
    AnyRequest,
    AudioGenerationRequest,
    GenerationRequest,
    ImageGenerationRequest,
    ModifyVideoRequest,
    ReframeImageRequest,
    ReframeVideoRequest,
    UpscaleVideoGenerationRequest,
)
from generations.luma.sizes import FRAMES_PER_SECOND, image_size, resolution_of, video_size

__all__ = [
    "PriceEstimate",
    "PricedSource",
    "Rates",
    "default_rates",
    "format_price",
    "image_size",
    "load_rates",
    "price",
    "source_resolution",
    "video_size",
]

MICROS = 1_000_000
CENT = 10_000


@dataclass(frozen=True, slots=True)
class PriceEstimate:
    """An estimate in micro-dollars (None: unknown), with source and date of its rates."""

    micros: int | None
    rate_source: str
    as_of: date


class PricedSource(Protocol):
    """What a price needs of a source: pixels and seconds, each None if unknown.

    `resolution` is set where it does not follow from the size.
    """

    @property
    def width(self) -> int | None: ...
    @property
    def height(self) -> int | None: ...
    @property
    def seconds(self) -> float | None: ...
    @property
    def resolution(self) -> str | None: ...


def source_resolution(source: PricedSource) -> str | None:
    """Return the given resolution, else the one with exactly this size, else None."""
    if source.resolution or not source.width or not source.height:
        return source.resolution
    return resolution_of(source.width, source.height)


@dataclass(frozen=True, slots=True)
class Rates:
    """The rate table of rates.toml, in dollars."""

    as_of: date
    source: str
    large_videos: str
    assumed: Mapping[str, str]
    per_megapixel: Mapping[str, Mapping[str, Decimal]]
    per_second: Mapping[str, Mapping[str, Any]]


def load_rates(path: Path) -> Rates:
    """Read a rate table. Raises TOMLDecodeError or TypeError if the file is none."""
    with path.open("rb") as file:
        return Rates(**tomllib.load(file, parse_float=Decimal))


@functools.cache
def default_rates() -> Rates:
    """Return the rate table that comes with the studio."""
    return load_rates(Path(__file__).with_name("rates.toml"))


def price(
    operation: str,
    request: AnyRequest,
    *,
    source: PricedSource | None = None,
    rates: Rates | None = None,
) -> PriceEstimate:
    """Return the price of one generation. Operations on a finished video need their `source`.

    `operation` is the generation_type of the request ("video", "upscale_video" …). The price is
    unknown if the two do not belong together.
    """
    table = rates or default_rates()
    request_type, cost = _COSTS.get(operation, (type(None), None))
    known = cost is not None and isinstance(request, request_type)
    dollars = cost(request, source, table) if cost and known else None
    return PriceEstimate(_in_micros(dollars), table.source, table.as_of)


def _in_micros(dollars: Decimal | None) -> int | None:
    """Round half up. A price of 0 would be a mistake in the table, so it counts as unknown."""
    if dollars is None or dollars <= 0:
        return None
    return int((dollars * MICROS).to_integral_value(ROUND_HALF_UP))


def _pixels(size: tuple[int, int] | None, rate: Decimal | None, frames: Decimal) -> Decimal | None:
    if size is None or rate is None:
        return None
    return size[0] * size[1] * frames * rate / MICROS


def _frames(seconds: Decimal | None) -> Decimal | None:
    return None if seconds is None else seconds * FRAMES_PER_SECOND


def _model_rate(rates: Rates, table: str, model: str) -> Decimal | None:
    """Return the dollars per million pixels, or None if there is no such model or rate."""
    row = model_table.MODELS.find(model)
    return rates.per_megapixel[table].get(row.rates) if row else None


def _source_seconds(source: PricedSource | None) -> Decimal | None:
    seconds = source.seconds if source else None
    known = seconds is not None and 0 < seconds < float("inf")
    return Decimal(str(seconds)) if known else None


def _create_video(
    request: GenerationRequest, _: PricedSource | None, rates: Rates
) -> Decimal | None:
    """Create, extend and interpolate cost the same: by the length of the result.

    Unknown where the model does not have the resolution or the duration.
    """
    ratio = request.aspect_ratio or rates.assumed["aspect_ratio"]
    resolution = request.resolution or rates.assumed["resolution"]
    duration = request.duration or rates.assumed["duration"]
    offer = model_table.MODELS.offer(request.model, Operation.VIDEO)
    if offer is None or resolution not in offer.values("resolution"):
        return None
    if duration not in offer.values("duration"):
        return None
    seconds = Decimal(model_table.MODELS.seconds[duration])
    rate = _model_rate(rates, "create", request.model)
    large = model_table.MODELS.scales[resolution] > 1
    if not large or rates.large_videos == "pixels":
        return _pixels(video_size(ratio, resolution), rate, seconds * FRAMES_PER_SECOND)
    base = _pixels(video_size(ratio, "720p"), rate, seconds * FRAMES_PER_SECOND)
    extra = _times(rates.per_second["large"].get(resolution), seconds)
    return None if base is None or extra is None else base + extra


def _create_image(
    request: ImageGenerationRequest | ReframeImageRequest, _: PricedSource | None, rates: Rates
) -> Decimal | None:
    ratio = request.aspect_ratio or rates.assumed["aspect_ratio"]
    rate = _model_rate(rates, "create", request.model)
    return _pixels(image_size(ratio), rate, Decimal(1))


def _reframe_video(
    request: ReframeVideoRequest, source: PricedSource | None, rates: Rates
) -> Decimal | None:
    """The result is as long as its source, at the 720p size of its aspect ratio."""
    frames = _frames(_source_seconds(source))
    rate = _model_rate(rates, "create", request.model)
    size = video_size(request.aspect_ratio, "720p")
    return None if frames is None else _pixels(size, rate, frames)


def _modify_video(
    request: ModifyVideoRequest, source: PricedSource | None, rates: Rates
) -> Decimal | None:
    """The result is as long and as large as its source."""
    frames = _frames(_source_seconds(source))
    if source is None or frames is None or not source.width or not source.height:
        return None
    rate = _model_rate(rates, "modify", request.model)
    return _pixels((source.width, source.height), rate, frames)


def _upscale(
    request: UpscaleVideoGenerationRequest, source: PricedSource | None, rates: Rates
) -> Decimal | None:
    resolution = source_resolution(source) if source else None
    pairs = rates.per_second["upscale"].get(resolution or "", {})
    return _times(pairs.get(request.resolution), _source_seconds(source))


def _add_audio(
    _: AudioGenerationRequest, source: PricedSource | None, rates: Rates
) -> Decimal | None:
    return _times(rates.per_second["audio"].get("any"), _source_seconds(source))


def _times(rate: Decimal | None, seconds: Decimal | None) -> Decimal | None:
    return None if rate is None or seconds is None else Decimal(rate) * seconds


_Cost = Callable[[Any, PricedSource | None, Rates], Decimal | None]

_COSTS: dict[str, tuple[type, _Cost]] = {
    Operation.VIDEO: (GenerationRequest, _create_video),
    Operation.IMAGE: (ImageGenerationRequest, _create_image),
    Operation.REFRAME_IMAGE: (ReframeImageRequest, _create_image),
    Operation.REFRAME_VIDEO: (ReframeVideoRequest, _reframe_video),
    Operation.MODIFY_VIDEO: (ModifyVideoRequest, _modify_video),
    Operation.UPSCALE_VIDEO: (UpscaleVideoGenerationRequest, _upscale),
    Operation.ADD_AUDIO: (AudioGenerationRequest, _add_audio),
}


def format_price(micros: int | None, *, estimate: bool = True) -> str:
    """Return "≈ $0.71" (estimate), "$0.71" (charged), "< $0.01" or "price unknown"."""
    if micros is None:
        return "price unknown"
    if 0 < micros < CENT:
        return "< $0.01"
    cents = int((Decimal(abs(micros)) / CENT).to_integral_value(ROUND_HALF_UP))
    sign = "-" if micros < 0 and cents else ""
    return f"{'≈ ' if estimate else ''}{sign}${cents // 100:,}.{cents % 100:02d}"
