"""The table of models, held to the contract, the rates and itself."""

from __future__ import annotations

from fractions import Fraction

import pytest

from generations.luma.model_table import (
    MODELS,
    LumaModel,
    ModelOffer,
    ModelTable,
    Operation,
    Resolution,
)
from generations.luma.pricing import default_rates, image_size, video_size
from generations.luma.schema import AspectRatio

OFFERS = [
    pytest.param(row, operation, offer, id=f"{row.name}-{operation}")
    for row in MODELS.rows
    for operation, offer in row.offers.items()
]


def test_names_and_labels_are_different() -> None:
    assert len({row.name for row in MODELS.rows}) == len(MODELS.rows)
    assert len({row.label for row in MODELS.rows}) == len(MODELS.rows)


@pytest.mark.parametrize(("row", "operation", "offer"), OFFERS)
def test_ratios_are_the_contracts_and_have_a_size(
    row: LumaModel, operation: Operation, offer: ModelOffer
) -> None:
    assert set(offer.aspect_ratios) <= set(AspectRatio)
    for ratio in offer.aspect_ratios:
        assert image_size(ratio) if "image" in operation else video_size(ratio, "720p")


@pytest.mark.parametrize(("row", "operation", "offer"), OFFERS)
def test_every_operation_has_a_rate(
    row: LumaModel, operation: Operation, offer: ModelOffer
) -> None:
    table = "modify" if operation is Operation.MODIFY_VIDEO else "create"
    assert default_rates().per_megapixel[table][row.rates] > 0


def test_every_large_resolution_has_a_rate() -> None:
    large = {name for name, scale in MODELS.scales.items() if scale > 1}
    assert large == set(default_rates().per_second["large"])


def test_a_resolution_has_the_same_scale_with_every_model() -> None:
    every = {
        one for row in MODELS.rows for offer in row.offers.values() for one in offer.resolutions
    }
    assert len({one.name for one in every}) == len(every)


def test_values_of_several_models_come_together_in_order() -> None:
    def row(name: str, *tiers: tuple[str, int], seconds: tuple[int, ...]) -> LumaModel:
        resolutions = tuple(Resolution(tier, Fraction(scale)) for tier, scale in tiers)
        offer = ModelOffer(("16:9",), resolutions, seconds)
        return LumaModel(name, name, name, {Operation.VIDEO: offer})

    table = ModelTable(
        (
            row("a", ("720p", 1), ("4k", 3), seconds=(12, 5)),
            row("b", ("2k", 2), ("8k", 6), seconds=(9,)),
        )
    )
    assert table.values(Operation.VIDEO, "resolution") == ("720p", "2k", "4k", "8k")
    assert table.values(Operation.VIDEO, "duration") == ("5s", "9s", "12s")
    assert table.values(Operation.VIDEO, "aspect_ratio") == ("16:9",)
    assert table.values(Operation.IMAGE, "aspect_ratio") == ()
    assert table.models_with(Operation.VIDEO, "resolution", "2k") == ("b",)
    assert table.offer("a", Operation.IMAGE) is None
    assert table.find("c") is None
