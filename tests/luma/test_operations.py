"""Each of the 13 operations goes to its method and path, with its body and the key, and nowhere
else."""

from __future__ import annotations

import inspect
import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from generations.luma.client import LumaClient
from generations.luma.errors import LumaError
from generations.luma.schema import (
    AspectRatio,
    AudioGenerationRequest,
    Concept,
    GenerationReference,
    GenerationRequest,
    ImageGenerationRequest,
    ImageModel,
    ImageReference,
    Keyframes,
    Media,
    ModifyVideoMode,
    ModifyVideoModel,
    ModifyVideoRequest,
    ReframeImageModels,
    ReframeImageRequest,
    ReframeVideoModels,
    ReframeVideoRequest,
    UpscaleVideoGenerationRequest,
    VideoModel,
)
from tests.luma.creating import ID, KEY
from tests.luma.faults import answers, closes_at_once, fault_server, http, http_json

CONTRACT = json.loads(Path(__file__).with_name("contract.json").read_text())
BASE = "https://luma.test/dream-machine/v1"
MEDIA = Media(url="https://example.com/a.mp4")

VIDEO = GenerationRequest(
    model=VideoModel.RAY_2,
    prompt="A lake",
    aspect_ratio=None,
    resolution="720p",
    keyframes=Keyframes(
        frame0=ImageReference(type="image", url="https://example.com/a.jpg"),
        frame1=GenerationReference(type="generation", id=ID),
    ),
    concepts=[Concept(key="dolly_zoom")],
)
VIDEO_BODY = {
    "model": "ray-2",
    "prompt": "A lake",
    "resolution": "720p",
    "keyframes": {
        "frame0": {"type": "image", "url": "https://example.com/a.jpg"},
        "frame1": {"type": "generation", "id": ID},
    },
    "concepts": [{"key": "dolly_zoom"}],
}
IMAGE = ImageGenerationRequest(model=ImageModel.PHOTON_1, prompt="A lake", sync=False)
REFRAME_IMAGE = ReframeImageRequest(
    generation_type="reframe_image",
    media=MEDIA,
    model=ReframeImageModels.PHOTON_FLASH_1,
    aspect_ratio=AspectRatio.CINEMA,
)
REFRAME_VIDEO = ReframeVideoRequest(
    generation_type="reframe_video",
    media=MEDIA,
    model=ReframeVideoModels.RAY_FLASH_2,
    aspect_ratio=AspectRatio.TALL,
    x_start=0,
)
MODIFY = ModifyVideoRequest(
    generation_type="modify_video",
    media=MEDIA,
    model=ModifyVideoModel.RAY_2,
    mode=ModifyVideoMode.FLEX_2,
)
UPSCALE = UpscaleVideoGenerationRequest(resolution="4k")
AUDIO = AudioGenerationRequest(prompt="Waves", negative_prompt=None)
MEDIA_BODY = {"url": "https://example.com/a.mp4"}

Call = Callable[[LumaClient], object]

# operationId of the contract, its call, what the API answers, what must have been sent
CALLS: dict[str, tuple[Call, Any, dict[str, Any] | None]] = {
    "ping": (lambda c: c.ping(), {"message": "pong"}, None),
    "getCredits": (lambda c: c.credits(), {"credit_balance": 1}, None),
    "getConcepts": (lambda c: c.concepts(), ["static"], None),
    "listGenerations": (lambda c: c.list_generations(7, 21), {"generations": []}, None),
    "getGeneration": (lambda c: c.get_generation(ID), {"id": ID}, None),
    "deleteGeneration": (lambda c: c.delete_generation(ID), None, None),
    "createGeneration": (lambda c: c.create_video(VIDEO), {"id": ID}, VIDEO_BODY),
    "generateImage": (
        lambda c: c.create_image(IMAGE),
        {"id": ID},
        {"model": "photon-1", "prompt": "A lake", "sync": False},
    ),
    "reframeImage": (
        lambda c: c.reframe_image(REFRAME_IMAGE),
        {"id": ID},
        {
            "generation_type": "reframe_image",
            "media": MEDIA_BODY,
            "model": "photon-flash-1",
            "aspect_ratio": "21:9",
        },
    ),
    "reframeVideo": (
        lambda c: c.reframe_video(REFRAME_VIDEO),
        {"id": ID},
        {
            "generation_type": "reframe_video",
            "media": MEDIA_BODY,
            "model": "ray-flash-2",
            "aspect_ratio": "9:16",
            "x_start": 0,
        },
    ),
    "modifyVideo": (
        lambda c: c.modify_video(MODIFY),
        {"id": ID},
        {
            "generation_type": "modify_video",
            "media": MEDIA_BODY,
            "model": "ray-2",
            "mode": "flex_2",
        },
    ),
    "upscaleGeneration": (lambda c: c.upscale(ID, UPSCALE), {"id": ID}, {"resolution": "4k"}),
    "addAudioToGeneration": (lambda c: c.add_audio(ID, AUDIO), {"id": ID}, {"prompt": "Waves"}),
}


def test_every_operation_of_the_contract_is_called_here() -> None:
    assert set(CALLS) == set(CONTRACT["operations"])
    assert len(CALLS) == 13


@pytest.mark.parametrize("name", CALLS)
def test_operation_goes_to_its_method_and_path_with_its_body(name: str) -> None:
    call, told, body = CALLS[name]
    operation = CONTRACT["operations"][name]
    sent: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        status = next(int(code) for code in operation["responses"] if code != "default")
        return httpx.Response(204) if status == 204 else httpx.Response(status, json=told)

    with LumaClient(KEY, BASE + "/", transport=httpx.MockTransport(serve)) as client:
        call(client)
    (request,) = sent
    assert request.method == operation["method"].upper()
    assert request.url.path == "/dream-machine/v1" + operation["path"].replace("{id}", ID)
    assert request.url.host == "luma.test"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["accept"] == "application/json"
    assert (json.loads(request.content) if request.content else None) == body
    assert (request.headers.get("content-type") == "application/json") == (body is not None)


def test_list_sends_limit_and_offset() -> None:
    sent: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"generations": []})

    with LumaClient(KEY, BASE, transport=httpx.MockTransport(serve)) as client:
        client.list_generations(7, 21)
        client.list_generations()
    assert [dict(request.url.params) for request in sent] == [
        {"limit": "7", "offset": "21"},
        {"limit": "100", "offset": "0"},
    ]


def test_every_create_takes_a_hook_and_a_deadline() -> None:
    creates = [
        method
        for name, method in inspect.getmembers(LumaClient, inspect.isfunction)
        if re.match("create|reframe|modify|upscale|add_", name)
    ]
    assert len(creates) == 7
    for method in creates:
        parameters = inspect.signature(method).parameters
        assert parameters["before_first_byte"].default is None
        assert parameters["deadline"].default == 25.0


@pytest.mark.parametrize("name", CALLS)
def test_hook_of_every_create_is_called_once(name: str) -> None:
    if CONTRACT["operations"][name]["method"] != "post":
        return
    calls: list[str] = []
    method, arguments = {
        "createGeneration": ("create_video", (VIDEO,)),
        "generateImage": ("create_image", (IMAGE,)),
        "reframeImage": ("reframe_image", (REFRAME_IMAGE,)),
        "reframeVideo": ("reframe_video", (REFRAME_VIDEO,)),
        "modifyVideo": ("modify_video", (MODIFY,)),
        "upscaleGeneration": ("upscale", (ID, UPSCALE)),
        "addAudioToGeneration": ("add_audio", (ID, AUDIO)),
    }[name]
    with (
        fault_server(answers(http_json("200 OK", {"id": ID}))) as server,
        LumaClient(KEY, server.address) as client,
    ):
        getattr(client, method)(*arguments, before_first_byte=lambda: calls.append("called"))
    assert calls == ["called"]


@pytest.mark.parametrize("hostile", ["", "../credits", "a/b", "a?b", "é", "x" * 65, "a\nb"])
def test_what_is_no_id_never_enters_a_path(hostile: str) -> None:
    with LumaClient(KEY, BASE) as client:
        for call in (
            lambda: client.get_generation(hostile),
            lambda: client.delete_generation(hostile),
            lambda: client.upscale(hostile, UPSCALE),
            lambda: client.add_audio(hostile, AUDIO),
        ):
            with pytest.raises(ValueError, match="no id"):
                call()


# The key


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temp", "308 Perm"])
def test_key_never_follows_a_redirect(status: str) -> None:
    with fault_server(answers(http_json("200 OK", {"id": ID}))) as elsewhere:
        location = f"Location: {elsewhere.address}/generations"
        with fault_server(answers(http(status, b"", location))) as server:
            with LumaClient(KEY, server.address, sleep=lambda seconds: None) as client:
                for call, _, _ in CALLS.values():
                    with pytest.raises(LumaError):
                        call(client)
            assert all(visit.authorization == f"Bearer {KEY}" for visit in server.visits)
        assert elsewhere.visits == []


def test_key_is_in_no_log_repr_or_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = {"detail": f"Invalid API key is provided: {KEY}"}
    shown: list[str] = []
    with (
        fault_server(answers(http_json("401 No", echo)), answers(http("500 No"))) as server,
        LumaClient(KEY, server.address, sleep=lambda seconds: None) as client,
    ):
        shown += [repr(client), str(client), repr(vars(client))]
        for call, _, _ in CALLS.values():
            with pytest.raises(LumaError) as raised:
                call(client)
            shown += [str(raised.value), repr(raised.value)]
    assert "Invalid API key is provided: [key]" in shown
    assert KEY not in caplog.text
    assert [text for text in shown if KEY in text] == []
    assert "answered 401" in caplog.text, "each call leaves its line"


def test_key_is_in_no_local_variable_that_a_traceback_would_print() -> None:
    with (
        fault_server(answers(http_json("422 No", {"detail": "No."})), closes_at_once) as server,
        LumaClient(KEY, server.address, sleep=lambda seconds: None) as client,
    ):
        for call, _, _ in CALLS.values():
            with pytest.raises(LumaError) as raised:
                call(client)
            frames = [entry.frame for entry in raised.traceback[1:]]
            assert frames
            for frame in frames:
                assert [name for name in frame.f_locals if KEY in repr(frame.f_locals[name])] == []


@pytest.mark.parametrize("key", ["", "  ", "two words", "line\nbreak", "schlüssel", "nul\0"])
def test_key_that_no_header_can_carry_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII") as raised:
        LumaClient(key, BASE)
    assert not key.strip() or key not in str(raised.value)


def test_key_is_stripped() -> None:
    with fault_server(answers(http_json("200 OK", {}))) as server:
        with LumaClient(f" {KEY}\n", server.address) as client:
            client.ping()
        assert server.visits[0].authorization == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "luma.test/v1",
        "ftp://luma.test/v1",
        "https://user:pass@luma.test/v1",
        "https://luma.test/v1?x=1",
        "https://luma.test/v1#x",
        "https:///v1",
    ],
)
def test_base_address_must_be_plain(address: str) -> None:
    with pytest.raises(ValueError, match="base address"):
        LumaClient(KEY, address)


def test_clients_share_one_tls_context() -> None:
    from generations.luma.client.wire import shared_ssl_context

    assert shared_ssl_context() is shared_ssl_context()
