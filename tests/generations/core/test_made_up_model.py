"""A made-up model with a resolution of its own: what a new model touches, and nothing else.

It is put into the table of models, the rates, the schema's enum and the sandbox's own tables.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client

from generations import tasks
from generations.luma import model_table, pricing
from generations.luma.capabilities import CAPABILITIES
from generations.luma.model_table import LumaModel, ModelOffer, ModelTable, Operation, Resolution
from generations.luma.schema import GenerationRequest, VideoModel
from generations.models import Generation, Kind, State
from generations.pages.generation import ShownGeneration
from generations.recipes.choice import InputChoice
from generations.recipes.draft import Draft
from generations.recipes.kinds import FRAME_KINDS, KINDS, FoundInput
from generations.recipes.kinds.slots import CLIP, VIDEO
from generations.sandbox import creates
from generations.sandbox import rates as sandbox_rates
from generations.sandbox import sizes as sandbox_sizes
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.core.conftest import attempt_of, fresh
from tests.generations.core.wire import Wire
from tests.generations.making import of_team, press, press_at_its_price, step, text

pytestmark = pytest.mark.django_db

KNOWN = model_table.MODELS
NAME, LABEL = "ray-9", "Ray 9"
LARGEST = Resolution("8k", Fraction(6))
OWN = ModelOffer(
    aspect_ratios=("16:9", "9:16"),
    resolutions=(Resolution("720p", Fraction(1)), LARGEST),
    durations=(5, 12),
)
ROW = LumaModel(
    NAME,
    label=LABEL,
    rates="ray-9-rates",
    offers={Operation.VIDEO: OWN, Operation.MODIFY_VIDEO: ModelOffer(longest_source=20)},
)
MEGAPIXEL, LARGE = Decimal("0.01"), Decimal("0.20")
"""Dollars per million pixels, and those per second that 8k adds."""

BASE = 1280 * 720 * 24
"""Pixels of a second at 720p, 16:9."""

MICROS = round(5 * (BASE * MEGAPIXEL + LARGE * 1_000_000))
"""Micro-dollars of 5 s at 8k."""

SHOT = {"model": NAME, "aspect_ratio": "16:9", "resolution": "8k", "duration": "5s"}


class LongerEnum(StrEnum):
    """`VideoModel` with one line more."""

    RAY_2 = VideoModel.RAY_2
    RAY_FLASH_2 = VideoModel.RAY_FLASH_2
    RAY_9 = NAME


def source(kind: Kind, counts_as: str, width: int, height: int, seconds: float) -> FoundInput:
    """A source of these pixels and seconds."""
    slot = KINDS[kind].slot("source")
    assert slot is not None
    choice = InputChoice("source")
    return FoundInput(slot, choice, counts_as, width=width, height=height, seconds=seconds)


@pytest.fixture
def ray_9() -> Iterator[None]:
    """The model, in the places that a new model touches."""
    rates = pricing.default_rates()
    with pytest.MonkeyPatch.context() as here:
        here.setattr(model_table, "MODELS", ModelTable((*KNOWN.rows, ROW)))
        here.setitem(rates.per_megapixel["create"], ROW.rates, MEGAPIXEL)
        here.setitem(rates.per_second["large"], LARGEST.name, LARGE)
        here.setattr(GenerationRequest.model_fields["model"], "annotation", LongerEnum)
        GenerationRequest.model_rebuild(force=True)
        for table, key, value in (
            (sandbox_rates.CENTS_PER_MEGAPIXEL, NAME, 1.0),
            (sandbox_rates.ADDED_CENTS_PER_SECOND, LARGEST.name, 20.0),
            (sandbox_sizes.RESOLUTION_SCALES, LARGEST.name, 6.0),
            (sandbox_sizes.DURATION_SECONDS, "12s", 12),
            (creates.MODIFY_SECONDS, NAME, 20),
        ):
            here.setitem(table, key, value)
        yield
    GenerationRequest.model_rebuild(force=True)


def options(body: str, name: str) -> dict[str, tuple[str, str]]:
    """The label and the models of every choice in a list of the page, by its value."""
    rows = body.split(f'<select class="setting__select" name="{name}"')[1].split("</select>")[0]
    found = re.findall(
        r'<option value="([^"]*)"(?: data-models="([^"]*)")? (?:selected)?>([^<]*)<', rows
    )
    return {value: (label, models) for value, models, label in found}


def problem(body: str, name: str) -> str:
    """The sentence at a field."""
    found = re.search(rf'id="composer-\w+-{name}-error">([^<]*)<', body)
    return found.group(1) if found else ""


def price_of(settings: dict[str, Any]) -> int | None:
    entry = KINDS[Kind.TEXT_TO_VIDEO]
    return entry.price({**entry.defaults, **settings}).micros


def prices_of_others() -> list[int | None]:
    """Every price of the models that are known, over all their settings."""
    entry = KINDS[Kind.TEXT_TO_VIDEO]
    return [
        price_of({"model": model, "aspect_ratio": ratio, "resolution": tier, "duration": length})
        for model in ("ray-2", "ray-flash-2")
        for ratio, _ in entry.choices("aspect_ratio")
        for tier in ("540p", "720p", "1080p", "4k")
        for length in ("5s", "9s")
    ]


def test_the_form_offers_it_with_its_own_choices(
    client: Client, team: Team, ed: User, ray_9: None
) -> None:
    client.force_login(ed)
    body = text(client.get(of_team("create", team)))
    assert options(body, "model") == {
        "ray-2": ("Ray 2", ""),
        "ray-flash-2": ("Ray Flash 2", ""),
        NAME: (LABEL, ""),
    }
    others = "ray-2 ray-flash-2"
    assert options(body, "resolution") == {
        "540p": ("540p", others),
        "720p": ("720p", ""),
        "1080p": ("1080p", others),
        "4k": ("4k", others),
        "8k": ("8k", NAME),
    }
    assert options(body, "duration") == {
        "5s": ("5 s", ""),
        "9s": ("9 s", others),
        "12s": ("12 s", NAME),
    }
    assert options(body, "aspect_ratio")["21:9"] == ("21:9", others)
    assert len(options(body, "aspect_ratio")) == 7
    reframe = text(client.get(of_team("create", team), {"kind": "reframe_video"}))
    assert NAME not in options(reframe, "model"), "it does not have that operation"
    assert NAME in options(text(client.get(of_team("create", team), {"kind": "bridge"})), "model")


def test_a_chain_offers_it(client: Client, team: Team, ed: User, ray_9: None) -> None:
    client.force_login(ed)
    body = text(client.get(of_team("chain_new", team)))
    assert f'<option value="{NAME}" >{LABEL}</option>' in body
    assert f'<option value="8k" data-models="{NAME}" >8k</option>' in body


def test_without_it_no_choice_names_models(client: Client, team: Team, ed: User) -> None:
    client.force_login(ed)
    for kind in KINDS:
        assert "data-models" not in text(client.get(of_team("create", team), {"kind": kind}))
    assert "data-models" not in text(client.get(of_team("chain_new", team)))


def test_its_price_stands_on_the_button(client: Client, team: Team, ed: User, ray_9: None) -> None:
    body = text(step(client, team, ed, **SHOT))
    assert f"<span>Generate ≈ ${MICROS / 1_000_000:.2f}</span>" in body
    assert f'name="quoted" value="{MICROS}"' in body


def test_a_press_reaches_the_api_and_is_accepted_at_that_price(
    client: Client, team: Team, ed: User, wire: Wire, ray_9: None
) -> None:
    data = {"kind": "text_to_video", "prompt": "A quiet harbour", **SHOT}
    made = press_at_its_price(client, team, ed, data)
    assert (made.model, made.resolution, made.quote_micros) == (NAME, "8k", MICROS)
    tasks.submit_generation(made.pk)
    fresh(made, State.DREAMING)
    assert attempt_of(made).remote_id in wire.ids()
    assert [(sent["model"], sent["resolution"]) for sent in wire.creates()] == [(NAME, "8k")]
    (charge,) = [row for row in wire.sandbox.truth()["ledger"] if row["generation_id"]]
    assert charge["cents"] == pytest.approx(-MICROS / 10_000, abs=0.001)
    assert ShownGeneration(fresh(made)).details == [LABEL, "8k"]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"model": "ray-2"},
            "resolution",
            "Ray 2 has no 8k; choose 540p, 720p, 1080p or 4k.",
        ),
        ({"resolution": "4k"}, "resolution", "Ray 9 has no 4k; choose 720p or 8k."),
        ({"duration": "9s"}, "duration", "Ray 9 has no 9 s; choose 5 s or 12 s."),
        ({"aspect_ratio": "1:1"}, "aspect_ratio", "Ray 9 has no 1:1; choose 16:9 or 9:16."),
        ({"resolution": "16k"}, "resolution", "Choose 540p, 720p, 1080p, 4k or 8k."),
        ({"duration": "7s"}, "duration", "5 s, 9 s or 12 s."),
    ],
)
def test_what_a_model_does_not_have_is_refused_at_its_field(
    client: Client,
    team: Team,
    ed: User,
    ray_9: None,
    changes: dict[str, str],
    field: str,
    sentence: str,
) -> None:
    body = text(press(client, team, ed, **{**SHOT, **changes}))
    assert problem(body, field) == sentence
    assert not Generation.objects.exists()
    assert price_of({**SHOT, **changes}) is None


def test_a_draft_keeps_a_choice_that_another_model_has(ray_9: None) -> None:
    draft = Draft(settings={**SHOT, "model": "ray-2"})
    assert draft.values["resolution"] == "8k"
    assert draft.replaced_settings() == []


def test_a_longer_source_leads_to_it(ray_9: None) -> None:
    entry = KINDS[Kind.MODIFY_VIDEO]

    def said(model: str, seconds: float) -> str | None:
        contents = {"source": [source(Kind.MODIFY_VIDEO, VIDEO, 1280, 720, seconds)]}
        return entry.problems({**entry.defaults, "model": model}, {}, contents, {}).get("source")

    assert said("ray-2", 12) == "Ray 2 takes up to 10 s; choose Ray Flash 2 (15 s) or trim."
    assert said("ray-2", 18) == "Ray 2 takes up to 10 s; choose Ray 9 (20 s) or trim."
    assert said(NAME, 18) is None
    assert said(NAME, 21) == "It is 21 s long; Ray 9 takes up to 20 s. Trim it."


def test_prices_of_other_models_stay(ray_9: None) -> None:
    with pytest.MonkeyPatch.context() as here:
        here.setattr(model_table, "MODELS", KNOWN)
        before = prices_of_others()
    assert prices_of_others() == before
    assert None not in before


@pytest.mark.parametrize("missing", ["model", "resolution"])
def test_without_its_rate_the_price_is_unknown(
    client: Client, team: Team, ed: User, ray_9: None, missing: str
) -> None:
    rates = pricing.default_rates()
    if missing == "model":
        del rates.per_megapixel["create"][ROW.rates]  # type: ignore[attr-defined]
    else:
        del rates.per_second["large"][LARGEST.name]  # type: ignore[attr-defined]
    assert price_of(SHOT) is None
    assert "<span>Generate price unknown</span>" in text(step(client, team, ed, **SHOT))


def test_pixels_follow_from_its_scale(ray_9: None) -> None:
    assert pricing.video_size("16:9", "8k") == (7680, 4320)
    assert sandbox_sizes.video_size("16:9", "8k") == (7680, 4320)


def test_upscaling_stays_as_it_is(ray_9: None) -> None:
    entry = KINDS[Kind.UPSCALE]
    assert [value for value, _ in entry.choices("resolution")] == ["720p", "1080p", "4k"]
    contents = {"source": [source(Kind.UPSCALE, CLIP, 7680, 4320, 5.0)]}
    assert entry.problems({"resolution": "4k"}, {}, contents, {}) == {
        "resolution": "Already 8k. Choose a larger one."
    }


def test_capabilities_have_it(ray_9: None) -> None:
    assert CAPABILITIES[Operation.VIDEO].models == ("ray-2", "ray-flash-2", NAME)
    assert CAPABILITIES[Operation.VIDEO].durations == ("5s", "9s", "12s")
    assert CAPABILITIES[Operation.REFRAME_VIDEO].models == ("ray-2", "ray-flash-2")
    assert CAPABILITIES[Operation.MODIFY_VIDEO].source_seconds[NAME] == 20
    assert all(NAME in dict(KINDS[kind].choices("model")) for kind in FRAME_KINDS)
