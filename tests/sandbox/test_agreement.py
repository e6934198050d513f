"""Sandbox and client were written apart from one contract: where both state a rule, they agree."""

from __future__ import annotations

from itertools import product

import pytest

from generations.luma.capabilities import BUILD_TIER as CLIENT_TIER
from generations.luma.capabilities import (
    CAPABILITIES,
    IMAGE_BYTES_MOST,
    VIDEO_BYTES_MOST,
    video_refusals,
)
from generations.luma.concepts import CAMERA_KEYS
from generations.luma.failures import advice_for_failure
from generations.luma.model_table import MODELS, Operation
from generations.luma.schema import GenerationRequest
from generations.sandbox import creates, rates, sizes
from generations.sandbox.fetching import MAX_BYTES
from generations.sandbox.lifecycle import FAILURE_REASONS
from generations.sandbox.limits import BUILD_TIER
from generations.sandbox.refusals import Refused
from generations.sandbox.rules import CONCEPTS
from generations.sandbox.store import Row

from .test_prices import Holding, clip, row

SOURCE = "00000000-0000-4000-8000-000000000000"
FRAMES = {
    None: None,
    "image": {"type": "image", "url": "http://127.0.0.1:9/a"},
    "generation": {"type": "generation", "id": SOURCE},
}


@pytest.fixture(scope="module")
def source() -> Row:
    return row(clip())


@pytest.mark.parametrize("prompt", [None, "", "ab", "abc", "a" * 5000, "a" * 5001])
@pytest.mark.parametrize("loop", [False, True])
def test_the_client_foresees_every_refusal_of_a_video(
    source: Row, prompt: str | None, loop: bool
) -> None:
    for frame0, frame1 in product(FRAMES, FRAMES):
        request = GenerationRequest.model_validate(
            {
                "model": "ray-2",
                "prompt": prompt,
                "loop": loop,
                "keyframes": {"frame0": FRAMES[frame0], "frame1": FRAMES[frame1]}
                if frame0 or frame1
                else None,
            }
        )
        foreseen = [sentence for _, sentence in video_refusals(request)]
        if foreseen:
            with pytest.raises(Refused) as refused:
                creates.video(request, Holding(source))
            assert refused.value.detail in foreseen
        else:
            assert creates.video(request, Holding(source)).cents > 0


def test_both_know_the_same_camera_concepts() -> None:
    assert frozenset(CONCEPTS) == CAMERA_KEYS
    assert len(CONCEPTS) == 34


def test_both_know_the_same_tier() -> None:
    for kind, tier in CLIENT_TIER.items():
        assert BUILD_TIER[str(kind)] == (tier.concurrent, tier.creates_per_minute)
    assert len(BUILD_TIER) == len(CLIENT_TIER)


@pytest.mark.parametrize("reason", FAILURE_REASONS)
def test_the_client_has_advice_for_every_failure_of_the_sandbox(reason: str) -> None:
    told = advice_for_failure(reason)
    assert told is not advice_for_failure("something never heard of")
    assert told.charged is False


def test_both_take_sources_of_the_same_length() -> None:
    for operation, limits in (
        (Operation.MODIFY_VIDEO, creates.MODIFY_SECONDS),
        (Operation.REFRAME_VIDEO, creates.REFRAME_SECONDS),
    ):
        assert CAPABILITIES[operation].source_seconds == limits


def test_both_have_the_same_models_and_choices() -> None:
    assert {row.name for row in MODELS.rows} == set(rates.CENTS_PER_MEGAPIXEL)
    assert list(CAPABILITIES[Operation.MODIFY_VIDEO].models) == [*rates.MODIFY_CENTS_PER_MEGAPIXEL]
    assert {name: float(scale) for name, scale in MODELS.scales.items()} == sizes.RESOLUTION_SCALES
    assert MODELS.seconds == sizes.DURATION_SECONDS
    for operation in (Operation.VIDEO, Operation.IMAGE):
        assert set(CAPABILITIES[operation].aspect_ratios) == set(sizes.ASPECT_RATIOS)
    targets = {target for _, target in rates.UPSCALE_CENTS_PER_SECOND}
    assert set(CAPABILITIES[Operation.UPSCALE_VIDEO].resolutions) == targets


def test_the_client_never_sends_more_bytes_than_the_sandbox_reads() -> None:
    assert MAX_BYTES["image"] >= IMAGE_BYTES_MOST
    assert MAX_BYTES["video"] >= VIDEO_BYTES_MOST
