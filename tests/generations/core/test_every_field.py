"""Every operation and every request field: from the form's post to the API and its echo."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from generations import tasks
from generations.luma import schema
from generations.luma.schema.requests import RequestSchema
from generations.models import Generation, Kind, State
from generations.recipes.kinds import KINDS
from studio.accounts.models import User
from studio.teams.access import Seat
from studio.teams.models import Team
from tests.generations.core.conftest import Queue, attempt_of, fresh, press, shot
from tests.generations.core.wire import ORIGIN, Wire
from tests.generations.making import press_at_its_price

pytestmark = pytest.mark.django_db

A, B, FOOTAGE = f"{ORIGIN}/a.png", f"{ORIGIN}/b.png", f"{ORIGIN}/a.mp4"
IMAGE_A, IMAGE_B = {"type": "image", "url": A}, {"type": "image", "url": B}
VIDEO = {
    "model": "ray-flash-2",
    "aspect_ratio": "9:16",
    "resolution": "1080p",
    "duration": "9s",
    "concepts": ["push_in", "low_angle"],
}
SENT = {**VIDEO, "concepts": [{"key": "push_in"}, {"key": "low_angle"}]}
PLACE = {
    "grid_position_x": 10,
    "grid_position_y": 20,
    "x_start": 10,
    "x_end": 650,
    "y_start": 20,
    "y_end": 380,
    "resized_width": 640,
    "resized_height": 360,
}
DEFAULTS = {"loop": False, "sync": False, "sync_timeout": 60.0}
"""What the echo says of fields that nobody gave."""

BY_STUDIO = {"callback_url", "generation_type"}
"""Fields that no control gives."""

CASES: dict[Kind, tuple[dict[str, Any], dict[str, Any]]] = {
    Kind.TEXT_TO_VIDEO: ({**VIDEO, "loop": "on"}, {**SENT, "loop": True}),
    Kind.IMAGE_TO_VIDEO: (
        {**VIDEO, "loop": "on", "start_frame": f"url:{A}"},
        {**SENT, "loop": True, "keyframes": {"frame0": IMAGE_A}},
    ),
    Kind.KEYFRAMES: (
        {**VIDEO, "start_frame": f"url:{A}", "end_frame": f"url:{B}"},
        {**SENT, "keyframes": {"frame0": IMAGE_A, "frame1": IMAGE_B}},
    ),
    Kind.EXTEND: ({**VIDEO, "start_frame": "clip"}, {**SENT, "keyframes": {"frame0": "clip"}}),
    Kind.EXTEND_BACKWARDS: (
        {**VIDEO, "end_frame": "clip"},
        {**SENT, "keyframes": {"frame1": "clip"}},
    ),
    Kind.BRIDGE: (
        {**VIDEO, "start_frame": "clip", "end_frame": f"url:{B}"},
        {**SENT, "keyframes": {"frame0": "clip", "frame1": IMAGE_B}},
    ),
    Kind.MODIFY_VIDEO: (
        {
            "model": "ray-flash-2",
            "mode": "reimagine_2",
            "source": f"url:{FOOTAGE}",
            "first_frame": f"url:{A}",
        },
        {
            "model": "ray-flash-2",
            "mode": "reimagine_2",
            "media": {"url": FOOTAGE},
            "first_frame": {"url": A},
        },
    ),
    Kind.REFRAME_VIDEO: (
        {
            **PLACE,
            "model": "ray-2",
            "aspect_ratio": "16:9",
            "source": f"url:{FOOTAGE}",
            "first_frame": f"url:{A}",
        },
        {
            **PLACE,
            "model": "ray-2",
            "aspect_ratio": "16:9",
            "media": {"url": FOOTAGE},
            "first_frame": {"url": A},
        },
    ),
    Kind.UPSCALE: ({"source": "clip", "resolution": "4k"}, {"resolution": "4k"}),
    Kind.ADD_AUDIO: (
        {"source": "clip", "negative_prompt": "wind"},
        {"negative_prompt": "wind"},
    ),
    Kind.IMAGE: (
        {
            "model": "photon-flash-1",
            "aspect_ratio": "3:4",
            "format": "png",
            "image_ref": [f"url:{A}", f"url:{B}"],
            "image_ref_weight": ["0.2", "0.95"],
            "style_ref": f"url:{B}",
            "style_ref_weight": "0.5",
            "character_ref": [f"url:{A}", f"url:{B}"],
            "modify_image_ref": f"url:{A}",
            "modify_image_ref_weight": "0.35",
        },
        {
            "model": "photon-flash-1",
            "aspect_ratio": "3:4",
            "format": "png",
            "image_ref": [{"url": A, "weight": 0.2}, {"url": B, "weight": 0.95}],
            "style_ref": [{"url": B, "weight": 0.5}],
            "character_ref": {"identity0": {"images": [A, B]}},
            "modify_image_ref": {"url": A, "weight": 0.35},
        },
    ),
    Kind.REFRAME_IMAGE: (
        {
            **PLACE,
            "model": "photon-1",
            "aspect_ratio": "16:9",
            "format": "png",
            "source": f"url:{A}",
        },
        {
            **PLACE,
            "model": "photon-1",
            "aspect_ratio": "16:9",
            "format": "png",
            "media": {"url": A},
        },
    ),
}


@pytest.fixture
def clip(
    seat: Seat, wire: Wire, tmp_path: Path, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> Generation:
    """A finished video that the API knows; pasted addresses are taken without asking the net."""
    monkeypatch.setattr("generations.recipes.inputs.address_problem", lambda url: None)
    made = press(seat, shot())[0]
    tasks.submit_generation(made.pk)
    Generation.objects.filter(pk=made.pk).update(state=State.COMPLETED)
    database = sqlite3.connect(tmp_path / "sandbox" / "sandbox.sqlite3")
    with database:
        database.execute("update generations set state = 'completed'")
    database.close()
    return fresh(made, State.COMPLETED)


@pytest.mark.parametrize("kind", list(KINDS))
def test_form_to_echo(client: Client, team: Team, ed: User, clip: Generation, kind: Kind) -> None:
    given, wanted = CASES[kind]
    remote_id = attempt_of(clip).remote_id
    given = {
        name: f"generation:{clip.uuid}" if value == "clip" else value
        for name, value in given.items()
    }
    if "keyframes" in wanted:
        known = {"type": "generation", "id": remote_id}
        frames = {k: known if v == "clip" else v for k, v in wanted["keyframes"].items()}
        wanted = {**wanted, "keyframes": frames}
    data = {"kind": kind, **given, "prompt": "A calm lake"}
    made = press_at_its_price(client, team, ed, data)
    assert made.kind == kind
    tasks.submit_generation(made.pk)
    fresh(made, State.DREAMING)
    answer = attempt_of(made).response
    assert answer is not None
    echo = said(answer["request"])
    assert echo.pop("callback_url").startswith("http://studio.test/")
    assert echo.pop("generation_type") == KINDS[kind].operation
    if KINDS[kind].takes_prompt:
        assert echo.pop("prompt") == "A calm lake"
    defaults = {name: value for name, value in DEFAULTS.items() if name in echo}
    assert echo == {**defaults, **wanted}


def said(part: Any) -> Any:
    """What the API was told: its echo without the fields that nobody gave."""
    if isinstance(part, list):
        return [said(one) for one in part]
    if isinstance(part, dict):
        return {name: said(one) for name, one in part.items() if one is not None}
    return part


def test_no_field_of_any_request_is_left_out() -> None:
    requests: dict[type[RequestSchema], list[Kind]] = {
        schema.GenerationRequest: [Kind.TEXT_TO_VIDEO, Kind.BRIDGE],
        schema.ImageGenerationRequest: [Kind.IMAGE],
        schema.ModifyVideoRequest: [Kind.MODIFY_VIDEO],
        schema.ReframeVideoRequest: [Kind.REFRAME_VIDEO],
        schema.ReframeImageRequest: [Kind.REFRAME_IMAGE],
        schema.UpscaleVideoGenerationRequest: [Kind.UPSCALE],
        schema.AudioGenerationRequest: [Kind.ADD_AUDIO],
    }
    in_own_slot = {"sync", "sync_timeout"}
    for request, kinds in requests.items():
        shown = {name for kind in kinds for name in CASES[kind][1]} | {"prompt"}
        missing = set(request.model_fields) - shown - BY_STUDIO - in_own_slot
        assert missing == set(), request.__name__
