"""The table of kinds walked against the sandbox's rules: what the form allows, the API takes."""

import itertools
import re
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from generations.luma.capabilities import CAPABILITIES
from generations.luma.concepts import CAMERA_KEYS
from generations.luma.model_table import Operation
from generations.models import Kind
from generations.recipes.check import prompt_problems
from generations.recipes.choice import InputChoice
from generations.recipes.kinds import FRAME_KINDS, KINDS, ApiInput, FoundInput, KindEntry, Slot
from generations.recipes.kinds.requests import source_id
from generations.recipes.kinds.settings import GEOMETRY
from generations.recipes.kinds.slots import CLIP, IMAGE, VIDEO
from generations.sandbox.creates import MODIFY_SECONDS, REFRAME_SECONDS
from generations.sandbox.options import Options
from generations.sandbox.service import Sandbox

PICTURE = "https://example.com/a.png"
FOOTAGE = "https://example.com/a.mp4"
TIERS = ("540p", "720p", "1080p", "4k")
RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21")
PROMPTS = ("", "hi", "a calm lake at dawn", "x" * 5001)
PATHS = {
    Operation.VIDEO: "/generations/video",
    Operation.IMAGE: "/generations/image",
    Operation.MODIFY_VIDEO: "/generations/video/modify",
    Operation.REFRAME_VIDEO: "/generations/video/reframe",
    Operation.REFRAME_IMAGE: "/generations/image/reframe",
    Operation.UPSCALE_VIDEO: "/generations/{id}/upscale",
    Operation.ADD_AUDIO: "/generations/{id}/audio",
}


class Api:
    """An idle sandbox and finished videos in it, one for each resolution."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.clips: dict[str, str] = {}
        self.asked = self.refused = 0

    def answer(self, path: str, body: dict[str, Any]) -> httpx.Response:
        self.asked += 1
        answer = self.client.post(f"/dream-machine/v1{path}", json=body)
        self.refused += answer.status_code >= 400
        return answer


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    sandbox = Sandbox(
        Options(directory=tmp_path, pace=0, limits=False, credits=10**9), origin="http://sandbox"
    )
    transport = httpx.WSGITransport(app=sandbox)
    headers = {"Authorization": "Bearer sandbox"}
    with httpx.Client(transport=transport, base_url="http://sandbox", headers=headers) as client:
        found = Api(client)
        for tier in TIERS:
            body = {"prompt": "a lake", "model": "ray-2", "resolution": tier}
            found.clips[tier] = found.answer("/generations/video", body).json()["id"]
        database = sqlite3.connect(tmp_path / "sandbox.sqlite3")
        with database:
            database.execute("update generations set state = 'completed'")
        database.close()
        yield found
    sandbox.close()


def found(kind: str, tier: str | None = None, size: tuple[int, int] | None = None) -> FoundInput:
    """An input of a slot that accepts everything."""
    width, height = size or (None, None)
    slot = Slot("source", "Source", accepts=(IMAGE, CLIP, VIDEO))
    measured = {"width": width, "height": height, "seconds": 5.0 if size else None}
    return FoundInput(slot, InputChoice("source"), kind, resolution=tier, **measured)  # type: ignore[arg-type]


def lying(kind: str | None, tier: str = "720p") -> list[FoundInput]:
    return [found(kind, tier, (1280, 720))] if kind else []


def filled(api: Api, entry: KindEntry, contents: Mapping[str, list[FoundInput]]) -> dict[str, Any]:
    """The same contents as the API wants them."""
    slots: dict[str, list[ApiInput]] = {}
    for name, some in contents.items():
        slot = entry.slot(name)
        weight = slot.weight if slot else None
        for one in some:
            by_id = one.kind == CLIP
            whole: ApiInput = {"id": api.clips[one.resolution or "720p"]}
            address: ApiInput = {"url": FOOTAGE if one.kind == VIDEO else PICTURE}
            address |= {} if weight is None else {"weight": weight}
            slots.setdefault(name, []).append(whole if by_id else address)
    return slots


REASONS = (
    (r"Prompt is too short", "prompt", "At least 3 characters."),
    (r"Prompt is too long", "prompt", "5,000 is the most Luma accepts"),
    (r"Prompt is required", "prompt", "rite a prompt|Say what happens"),
    (r"Invalid (\w+) '", r"\1", ""),
    (r"(\w+) must be between", r"\1", r"^Between |^16.8192|whole number|edge must be"),
    (r"(\w+) must be greater than", r"\1", "edge must be"),
    (r"(\w+)(?:\.identity0)?: at most 4", r"\1", "Four at most."),
    (r"Loop is not supported for end frame|.* extend reverse", "loop", "with an end frame"),
    (r"Loop is not supported", "loop", "with two frames"),
    (r"Cannot upscale", "resolution", "^Already |^Choose 540p"),
    (r"Unknown concept", "concepts", "no longer offered|Choose"),
)
"""What the API says, and at which setting or slot the form says it, in which words."""


def same_reason(said: str, problems: Mapping[str, str]) -> bool:
    """Whether the form names what the API names, where it names it.

    What lies at the ends makes the kind: where they are those of another kind, the form says so,
    and the rest is that one's.
    """
    if {"start_frame", "end_frame"} & problems.keys():
        return True
    for pattern, name, words in REASONS:
        found = re.match(pattern, said)
        if found:
            at = found.expand(name)
            return at in problems and re.search(words, problems[at]) is not None
    return False


@pytest.mark.parametrize(
    ("said", "problems"),
    [
        ("Prompt is too short, minimum length is 3 characters", {"loop": "At least 3 characters."}),
        ("Invalid duration '7s', must be one of: 5s, 9s", {"resolution": "Choose 540p."}),
        ("Something new", {"prompt": "Write a prompt."}),
    ],
)
def test_another_reason_is_noticed(said: str, problems: dict[str, str]) -> None:
    assert not same_reason(said, problems)


def disagreement(
    api: Api, kind: Kind, settings: dict[str, Any], contents: Mapping[str, list[FoundInput]]
) -> str:
    """What is wrong where the form allows what the API refuses, or has another reason."""
    entry = KINDS[kind]
    given = {**entry.defaults, **settings}
    prompts = (str(given.get("prompt", "")),)
    values, unread = entry.read(given)
    offered = {"concepts": CAMERA_KEYS}
    problems = entry.problems({**given, **values}, unread, contents, offered)
    problems |= prompt_problems(entry, prompts, contents)
    if any(slot in problems and not contents.get(slot) for slot in ("source",)):
        return ""
    slots = filled(api, entry, contents)
    try:
        request = entry.request(given, slots)
    except ValidationError as error:
        return "" if problems else f"{kind} {settings}: {error}"
    path = PATHS[Operation(entry.operation)].format(id=source_id(slots))
    answer = api.answer(path, request.wire())
    if answer.status_code >= 400 and not same_reason(answer.json()["detail"], problems):
        return f"{kind} {settings} {contents}: {answer.text}, and here {problems}"
    return ""


def walk(api: Api, kind: Kind, settings: Mapping[str, Any], **slots: Any) -> list[str]:
    """Every combination of the given values and contents."""
    found = []
    for values in itertools.product(*settings.values()):
        for some in itertools.product(*slots.values()):
            contents = dict(zip(slots, some, strict=True))
            found.append(
                disagreement(api, kind, dict(zip(settings, values, strict=True)), contents)
            )
    return [one for one in found if one]


ENDS = [lying(None), lying(IMAGE), lying(CLIP)]


@pytest.mark.parametrize("kind", FRAME_KINDS)
def test_ends_loops_and_prompts(api: Api, kind: Kind) -> None:
    wanted = {"loop": (False, True), "prompt": PROMPTS}
    assert walk(api, kind, wanted, start_frame=ENDS, end_frame=ENDS) == []
    assert api.refused > 10, "the sandbox refuses some of these, so the walk can fail"


@pytest.mark.parametrize("kind", FRAME_KINDS)
def test_models_ratios_lengths_and_resolutions(api: Api, kind: Kind) -> None:
    wanted = {
        "prompt": ("a calm lake at dawn",),
        "model": ("ray-2", "ray-flash-2", "ray-1-6"),
        "resolution": (*TIERS, "8k"),
        "duration": ("5s", "9s", "7s"),
    }
    start = [lying(IMAGE if kind in (Kind.IMAGE_TO_VIDEO, Kind.KEYFRAMES) else None)]
    if kind in (Kind.EXTEND, Kind.BRIDGE):
        start = [lying(CLIP)]
    end = [lying({Kind.KEYFRAMES: IMAGE, Kind.EXTEND_BACKWARDS: CLIP, Kind.BRIDGE: CLIP}.get(kind))]
    assert walk(api, kind, wanted, start_frame=start, end_frame=end) == []
    assert api.asked - api.refused >= 20, "all lengths and resolutions of both models were taken"


@pytest.mark.parametrize("ratio", [*RATIOS, "2:1"])
def test_ratios_of_every_kind_that_has_one(api: Api, ratio: str) -> None:
    wrong = []
    for kind, entry in KINDS.items():
        if "aspect_ratio" in entry.setting_names and kind not in FRAME_KINDS[1:]:
            media = IMAGE if kind == Kind.REFRAME_IMAGE else VIDEO
            slots = {"source": [lying(media)]} if entry.slot("source") else {}
            wanted = {"aspect_ratio": (ratio,), "prompt": ("a calm lake",)}
            wrong += walk(api, kind, wanted, **slots)
    assert wrong == []


def test_every_pair_of_an_upscale(api: Api) -> None:
    sources = [lying(CLIP, tier) for tier in TIERS]
    assert walk(api, Kind.UPSCALE, {"resolution": TIERS}, source=sources) == []
    assert api.refused >= 6


def test_camera_moves_one_by_one_and_together(api: Api) -> None:
    keys = [key for key, _ in KINDS[Kind.TEXT_TO_VIDEO].choices("concepts")]
    wanted = {"prompt": ("a lake",), "concepts": [[key] for key in keys] + [keys, ["moonwalk"]]}
    assert len(keys) == 34
    assert walk(api, Kind.TEXT_TO_VIDEO, wanted) == []
    assert api.refused == 1


def test_images_references_and_formats(api: Api) -> None:
    several = [[found(IMAGE)] * count for count in (0, 1, 4, 5)]
    one = [[], [found(IMAGE)]]
    wanted = {
        "prompt": PROMPTS,
        "model": ("photon-1", "photon-flash-1", "ray-2"),
        "format": ("jpg", "png"),
    }
    references = {"image_ref": several, "style_ref": one, "character_ref": several}
    assert walk(api, Kind.IMAGE, {"prompt": ("a lake",)}, **references) == []
    assert walk(api, Kind.IMAGE, wanted, modify_image_ref=one) == []
    assert api.refused > 10


def test_modes_and_models_of_a_restyled_video(api: Api) -> None:
    modes = (*(value for value, _ in KINDS[Kind.MODIFY_VIDEO].choices("mode")), "flex_4")
    wanted = {"mode": modes, "model": ("ray-2", "ray-flash-2"), "prompt": PROMPTS}
    first = [[], [found(IMAGE)]]
    assert walk(api, Kind.MODIFY_VIDEO, wanted, source=[lying(VIDEO)], first_frame=first) == []


@pytest.mark.parametrize("kind", [Kind.REFRAME_VIDEO, Kind.REFRAME_IMAGE])
def test_places_in_a_frame(api: Api, kind: Kind) -> None:
    wide, high = (1280, 720) if kind == Kind.REFRAME_VIDEO else (2048, 1152)
    sound = dict(zip(GEOMETRY, (0, 0, 0, wide, 0, high, wide, high), strict=True))
    media = VIDEO if kind == Kind.REFRAME_VIDEO else IMAGE
    wrong = []
    for name in GEOMETRY:
        for value in (-1, 0, 1, 16, 719, 720, 721, 1280, 1281, 2048, 2049, 9000, None):
            place = {**sound, name: value, "aspect_ratio": "16:9"}
            wrong.append(disagreement(api, kind, place, {"source": lying(media)}))
    assert [one for one in wrong if one] == []
    assert api.refused > 20
    assert api.asked - api.refused > 10


def test_prompts_of_sound(api: Api) -> None:
    wanted = {"prompt": PROMPTS, "negative_prompt": ("", "wind")}
    assert walk(api, Kind.ADD_AUDIO, wanted, source=[lying(CLIP)]) == []
    assert api.refused


def test_longest_sources_are_those_of_the_sandbox() -> None:
    for operation, seconds in (
        (Operation.MODIFY_VIDEO, MODIFY_SECONDS),
        (Operation.REFRAME_VIDEO, REFRAME_SECONDS),
    ):
        for model, most in seconds.items():
            assert CAPABILITIES[operation].longest_source(model) == most
