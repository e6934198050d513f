"""The sandbox's prices against those of `generations.luma`, which were written apart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from generations.luma import pricing
from generations.luma.schema import (
    AudioGenerationRequest,
    GenerationRequest,
    ImageGenerationRequest,
    ModifyVideoRequest,
    ReframeImageRequest,
    ReframeVideoRequest,
    UpscaleVideoGenerationRequest,
)
from generations.sandbox import creates, rates, sizes
from generations.sandbox.store import NewGeneration, Row
from tests.luma.sources import Source

RATIOS = sizes.ASPECT_RATIOS
RESOLUTIONS = tuple(sizes.RESOLUTION_SCALES)
VIDEO_MODELS = ("ray-2", "ray-flash-2")
IMAGE_MODELS = ("photon-1", "photon-flash-1")
SOMEWHERE = {"url": "http://127.0.0.1:9/a"}


def row(new: NewGeneration) -> Row:
    """A generation as it would be stored, completed."""
    fields: dict[str, Any] = {**vars(new), "width": new.size[0], "height": new.size[1]}
    del fields["size"], fields["cents"]
    unset = ("failure_reason", "dreaming_at", "outcome", "due_at", "deleted_at")
    nothing: dict[str, Any] = dict.fromkeys(unset)
    return Row(
        **fields, **nothing, seq=1, state="completed", created_at=0.0, inputs_ready=True, files={}
    )


@dataclass
class Holding:
    """A source of one generation."""

    row: Row | None = None

    def find(self, generation_id: str) -> Row | None:
        return self.row


def same(cents: float, operation: str, request: Any, **source: Any) -> None:
    """Both price the request alike, to a micro-dollar."""
    micros = pricing.price(operation, request, source=Source(**source)).micros
    assert micros is not None
    assert round(cents * 10_000) == pytest.approx(micros, abs=1)


def clip(**fields: Any) -> NewGeneration:
    request = GenerationRequest.model_validate({"model": "ray-2", "prompt": "a lake"} | fields)
    return creates.video(request, Holding())


@pytest.mark.parametrize("model", VIDEO_MODELS)
def test_videos_cost_the_same_on_both_sides(model: str) -> None:
    for ratio, resolution, duration in product(RATIOS, RESOLUTIONS, ("5s", "9s")):
        fields = {"aspect_ratio": ratio, "resolution": resolution, "duration": duration}
        request = GenerationRequest.model_validate({"model": model, "prompt": "a lake"} | fields)
        same(creates.video(request, Holding()).cents, "video", request)


def test_what_is_left_out_is_priced_alike() -> None:
    request = GenerationRequest.model_validate({"model": "ray-2", "prompt": "a lake"})
    same(creates.video(request, Holding()).cents, "video", request)


@pytest.mark.parametrize(
    ("resolution", "dollars"),
    [("540p", (0.40, 0.72)), ("720p", (0.71, 1.27)), ("1080p", (0.86, 1.54)), ("4k", (0.96, 1.72))],
)
def test_videos_cost_what_the_published_table_says(
    resolution: str, dollars: tuple[float, float]
) -> None:
    for duration, expected in zip(("5s", "9s"), dollars, strict=True):
        cents = clip(resolution=resolution, duration=duration).cents
        assert round(cents / 100, 2) == expected


@pytest.mark.parametrize("model", IMAGE_MODELS)
@pytest.mark.parametrize("ratio", RATIOS)
def test_images_cost_the_same_on_both_sides(model: str, ratio: str) -> None:
    made = ImageGenerationRequest.model_validate(
        {"model": model, "prompt": "a lake", "aspect_ratio": ratio}
    )
    same(creates.image(made).cents, "image", made)
    reframed = ReframeImageRequest.model_validate(
        {
            "generation_type": "reframe_image",
            "model": model,
            "aspect_ratio": ratio,
            "media": SOMEWHERE,
        }
    )
    same(creates.reframe_image(reframed).cents, "reframe_image", reframed)


@pytest.mark.parametrize("model", VIDEO_MODELS)
@pytest.mark.parametrize("seconds", [2.5, 5.0, 9.875])
def test_reframed_and_modified_videos_settle_at_the_same_price(model: str, seconds: float) -> None:
    size = (960, 540)
    source = {"width": size[0], "height": size[1], "seconds": seconds}
    reframe = ReframeVideoRequest.model_validate(
        {
            "generation_type": "reframe_video",
            "model": model,
            "aspect_ratio": "4:3",
            "media": SOMEWHERE,
        }
    )
    new = creates.reframe_video(reframe)
    same(
        creates.settled_cents(row(new), seconds, new.size) or 0, "reframe_video", reframe, **source
    )
    modify = ModifyVideoRequest.model_validate(
        {"generation_type": "modify_video", "model": model, "mode": "flex_1", "media": SOMEWHERE}
    )
    new = creates.modify_video(modify)
    same(creates.settled_cents(row(new), seconds, size) or 0, "modify_video", modify, **source)


@pytest.mark.parametrize(("source", "target"), list(rates.UPSCALE_CENTS_PER_SECOND))
def test_upscales_cost_the_same_on_both_sides(source: str, target: str) -> None:
    video = row(clip(resolution=source, duration="9s"))
    request = UpscaleVideoGenerationRequest.model_validate({"resolution": target})
    new = creates.upscale_video(request, Holding(video), video.id)
    same(new.cents, "upscale_video", request, resolution=source, seconds=9)
    assert new.size == sizes.video_size("16:9", target)


def test_audio_costs_the_same_on_both_sides() -> None:
    video = row(clip(duration="9s"))
    request = AudioGenerationRequest.model_validate({"prompt": "rain"})
    same(creates.add_audio(request, Holding(video), "x").cents, "add_audio", request, seconds=9)


def test_sizes_agree_with_luma() -> None:
    for ratio in RATIOS:
        assert sizes.image_size(ratio) == pricing.image_size(ratio)
        for resolution in RESOLUTIONS:
            size = sizes.video_size(ratio, resolution)
            assert size == pricing.video_size(ratio, resolution)


@pytest.mark.parametrize("ratio", RATIOS)
def test_an_upscaled_size_is_the_size_of_its_resolution(ratio: str) -> None:
    for source, target in rates.UPSCALE_CENTS_PER_SECOND:
        size = sizes.video_size(ratio, source)
        assert sizes.upscaled(size, source, target) == sizes.video_size(ratio, target)


@pytest.mark.parametrize("ratio", RATIOS)
def test_a_size_has_the_nearest_resolution(ratio: str) -> None:
    for resolution in RESOLUTIONS:
        assert sizes.nearest_resolution(sizes.video_size(ratio, resolution)) == resolution
    assert sizes.nearest_resolution((640, 360)) == "540p"
    assert sizes.nearest_resolution((1920, 800)) == "1080p"
