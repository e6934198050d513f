"""Prices: the published tables, every operation, and unknown where something is unknown."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from generations.luma.pricing import (
    PriceEstimate,
    Rates,
    default_rates,
    format_price,
    load_rates,
    price,
)
from generations.luma.schema import (
    REQUEST_BY_TYPE,
    AnyRequest,
    AspectRatio,
    AudioGenerationRequest,
    GenerationRequest,
    ImageGenerationRequest,
    ImageModel,
    UpscaleVideoGenerationRequest,
    VideoModel,
)
from generations.luma.sizes import image_size, video_size
from tests.luma.sources import Source

MEDIA = {"url": "https://example.com/a.mp4"}
FIVE_SECONDS = Source(1280, 720, 5)


def request(operation: str, **fields: Any) -> AnyRequest:
    return REQUEST_BY_TYPE[operation].model_validate(fields)


def micros(operation: str, source: Source | None = None, **fields: Any) -> int | None:
    return price(operation, request(operation, **fields), source=source).micros


def dollars(value: int | None, digits: int = 2) -> float:
    assert value is not None
    return round(value / 1_000_000, digits)


# The published table (16:9): 720p by the pixel, 1080p and 4k with an addition per second.
PUBLISHED = {
    ("ray-2", "540p"): (0.40, 0.72),
    ("ray-2", "720p"): (0.71, 1.27),
    ("ray-2", "1080p"): (0.86, 1.54),
    ("ray-2", "4k"): (0.96, 1.72),
    ("ray-flash-2", "540p"): (0.14, 0.25),
    ("ray-flash-2", "720p"): (0.24, 0.44),
    ("ray-flash-2", "1080p"): (0.39, 0.71),
    ("ray-flash-2", "4k"): (0.49, 0.89),
}
# The older one: by the pixel throughout.
OLDER = {
    ("ray-2", "1080p"): (1.59, 2.87),
    ("ray-2", "4k"): (6.37, 11.47),
    ("ray-flash-2", "1080p"): (0.55, 0.99),
    ("ray-flash-2", "4k"): (2.19, 3.94),  # printed 3.95; the formula gives 3.9414
}


@pytest.mark.parametrize(("model", "resolution"), PUBLISHED)
@pytest.mark.parametrize(("index", "duration"), [(0, "5s"), (1, "9s")])
def test_video_costs_what_the_table_says(
    model: str, resolution: str, index: int, duration: str
) -> None:
    cost = micros(
        "video", model=model, resolution=resolution, duration=duration, aspect_ratio="16:9"
    )
    assert dollars(cost) == PUBLISHED[model, resolution][index]


@pytest.mark.parametrize(("model", "resolution"), OLDER)
@pytest.mark.parametrize(("index", "duration"), [(0, "5s"), (1, "9s")])
def test_older_regime_is_one_word_in_the_rates(
    model: str, resolution: str, index: int, duration: str
) -> None:
    rates = dataclasses.replace(default_rates(), large_videos="pixels")
    video = request("video", model=model, resolution=resolution, duration=duration)
    assert dollars(price("video", video, rates=rates).micros) == OLDER[model, resolution][index]


@pytest.mark.parametrize(
    ("ratio", "ray", "flash"),
    [
        ("16:9", (0.7078, 1.2740), (0.2433, 0.4379)),
        ("9:16", (0.7078, 1.2740), (0.2433, 0.4379)),
        ("4:3", (0.7644, 1.3759), (0.2628, 0.4730)),
        ("3:4", (0.7644, 1.3759), (0.2628, 0.4730)),
        ("1:1", (0.8053, 1.4496), (0.2768, 0.4983)),
        ("21:9", (0.7819, 1.4074), (0.2688, 0.4838)),
        ("9:21", (0.7819, 1.4074), (0.2688, 0.4838)),
    ],
)
def test_video_of_each_ratio_costs_its_pixels(
    ratio: str, ray: tuple[float, float], flash: tuple[float, float]
) -> None:
    for model, expected in (("ray-2", ray), ("ray-flash-2", flash)):
        for index, duration in enumerate(("5s", "9s")):
            cost = micros(
                "video", model=model, resolution="720p", duration=duration, aspect_ratio=ratio
            )
            assert dollars(cost, 4) == expected[index]


def test_price_is_exact_to_the_micro_dollar() -> None:
    cost = micros("video", model="ray-2", resolution="720p", duration="5s")
    assert cost == 707_789  # 1280 x 720 x 24 x 5 x 0.0064 = 707,788.8
    assert type(cost) is int


def test_extending_and_interpolating_cost_like_creating() -> None:
    generation = {"type": "generation", "id": "123e4567-e89b-12d3-a456-426614174000"}
    for keyframes in ({"frame0": generation}, {"frame0": generation, "frame1": generation}):
        cost = micros("video", model="ray-2", duration="9s", keyframes=keyframes)
        assert cost == micros("video", model="ray-2", duration="9s")


def test_what_is_left_out_is_taken_for_720p_5s_and_16_9() -> None:
    assert micros("video", model="ray-2") == micros(
        "video", model="ray-2", aspect_ratio="16:9", resolution="720p", duration="5s"
    )


@pytest.mark.parametrize(
    "odd", [{"resolution": "1080"}, {"resolution": "4K"}, {"duration": "7s"}, {"duration": "5"}]
)
def test_video_with_a_setting_we_do_not_know_has_no_price(odd: dict[str, Any]) -> None:
    assert micros("video", model="ray-2", **odd) is None


@pytest.mark.parametrize(
    ("ratio", "photon", "flash"),
    [
        ("16:9", 0.0172, 0.0045),
        ("9:16", 0.0172, 0.0045),
        ("1:1", 0.0172, 0.0045),
        ("4:3", 0.0176, 0.0046),
        ("3:4", 0.0176, 0.0046),
        ("21:9", 0.0182, 0.0047),
        ("9:21", 0.0182, 0.0047),
    ],
)
def test_image_costs_its_pixels_made_or_reframed(ratio: str, photon: float, flash: float) -> None:
    for model, expected in (("photon-1", photon), ("photon-flash-1", flash)):
        made = micros("image", model=model, aspect_ratio=ratio)
        reframed = micros(
            "reframe_image",
            generation_type="reframe_image",
            media=MEDIA,
            model=model,
            aspect_ratio=ratio,
        )
        assert dollars(made, 4) == expected
        assert reframed == made


def test_image_without_ratio_is_16_9() -> None:
    assert micros("image", model="photon-1") == 17_223


def reframed(source: Source | None, model: str = "ray-2", ratio: str = "9:16") -> int | None:
    return micros(
        "reframe_video",
        source,
        generation_type="reframe_video",
        media=MEDIA,
        model=model,
        aspect_ratio=ratio,
    )


def test_reframed_video_costs_its_length_at_the_target_size() -> None:
    assert reframed(FIVE_SECONDS) == 707_789
    assert reframed(Source(seconds=5), "ray-flash-2", "1:1") == 276_824
    assert reframed(Source(640, 360, 2.5)) == 353_894


def modified(source: Source | None, model: str = "ray-2") -> int | None:
    return micros(
        "modify_video",
        source,
        generation_type="modify_video",
        media=MEDIA,
        model=model,
        mode="flex_1",
    )


@pytest.mark.parametrize(
    ("size", "ray", "flash"),
    [
        ((1280, 720), 1.7496, 0.6016),
        ((1152, 864), 1.8895, 0.6498),
        ((1024, 1024), 1.9906, 0.6845),
        ((1552, 656), 1.9328, 0.6646),
    ],
)
def test_modified_video_costs_the_pixels_of_its_source(
    size: tuple[int, int], ray: float, flash: float
) -> None:
    source = Source(*size, seconds=5)
    assert dollars(modified(source), 4) == ray
    assert dollars(modified(source, "ray-flash-2"), 4) == flash


@pytest.mark.parametrize(
    ("source", "target", "per_second"),
    [
        ("540p", "720p", 0.06),
        ("540p", "1080p", 0.09),
        ("540p", "4k", 0.11),
        ("720p", "1080p", 0.03),
        ("720p", "4k", 0.05),
        ("1080p", "4k", 0.02),
    ],
)
def test_upscale_costs_its_pair_per_second(source: str, target: str, per_second: float) -> None:
    for seconds in (5, 9):
        cost = micros(
            "upscale_video", Source(resolution=source, seconds=seconds), resolution=target
        )
        assert cost == round(per_second * seconds * 1_000_000)


def test_upscale_concludes_the_sources_resolution_from_its_size() -> None:
    assert micros("upscale_video", Source(960, 540, 5), resolution="4k") == 550_000
    assert micros("upscale_video", Source(864, 1152, 5), resolution="4k") == 250_000
    assert micros("upscale_video", Source(1000, 500, 5), resolution="4k") is None


@pytest.mark.parametrize("target", ["720p", "540p", "8k", None])
def test_upscale_to_no_larger_or_unknown_size_has_no_price(target: str | None) -> None:
    assert micros("upscale_video", FIVE_SECONDS, resolution=target) is None


def test_audio_costs_two_cents_a_second() -> None:
    assert micros("add_audio", FIVE_SECONDS) == 100_000
    assert micros("add_audio", Source(seconds=9)) == 180_000


@pytest.mark.parametrize(
    "source",
    [
        None,
        Source(),
        *(Source(1280, 720, s) for s in (0, -1, float("nan"), float("inf"))),
    ],
)
def test_unknown_length_of_the_source_is_an_unknown_price(source: Source | None) -> None:
    assert reframed(source) is None
    assert modified(source) is None
    assert micros("upscale_video", source, resolution="4k") is None
    assert micros("add_audio", source) is None


def test_unknown_size_of_the_source_is_an_unknown_price_where_it_counts() -> None:
    assert modified(Source(seconds=5)) is None
    assert micros("upscale_video", Source(seconds=5), resolution="4k") is None


def test_operation_that_does_not_fit_its_request_has_no_price() -> None:
    video = GenerationRequest(model=VideoModel.RAY_2)
    assert price("image", video).micros is None
    assert price("hologram", video).micros is None


def test_every_operation_has_a_price() -> None:
    upscale = UpscaleVideoGenerationRequest(resolution="1080p")
    image = ImageGenerationRequest(model=ImageModel.PHOTON_1, aspect_ratio=AspectRatio.SQUARE)
    known = [
        price("video", GenerationRequest(model=VideoModel.RAY_2)).micros,
        price("image", image).micros,
        price("upscale_video", upscale, source=FIVE_SECONDS).micros,
        price("add_audio", AudioGenerationRequest(), source=FIVE_SECONDS).micros,
        reframed(FIVE_SECONDS),
        modified(FIVE_SECONDS),
        micros(
            "reframe_image",
            generation_type="reframe_image",
            media=MEDIA,
            model="photon-1",
            aspect_ratio="1:1",
        ),
    ]
    assert len(known) == len(REQUEST_BY_TYPE)
    assert all(cost is not None and cost > 0 for cost in known)


def test_price_names_its_source_and_date() -> None:
    estimate = price("image", request("image", model="photon-1"))
    assert estimate == PriceEstimate(17_223, default_rates().source, date(2026, 8, 13))
    assert "lumalabs" in estimate.rate_source


def test_rates_are_a_file_that_may_be_edited(tmp_path: Path) -> None:
    original = Path("generations/luma/rates.toml").read_text()
    edited = tmp_path / "rates.toml"
    edited.write_text(original.replace("0.0064", "1").replace("2026-08-13", "2027-01-02"))
    estimate = price(
        "video", request("video", model="ray-2", resolution="720p"), rates=load_rates(edited)
    )
    assert estimate.micros == 110_592_000
    assert estimate.as_of == date(2027, 1, 2)


def test_rate_that_is_missing_or_nothing_is_an_unknown_price() -> None:
    def rates(create: dict[str, Decimal]) -> Rates:
        return dataclasses.replace(default_rates(), per_megapixel={"create": create, "modify": {}})

    video = GenerationRequest(model=VideoModel.RAY_2, resolution="4k")
    assert price("video", video, rates=rates({})).micros is None
    assert price("video", video, rates=rates({"ray-2": Decimal(1)})).micros is not None
    image = ImageGenerationRequest(model=ImageModel.PHOTON_1)
    assert price("image", image, rates=rates({"photon-1": Decimal(0)})).micros is None


# Sizes


@pytest.mark.parametrize(
    ("ratio", "resolution", "size"),
    [
        ("16:9", "540p", (960, 540)),
        ("16:9", "720p", (1280, 720)),
        ("16:9", "1080p", (1920, 1080)),
        ("16:9", "4k", (3840, 2160)),
        ("9:16", "4k", (2160, 3840)),
        ("4:3", "540p", (864, 648)),
        ("1:1", "1080p", (1536, 1536)),
        ("21:9", "540p", (1164, 492)),
        ("9:21", "4k", (1968, 4656)),
    ],
)
def test_video_size_follows_ratio_and_resolution(
    ratio: str, resolution: str, size: tuple[int, int]
) -> None:
    assert video_size(ratio, resolution) == size


def test_every_size_is_even_and_unknown_ones_are_none() -> None:
    for ratio in AspectRatio:
        for resolution in ("540p", "720p", "1080p", "4k"):
            size = video_size(ratio, resolution)
            assert size is not None
            assert [side % 2 for side in size] == [0, 0]
        assert image_size(ratio) is not None
    assert video_size("16:10", "720p") is None
    assert video_size("16:9", "1080") is None
    assert image_size("2:1") is None


# Formatting


@pytest.mark.parametrize(
    ("micros", "words"),
    [
        (707_789, "≈ $0.71"),
        (705_000, "≈ $0.71"),
        (704_999, "≈ $0.70"),
        (10_000, "≈ $0.01"),
        (9_999, "< $0.01"),
        (1, "< $0.01"),
        (0, "≈ $0.00"),
        (None, "price unknown"),
        (1_234_567_890_000, "≈ $1,234,567.89"),
    ],
)
def test_estimate_in_words(micros: int | None, words: str) -> None:
    assert format_price(micros) == words


@pytest.mark.parametrize(
    ("micros", "words"),
    [(707_789, "$0.71"), (-707_789, "-$0.71"), (-1, "$0.00"), (None, "price unknown")],
)
def test_amount_in_words(micros: int | None, words: str) -> None:
    assert format_price(micros, estimate=False) == words
