"""All 13 operations of a live sandbox process, driven by the official `lumaai` package."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import av
import httpx
import lumaai
import pytest
from lumaai import LumaAI
from lumaai.types import Generation
from PIL import Image

from .conftest import Live, until
from .scenes.measures import covered, difference, edge_likeness, psnr


@pytest.fixture(scope="module")
def luma(live: Live) -> Iterator[LumaAI]:
    with live.official() as client:
        yield client


def finished(luma: LumaAI, generation: Generation) -> Generation:
    def read() -> Generation | None:
        now = luma.generations.get(str(generation.id))
        return now if now.state in ("completed", "failed") else None

    done: Generation = until(read, 60)
    assert done.state == "completed", done.failure_reason
    assert done.id == generation.id
    return done


def fetched(url: str | None) -> BytesIO:
    assert url
    return BytesIO(httpx.get(url).raise_for_status().content)


def shape(generation: Generation) -> tuple[int, int, int, str, bool]:
    """Width, height, frames, codec and whether there is sound."""
    assert generation.assets
    with av.open(fetched(generation.assets.video), "r") as container:
        stream = container.streams.video[0]
        frames = sum(1 for _ in container.decode(stream))
        sound = bool(container.streams.audio)
        return stream.width, stream.height, frames, stream.codec_context.name, sound


def ends(generation: Generation) -> tuple[Image.Image, Image.Image]:
    """The first and the last frame of a video, as the API gives it out."""
    assert generation.assets
    with av.open(fetched(generation.assets.video), "r") as container:
        frames = container.decode(container.streams.video[0])
        first = next(frames)
        (last,) = deque(frames, maxlen=1)
        return as_picture(first), as_picture(last)


def as_picture(frame: av.VideoFrame) -> Image.Image:
    return Image.fromarray(frame.to_ndarray(format="rgb24"))


def picture(generation: Generation) -> Image.Image:
    assert generation.assets
    return Image.open(fetched(generation.assets.image))


def cents(luma: LumaAI) -> float:
    return float(luma.credits.get().credit_balance)


@pytest.fixture(scope="module")
def clip(luma: LumaAI) -> Generation:
    """A finished 5 s video at 540p that many tests start from."""
    return finished(
        luma,
        luma.generations.create(
            model="ray-2",
            prompt="a calm lake at dawn",
            resolution="540p",
            duration="5s",
            concepts=[{"key": "pan_left"}],
        ),
    )


@pytest.fixture(scope="module")
def still(luma: LumaAI) -> Generation:
    """A finished image that many tests start from."""
    return finished(luma, luma.generations.image.create(model="photon-1", prompt="a red mountain"))


def video_url(generation: Generation) -> str:
    assert generation.assets
    assert generation.assets.video
    return generation.assets.video


def image_url(generation: Generation) -> str:
    assert generation.assets
    assert generation.assets.image
    return generation.assets.image


def test_ping(luma: LumaAI) -> None:
    assert luma.ping.check().message == "pong"


def test_a_wrong_key_is_an_authentication_error(live: Live) -> None:
    with live.official("wrong") as luma, pytest.raises(lumaai.AuthenticationError) as refused:
        luma.ping.check()
    assert refused.value.body == {"detail": "Invalid API key is provided"}


def test_credits(luma: LumaAI) -> None:
    assert 0 < cents(luma) <= 500_000


def test_concepts(luma: LumaAI) -> None:
    assert "orbit_left" in luma.generations.concepts.list()


def test_create_video(clip: Generation) -> None:
    assert shape(clip) == (960, 540, 120, "h264", False)
    assert clip.generation_type == "video"
    assert picture(clip).format == "JPEG"
    assert clip.request
    assert clip.request.generation_type == "video"


def test_create_video_answers_201_and_queued(luma: LumaAI) -> None:
    answer = luma.generations.with_raw_response.create(model="ray-2", prompt="fail: Job failed")
    assert answer.http_response.status_code == 201
    assert answer.parse().state == "queued"
    assert answer.parse().assets is None


FIRST, LAST = 0, 1


@pytest.mark.parametrize(
    ("frame0", "frame1"),
    [("image", ""), ("", "image"), ("clip", ""), ("", "clip"), ("clip", "image")],
    ids=["image to video", "ends on an image", "extend", "reverse extend", "interpolate"],
)
def test_a_video_begins_and_ends_on_its_keyframes(
    luma: LumaAI, clip: Generation, still: Generation, frame0: str, frame1: str
) -> None:
    """On an image, cover-cropped; an extension on its source's last frame, a reverse one on its
    first."""
    frames: Any = {
        "image": {"type": "image", "url": image_url(still)},
        "clip": {"type": "generation", "id": clip.id},
    }
    named = {"frame0": frame0, "frame1": frame1}
    keyframes: Any = {name: frames[what] for name, what in named.items() if what}
    made = luma.generations.create(
        model="ray-flash-2", prompt="a city by night", resolution="540p", keyframes=keyframes
    )
    done = finished(luma, made)
    assert shape(done) == (960, 540, 120, "h264", False)
    source, image = ends(clip), covered(picture(still), (960, 540))
    assert psnr(*source) < 25, "a source that stands still would prove nothing"
    for what, at, of_source in ((frame0, FIRST, LAST), (frame1, LAST, FIRST)):
        if what:
            wanted = image if what == "image" else source[of_source]
            assert psnr(ends(done)[at], wanted) >= 30


def test_create_image(luma: LumaAI, still: Generation) -> None:
    assert (picture(still).format, picture(still).size) == ("JPEG", (2048, 1152))
    assert still.generation_type == "image"
    assert still.assets
    assert still.assets.video is None


def test_create_image_with_every_reference(luma: LumaAI, still: Generation) -> None:
    made = luma.generations.image.create(
        model="photon-flash-1",
        prompt="a portrait by the sea",
        aspect_ratio="3:4",
        format="png",
        image_ref=[{"url": image_url(still), "weight": 0.85}],
        style_ref=[{"url": image_url(still), "weight": 0.8}],
        character_ref={"identity0": {"images": [image_url(still)]}},
        modify_image_ref={"url": image_url(still), "weight": 1.0},
    )
    result = picture(finished(luma, made))
    assert (result.format, result.size) == ("PNG", (1344, 1792))


def test_create_image_in_sync(luma: LumaAI) -> None:
    made = luma.generations.image.create(model="photon-1", prompt="a green hill", sync=True)
    assert made.state == "completed"
    assert picture(made).size == (2048, 1152)


def test_reframe_image(luma: LumaAI, still: Generation) -> None:
    made = luma.generations.image.reframe(
        generation_type="reframe_image",
        model="photon-1",
        aspect_ratio="1:1",
        media={"url": image_url(still)},
        x_start=0,
        x_end=1536,
        y_start=336,
        y_end=1200,
    )
    result = picture(finished(luma, made))
    assert result.size == (1536, 1536)
    inside = result.crop((0, 336, 1536, 1200))
    assert psnr(inside, picture(still).resize(inside.size, Image.Resampling.LANCZOS)) >= 25


def test_reframe_video(luma: LumaAI, clip: Generation) -> None:
    before = cents(luma)
    made = luma.generations.video.reframe(
        generation_type="reframe_video",
        model="ray-flash-2",
        aspect_ratio="9:16",
        media={"url": video_url(clip)},
    )
    done = finished(luma, made)
    assert shape(done) == (720, 1280, 120, "h264", False)
    inside = ends(done)[FIRST].crop((0, 438, 720, 842))
    source = ends(clip)[FIRST].resize((720, 405), Image.Resampling.LANCZOS)
    assert psnr(inside, source.crop((0, 0, *inside.size))) >= 22
    assert before - cents(luma) == pytest.approx(24.3302, abs=0.001)


def test_modify_video_costs_what_its_source_measures(luma: LumaAI, clip: Generation) -> None:
    before = cents(luma)
    made = luma.generations.video.modify(
        generation_type="modify_video",
        model="ray-2",
        mode="flex_2",
        prompt="as an oil painting",
        media={"url": video_url(clip)},
        first_frame={"url": image_url(clip)},
    )
    assert before - cents(luma) == pytest.approx(174.9565, abs=0.001)
    done = finished(luma, made)
    assert shape(done) == (960, 540, 120, "h264", False)
    assert difference(ends(done)[LAST], ends(clip)[LAST]) > 3
    assert edge_likeness(ends(done)[LAST], ends(clip)[LAST]) > 0.4
    assert before - cents(luma) == pytest.approx(98.4130, abs=0.001)


def test_upscale_is_a_new_generation(luma: LumaAI, clip: Generation) -> None:
    before = cents(luma)
    answer = luma.generations.with_raw_response.upscale(str(clip.id), resolution="720p")
    assert answer.http_response.status_code == 200
    made = answer.parse()
    assert made.id != clip.id
    assert (made.model, made.generation_type) == ("ray-2", "video")
    assert made.request
    assert made.request.generation_type == "upscale_video"
    done = finished(luma, made)
    assert shape(done)[:3] == (1280, 720, 120)
    assert psnr(ends(done)[LAST].resize((960, 540)), ends(clip)[LAST]) >= 28
    assert before - cents(luma) == pytest.approx(30)


def test_audio_is_a_new_generation_with_sound(luma: LumaAI, clip: Generation) -> None:
    before = cents(luma)
    answer = luma.generations.with_raw_response.audio(
        str(clip.id), prompt="waves and gulls", negative_prompt="music"
    )
    assert answer.http_response.status_code == 200
    made = answer.parse()
    assert made.id != clip.id
    assert made.request
    assert made.request.generation_type == "add_audio"
    assert shape(finished(luma, made)) == (960, 540, 120, "h264", True)
    assert before - cents(luma) == pytest.approx(10)


def test_get_list_and_delete(luma: LumaAI) -> None:
    made = luma.generations.create(model="ray-2", prompt="fail: Job failed")
    page = luma.generations.list(limit=1, offset=0)
    assert [each.id for each in page.generations] == [made.id]
    assert page.has_more is True
    assert luma.generations.get(str(made.id)).id == made.id
    luma.generations.delete(str(made.id))
    with pytest.raises(lumaai.NotFoundError):
        luma.generations.get(str(made.id))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda luma: luma.generations.create(model="ray-2", prompt=""), lumaai.BadRequestError),
        (
            lambda luma: luma.generations.create(model="ray-1.6", prompt="a lake"),
            lumaai.UnprocessableEntityError,
        ),
        (lambda luma: luma.generations.upscale("none"), lumaai.NotFoundError),
    ],
)
def test_refusals_reach_the_official_client(
    luma: LumaAI, call: Callable[[LumaAI], Any], error: type[lumaai.APIStatusError]
) -> None:
    with pytest.raises(error) as refused:
        call(luma)
    body: Any = refused.value.body
    assert body["detail"]


def test_nulls_of_the_official_client_are_accepted(luma: LumaAI) -> None:
    none: Any = None
    made = luma.generations.image.create(
        model="photon-1", prompt="fail: Job failed", character_ref=none, style_ref=none
    )
    assert made.state == "queued"


def test_answers_come_while_a_video_is_rendered(luma: LumaAI) -> None:
    made = luma.generations.create(model="ray-2", prompt="a city by night", resolution="540p")
    answers = 0
    while luma.generations.get(str(made.id)).state not in ("completed", "failed"):
        luma.generations.list(limit=10)
        answers += 1
    assert answers >= 5, "a sandbox that renders where it answers would answer once"


def test_a_dead_source_fails_although_it_was_fine_at_submission(luma: LumaAI) -> None:
    made = luma.generations.image.reframe(
        generation_type="reframe_image",
        model="photon-1",
        aspect_ratio="1:1",
        media={"url": "http://127.0.0.1:9/gone.jpg"},
    )

    def read() -> Generation | None:
        now = luma.generations.get(str(made.id))
        return now if now.state == "failed" else None

    assert until(read).failure_reason == "Failed to read user input frames"
